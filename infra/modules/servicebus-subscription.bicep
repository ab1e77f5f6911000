// One subscription, its filter and who may read it.
import { serviceBusReceiver } from 'roles.bicep'

@description('Name of the namespace.')
param namespaceName string

@description('Name of the topic.')
param topicName string

@description('Name of the subscription.')
param name string

@description('Which messages come here, over the properties that docs describe; empty for all.')
param sqlFilter string

@description('True gives messages of one session to one reader at a time, in order.')
param requiresSession bool

@description('Days after which a message that nobody has read expires.')
param messageDays int

@description('Object ids of the identities that read here.')
param consumerPrincipalIds string[]

@description('What they are.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param consumerPrincipalType string

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = {
  name: '${namespaceName}/${topicName}'
}

resource subscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: name
  properties: {
    // A dead-lettered message stays for ever: without a reader it would fill the topic until every send fails.
    deadLetteringOnMessageExpiration: !empty(consumerPrincipalIds)
    deadLetteringOnFilterEvaluationExceptions: true
    defaultMessageTimeToLive: 'P${messageDays}D'
    lockDuration: 'PT1M'
    maxDeliveryCount: 10
    requiresSession: requiresSession
  }

  // Named like the rule that lets everything through, so that it replaces it: rules add up.
  resource filter 'rules' = if (!empty(sqlFilter)) {
    name: '$Default'
    properties: {
      filterType: 'SqlFilter'
      sqlFilter: {
        sqlExpression: sqlFilter
      }
    }
  }
}

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in consumerPrincipalIds: {
    scope: subscription
    name: guid(subscription.id, principalId, serviceBusReceiver)
    properties: {
      principalId: principalId
      principalType: consumerPrincipalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', serviceBusReceiver)
    }
  }
]
