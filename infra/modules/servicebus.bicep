// The topic of the deliveries, and its subscriptions.
import { serviceBusReceiver, serviceBusSender } from 'roles.bicep'

@description('Name of the namespace.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Tier: Standard, or Premium for messages of up to 1 MB, dedicated capacity and private endpoints.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Messaging units; Premium only.')
@allowed([1, 2, 4, 8, 16])
param units int

@description('False allows access only through private endpoints; Premium only.')
param publicNetworkAccess bool

@description('Name of the topic.')
param topicName string

@description('Maximum size of the topic in MB.')
param topicSizeInMegabytes int

@description('Days after which an unread message expires.')
param messageDays int

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Object ids of the identities that read the subscriptions.')
param consumerPrincipalIds string[]

@description('Type of these identities.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param consumerPrincipalType string

@description('Object id of the operator, who reads messages by hand; empty for none.')
param operatorPrincipalId string

@description('Type of the operator.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string

@description('The subscriptions.')
param subscriptions { name: string, sqlFilter: string, requiresSession: bool }[]

@description('Name of the Log Analytics workspace.')
param workspaceName string

var premium = sku == 'Premium'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: premium ? units : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    premiumMessagingPartitions: premium ? 1 : null
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
  }

  resource topic 'topics' = {
    name: topicName
    properties: {
      defaultMessageTimeToLive: 'P${messageDays}D'
      // Covers Jira's retries, the 72 h of failed records, and delays. No partitioning: it would also compare the session.
      duplicateDetectionHistoryTimeWindow: 'P4D'
      requiresDuplicateDetection: true
      enablePartitioning: false
      enableBatchedOperations: true
      maxMessageSizeInKilobytes: premium ? 1024 : null
      maxSizeInMegabytes: topicSizeInMegabytes
    }
  }
}

module subscription 'servicebus-subscription.bicep' = [
  for subscription in subscriptions: {
    params: {
      namespaceName: namespace.name
      topicName: namespace::topic.name
      name: subscription.name
      sqlFilter: subscription.sqlFilter
      requiresSession: subscription.requiresSession
      messageDays: messageDays
      consumerPrincipalIds: consumerPrincipalIds
      consumerPrincipalType: consumerPrincipalType
    }
  }
]

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::topic
  name: guid(namespace::topic.id, identityPrincipalId, serviceBusSender)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', serviceBusSender)
  }
}

// For the dead letters: the app lists, redrives and measures them.
resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::topic
  name: guid(namespace::topic.id, identityPrincipalId, serviceBusReceiver)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', serviceBusReceiver)
  }
}

// On the namespace, so that it includes subscriptions added later. Owner is not enough: it has no data action, and keys are off.
resource operate 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  scope: namespace
  name: guid(namespace.id, operatorPrincipalId, serviceBusReceiver)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', serviceBusReceiver)
  }
}

// RuntimeAuditLogs are left out: they have a row per message and are billed by the gigabyte. There is no later stable API version.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
    ]
  }
}
