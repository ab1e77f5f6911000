using 'main.bicep'

// azd sets these from its environment. Without azd, export them or write values here. All other parameters have defaults: see main.bicep.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'jira-webhooks')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')

// The settings of the sites, see docs/settings.md. For example, an OAuth app whose sites are connected in a browser (docs/sites.md):
//   OAuthClientId: 'the app's client id'
//   Webhooks__issues__Jql: 'project != EMPTY'
//   Webhooks__issues__Events__0: 'jira:issue_created'
// or an OAuth site with the id acme:
//   Sites__acme__Scheme: 'OAuth'
//   Sites__acme__Url: 'https://acme.atlassian.net'
//   Sites__acme__CloudId: '11111111-2222-3333-4444-555555555555'
//   Sites__acme__ClientId: 'the app's client id'
//   Sites__acme__Webhooks__issues__Jql: 'project != EMPTY'
//   Sites__acme__Webhooks__issues__Events__0: 'jira:issue_created'
param siteSettings = {}

// Their secrets: the setting, and the name of its Key Vault secret. For example:
//   OAuthClientSecret: 'oauth-client-secret'
//   Sites__acme__Secret: 'acme-client-secret'
//   Sites__acme__RefreshToken: 'acme-refresh-token'
param siteSecretNames = {}
