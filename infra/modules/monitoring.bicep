// Logs, metrics and traces. The app writes with its identity: an instrumentation key alone gives no access.
import { metricsPublisher } from 'roles.bicep'

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Retention of logs and metrics in days.')
param retentionInDays int

@description('Most GB a day; -1 for no cap.')
param dailyCapGB int

// The tables that the app, the Functions host and the availability test write. Without a retention of their own they keep 90 days also if the
// workspace has less: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure#log-tables-with-90-day-default-retention
var tables = [
  'AppAvailabilityResults'
  'AppDependencies'
  'AppExceptions'
  'AppMetrics'
  'AppPerformanceCounters'
  'AppRequests'
  'AppTraces'
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionInDays
    workspaceCapping: {
      dailyQuotaGb: dailyCapGB
    }
    features: {
      disableLocalAuth: true
    }
  }
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for name in tables: {
    parent: workspace
    name: name
    properties: {
      retentionInDays: retentionInDays
      totalRetentionInDays: retentionInDays
    }
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource writeTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identityPrincipalId, metricsPublisher)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}
