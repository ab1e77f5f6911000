// One page for the whole installation: sites, deliveries, recovery, subscriptions.
// https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-automate

@description('Name that the portal shows.')
param displayName string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Service Bus namespace.')
param serviceBusName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, displayName)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspace.id
    serializedData: replace(
      replace(loadTextContent('../workbook/workbook.json'), '{workspace}', workspace.id),
      '{serviceBus}',
      serviceBus.id
    )
  }
}
