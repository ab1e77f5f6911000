// Whom the alerts reach by mail.

@description('Name of the action group.')
param name string

@description('Tags of every resource.')
param tags object

@description('Address that gets the mail.')
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
