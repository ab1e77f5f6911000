// Sends the alerts by mail.

@description('Name of the action group.')
param name string

@description('Tags of all resources.')
param tags object

@description('Mail address of the receiver.')
param email string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'jirawebhooks'
    emailReceivers: [
      {
        name: 'mail'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}
