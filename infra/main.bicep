// All resources of the system, in a separate resource group. docs/deploy.md describes the steps, docs/settings.md the settings.
targetScope = 'subscription'

import { actionGroups, addressRanges, addressSpace, baseUrl, groupName, mail, principals, schedule } from 'modules/checks.bicep'
import { siteSettings as checkedSiteSettings } from 'modules/settings.bicep'

@description('Name of this installation, part of the resource group\'s name and the tags.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region with Flex Consumption: az functionapp list-flexconsumption-locations.')
@minLength(1)
param location string

@description('Name of the resource group.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-${environmentName}'

@description('True makes Storage, Key Vault and Service Bus reachable only from a virtual network. The app stays public, because Jira calls it from outside.')
param privateNetwork bool = false

@description('Address space of the virtual network, a /24 or larger; only used with privateNetwork.')
@minLength(9)
param networkAddressPrefix string = '10.20.0.0/24'

@description('Tier of Service Bus. Premium allows messages of 1 MB and has dedicated capacity; privateNetwork requires it. It cannot be changed later.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = privateNetwork ? 'Premium' : 'Standard'

@description('Messaging units of Service Bus: its throughput, and its price. Used only with Premium. It can be changed later.')
@allowed([1, 2, 4, 8, 16])
param serviceBusUnits int = 1

@description('Object ids of the identities that read the topic\'s subscriptions and the bodies too large for a message. With at least one, messages that expire unread are dead-lettered.')
param consumerPrincipalIds string[] = []

@description('Type of all consumerPrincipalIds. With the type, Azure accepts a new principal that is not replicated yet.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param consumerPrincipalType string = 'ServicePrincipal'

@description('True adds a subscription that filters on jira:issue_created, as an example.')
param filteredSubscription bool = false

@description('True adds a subscription with sessions: the events of one issue in the order of arrival.')
param sessionSubscription bool = false

@description('Object id of the deployer, who writes the first secrets to Key Vault; empty for none.')
@maxLength(36)
param deployerPrincipalId string = ''

@description('Type of deployerPrincipalId.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param deployerPrincipalType string = 'User'

@description('Object id of the operator, who reads messages by hand in Service Bus Explorer: Data Receiver on the namespace. Default: the deployer; empty for none.')
@maxLength(36)
param operatorPrincipalId string = deployerPrincipalId

@description('Type of operatorPrincipalId.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string = deployerPrincipalType

@description('Redundancy of the storage account, which has the tables: LRS one data center, ZRS three zones of the region, GRS and GZRS also a second region.')
@allowed(['LRS', 'ZRS', 'GRS', 'GZRS'])
param storageRedundancy string = zoneRedundant ? 'ZRS' : 'LRS'

@description('True adds a CanNotDelete lock to the storage account. Remove the lock before you delete the account or its resource group.')
param storageDeleteLock bool = true

@description('True forbids purging deleted secrets before 90 days. It cannot be switched off again, and the vault\'s name cannot be reused in this time.')
param keyVaultPurgeProtection bool = false

@description('Plain settings of the sites, with their names in docs/settings.md, for example Sites__acme__Url.')
param siteSettings { *: string } = {}

@description('Secret settings of the sites: the name of the setting and the name of its Key Vault secret, for example Sites__acme__Secret and acme-secret.')
param siteSecretNames { *: string } = {}

@description('Address at which Jira reaches the app, if you use a custom domain; empty for the app\'s own address.')
param publicBaseUrl string = ''

@description('True lets the refresh delete webhooks of this app with another address.')
param takeOver bool = false

@description('Schedule of the refresh: six-field NCRONTAB, UTC.')
param refreshSchedule string = '0 17 3 * * *'

@description('Schedule of the poll for failed deliveries: six-field NCRONTAB, UTC.')
param pollSchedule string = '0 */15 * * * *'

@description('Sites that a run of a timer works on at the same time.')
@minValue(1)
@maxValue(64)
param runParallelism int = 16

@description('Memory of an instance in MB. The Functions host keeps whole bodies in memory, up to 25 MB each: see docs/deploy.md, Memory and large bodies.')
@allowed([2048, 4096])
param instanceMemoryMB int = 4096

@description('Concurrent requests per instance; more go to another instance. At most maxConcurrentRequests of host.json.')
@minValue(1)
@maxValue(16)
param httpConcurrency int = 4

@description('Maximum number of instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Number of instances that stay warm for deliveries. 0 costs nothing while idle. 1 is billed all the time and avoids the cold start, which uses part of the 20 s that Jira waits.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttpInstances int = 0

@description('Address ranges (CIDR) that can reach the app, for example Atlassian\'s; empty for all. The signature is always checked, but the Functions host reads the body first.')
param allowedAddressRanges string[] = []

@description('Mail address that alerts go to; empty for none.')
@maxLength(64)
param alertEmail string = ''

@description('Resource ids of your own action groups that get the alerts.')
param actionGroupIds string[] = []

@description('Retention of logs and metrics in days, also of the tables of Application Insights. These cost nothing more up to 90 days.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Most GB of logs and metrics a day; after that nothing more is collected until the next day, and the alerts are blind. -1 for no cap.')
@minValue(-1)
@maxValue(1000)
param dailyLogCapGB int = -1

@description('Tags of every resource, besides the one that azd needs.')
param tags { *: string } = {}

@description('Largest size of the topic in MB. It can be raised later.')
@allowed([1024, 2048, 3072, 4096, 5120])
param topicSizeInMegabytes int = 5120

@description('Days after which a message that no subscriber has read expires.')
@minValue(1)
@maxValue(90)
param messageRetentionInDays int = 14

@description('Number of active messages in all subscriptions of the topic above which the alert backlog fires.')
@minValue(1)
param backlogThreshold int = 10000

@description('True spreads the plan over the zones of the region. The region must have zones, storage must be ZRS or GZRS, and always-ready instances must be 0 or at least 2.')
param zoneRedundant bool = false

@description('True makes a test that asks GET /api/live from three places every 15 minutes, and an alert on it. The test is billed per call, and it wakes an app that has scaled to zero.')
param availabilityTest bool = true

@description('Address ranges (CIDR) of people who use the app: Health, the management API and browser onboarding. Read only with allowedAddressRanges.')
param operatorAddressRanges string[] = []

var allTags = union(tags, { 'azd-env-name': environmentName })
// Azure takes "West Europe" and "westeurope" for the same region. Names must not depend on the spelling, or a second installation is made.
var region = toLower(replace(location, ' ', ''))
// Names are made of this, not of environmentName: it may be longer than a vault's or an account's name, and these are global.
var token = uniqueString(subscription().id, toLower(environmentName), region)
var names = {
  actionGroup: 'ag-${token}'
  functionApp: 'func-${token}'
  identity: 'id-${token}'
  insights: 'appi-${token}'
  network: 'vnet-${token}'
  plan: 'plan-${token}'
  // With the tier, which cannot be changed: a Premium namespace can stand beside a Standard one until that is read to its end.
  serviceBus: 'sb-${token}-${toLower(tier)}'
  storage: 'st${token}'
  vault: 'kv-${token}'
  workspace: 'log-${token}'
}
var vaultUri = 'https://${names.vault}${environment().suffixes.keyvaultDns}/'
var topicName = 'jira-deliveries'
var claimCheckContainer = 'jira-bodies'
var deploymentContainer = 'deployments'
var alertPrefix = 'jira-webhooks'

var tier = privateNetwork && serviceBusSku == 'Standard'
  ? fail('privateNetwork needs serviceBusSku=Premium: Service Bus Standard has no private endpoints.')
  : serviceBusSku
var isZoneRedundant = zoneRedundant && (!contains(storageRedundancy, 'ZRS') || alwaysReadyHttpInstances == 1)
  ? fail('zoneRedundant needs storageRedundancy=ZRS or GZRS, and alwaysReadyHttpInstances of 0 or at least 2.')
  : zoneRedundant
// Kilobytes that leave room for the properties below what the tier takes: 256 KB, or the 1 MB that the topic is made with.
var claimCheckThreshold = (tier == 'Premium' ? 900 : 192) * 1024

var subscriptions = concat(
  [{ name: 'default', sqlFilter: '', requiresSession: false }],
  filteredSubscription ? [{ name: 'issue-created', sqlFilter: 'cloudEvents_type = \'jira:issue_created\'', requiresSession: false }] : [],
  // Sessions cannot be switched on later, so this is a separate subscription.
  sessionSubscription ? [{ name: 'by-issue', sqlFilter: '', requiresSession: true }] : []
)

var settings = union(
  checkedSiteSettings(siteSettings, siteSecretNames, vaultUri),
  {
    ClaimCheckContainer: claimCheckContainer
    ClaimCheckThreshold: string(claimCheckThreshold)
    KeyVaultUri: vaultUri
    PollSchedule: schedule('pollSchedule', pollSchedule)
    Publisher: 'ServiceBus'
    RefreshSchedule: schedule('refreshSchedule', refreshSchedule)
    RunParallelism: string(runParallelism)
    ServiceBus__EntityName: topicName
    ServiceBus__Subscriptions: join(map(subscriptions, subscription => subscription.name), ',')
    ServiceBus__fullyQualifiedNamespace: '${names.serviceBus}.servicebus.windows.net'
    TakeOver: string(takeOver)
  },
  empty(publicBaseUrl) ? {} : { PublicBaseUrl: baseUrl('publicBaseUrl', publicBaseUrl) }
)

var consumers = principals('consumerPrincipalIds', consumerPrincipalIds)
// The error about an invalid name shows the name that the user gave.
var operatorName = operatorPrincipalId == deployerPrincipalId ? 'deployerPrincipalId' : 'operatorPrincipalId'
var operator = empty(operatorPrincipalId) ? '' : principals(operatorName, [operatorPrincipalId])[0]
// Readers of messages also read their bodies. An operator who is also a consumer appears once: a second assignment of the same role fails.
var bodyReaders = concat(
  map(consumers, id => { id: id, type: consumerPrincipalType }),
  empty(operator) || contains(map(consumers, id => toLower(id)), toLower(operator)) ? [] : [{ id: operator, type: operatorPrincipalType }]
)

var alertTargets = concat(
  actionGroups('actionGroupIds', actionGroupIds),
  empty(alertEmail)
    ? []
    : [resourceId(subscription().subscriptionId, resourceGroupName, 'Microsoft.Insights/actionGroups', names.actionGroup)]
)

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName(resourceGroupName)
  location: region
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: names.identity
    location: region
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: region
    tags: allTags
    #disable-next-line what-if-short-circuiting // the id is in the names of role assignments, see identity.bicep
    identityPrincipalId: identity.outputs.principalId
    retentionInDays: logRetentionInDays
    dailyCapGB: dailyLogCapGB
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: names.storage
    location: region
    tags: allTags
    #disable-next-line what-if-short-circuiting // the id is in the names of role assignments, see identity.bicep
    identityPrincipalId: identity.outputs.principalId
    redundancy: storageRedundancy
    deleteLock: storageDeleteLock
    publicNetworkAccess: !privateNetwork
    claimCheckContainer: claimCheckContainer
    deploymentContainer: deploymentContainer
    // A month longer than the message, for what sits in a dead-letter queue.
    claimCheckRetentionInDays: messageRetentionInDays + 31
    bodyReaders: bodyReaders
  }
}

module serviceBus 'modules/servicebus.bicep' = {
  scope: group
  dependsOn: [monitoring]
  params: {
    name: names.serviceBus
    location: region
    tags: allTags
    sku: tier
    units: serviceBusUnits
    publicNetworkAccess: !privateNetwork
    topicName: topicName
    topicSizeInMegabytes: topicSizeInMegabytes
    messageDays: messageRetentionInDays
    #disable-next-line what-if-short-circuiting // the id is in the names of role assignments, see identity.bicep
    identityPrincipalId: identity.outputs.principalId
    consumerPrincipalIds: consumers
    consumerPrincipalType: consumerPrincipalType
    operatorPrincipalId: operator
    operatorPrincipalType: operatorPrincipalType
    subscriptions: subscriptions
    workspaceName: names.workspace
  }
}

module keyVault 'modules/keyvault.bicep' = {
  scope: group
  dependsOn: [monitoring]
  params: {
    name: names.vault
    location: region
    tags: allTags
    #disable-next-line what-if-short-circuiting // the id is in the names of role assignments, see identity.bicep
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: empty(deployerPrincipalId) ? '' : principals('deployerPrincipalId', [deployerPrincipalId])[0]
    deployerPrincipalType: deployerPrincipalType
    purgeProtection: keyVaultPurgeProtection
    publicNetworkAccess: !privateNetwork
    workspaceName: names.workspace
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  dependsOn: [storage, keyVault, serviceBus]
  params: {
    name: names.network
    location: region
    tags: allTags
    addressPrefix: addressSpace('networkAddressPrefix', networkAddressPrefix)
    storageName: names.storage
    vaultName: names.vault
    serviceBusName: names.serviceBus
  }
}

// Last, so that every role, secret store and private name exists at its first start.
module functionApp 'modules/functionapp.bicep' = {
  scope: group
  dependsOn: [storage, keyVault, serviceBus, network]
  params: {
    name: names.functionApp
    planName: names.plan
    location: region
    tags: allTags
    identityName: names.identity
    storageName: names.storage
    deploymentContainer: deploymentContainer
    insightsName: names.insights
    settings: settings
    instanceMemoryMB: instanceMemoryMB
    httpConcurrency: httpConcurrency
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttpInstances: alwaysReadyHttpInstances
    allowedAddressRanges: addressRanges('allowedAddressRanges', allowedAddressRanges)
    operatorAddressRanges: addressRanges('operatorAddressRanges', operatorAddressRanges)
    zoneRedundant: isZoneRedundant
    networkName: privateNetwork ? names.network : ''
  }
}

module actionGroup 'modules/action-group.bicep' = if (!empty(alertEmail)) {
  scope: group
  params: {
    name: names.actionGroup
    tags: allTags
    email: mail('alertEmail', alertEmail)
  }
}

module metricAlerts 'modules/alerts-metrics.bicep' = {
  scope: group
  dependsOn: [actionGroup, serviceBus]
  params: {
    prefix: alertPrefix
    tags: allTags
    actionGroupIds: alertTargets
    serviceBusName: names.serviceBus
    topicName: topicName
    topicSizeInMegabytes: topicSizeInMegabytes
    backlogThreshold: backlogThreshold
  }
}

module availability 'modules/availability.bicep' = if (availabilityTest) {
  scope: group
  dependsOn: [actionGroup, monitoring]
  params: {
    prefix: alertPrefix
    location: region
    tags: allTags
    actionGroupIds: alertTargets
    insightsName: names.insights
    appUrl: functionApp.outputs.url
  }
}

module queryAlerts 'modules/alerts-queries.bicep' = {
  scope: group
  dependsOn: [actionGroup, monitoring]
  params: {
    prefix: alertPrefix
    location: region
    tags: allTags
    actionGroupIds: alertTargets
    workspaceName: names.workspace
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  dependsOn: [monitoring, serviceBus]
  params: {
    displayName: 'Jira webhooks (${names.functionApp})'
    location: region
    tags: allTags
    workspaceName: names.workspace
    serviceBusName: names.serviceBus
  }
}

@description('Region, under the name azd reads.')
output AZURE_LOCATION string = region

@description('Resource group, under the name that azd reads.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the app: func azure functionapp publish NAME.')
output FUNCTION_APP_NAME string = names.functionApp

@description('Address of the app. The webhooks of a site deliver to /api/deliveries/SITE below it.')
output FUNCTION_APP_URL string = functionApp.outputs.url

@description('Vault of the sites\' secrets.')
output KEY_VAULT_NAME string = names.vault

@description('Namespace of the topic.')
output SERVICE_BUS_NAMESPACE string = names.serviceBus

@description('Topic to subscribe to.')
output SERVICE_BUS_TOPIC string = topicName

@description('Container of the bodies too large for a message. Readers of the topic need this address and a role on it.')
output CLAIM_CHECK_CONTAINER_URL string = storage.outputs.claimCheckContainerUrl
