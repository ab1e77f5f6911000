// One subscription, its filter and its readers.
import { serviceBusReceiver } from 'roles.bicep'

@description('Name of the namespace.')
param namespaceName string

@description('Name of the topic.')
param topicName string

@description('Name of the subscription.')
param name string

@description('SQL filter on the message properties (README, A message); empty for all messages.')
param sqlFilter string

@description('True delivers the messages of a session to one reader at a time, in order.')
param requiresSession bool

@description('Days after which an unread message expires.')
param messageDays int

@description('Object ids of the readers.')
param consumerPrincipalIds string[]

@description('Type of the readers.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param consumerPrincipalType string

var forThis = 'jira_to IS NULL OR jira_to = \'${name}\''

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = {
  name: '${namespaceName}/${topicName}'
}

resource subscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: name
  properties: {
    // A dead-lettered message never expires: without a reader, such messages fill the topic until every send fails.
    deadLetteringOnMessageExpiration: !empty(consumerPrincipalIds)
    deadLetteringOnFilterEvaluationExceptions: true
    defaultMessageTimeToLive: 'P${messageDays}D'
    lockDuration: 'PT1M'
    maxDeliveryCount: 10
    requiresSession: requiresSession
  }

  // This name replaces the default rule, which accepts every message. With another name, both rules would apply. A message that was sent again from
  // the dead letters is for one subscription, and the condition on jira_to must be part of the same rule: rules add up.
  resource filter 'rules' = {
    name: '$Default'
    properties: {
      filterType: 'SqlFilter'
      sqlFilter: {
        sqlExpression: empty(sqlFilter) ? forThis : '(${sqlFilter}) AND (${forThis})'
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
