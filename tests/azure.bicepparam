using '../infra/main.bicep'

// tests/azure.sh deploys and deletes this: one site with a secret in Key Vault, and timers that fire often. The deployer can read the topic.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE')
param storageDeleteLock = false
param siteSettings = {
  Sites__smoke__Scheme: 'AdminWebhook'
  Sites__smoke__Url: 'https://smoke.atlassian.net'
}
param siteSecretNames = {
  Sites__smoke__Secret: 'smoke-secret'
}
param refreshSchedule = '0 */5 * * * *'
param pollSchedule = '0 */5 * * * *'
