// The function app on Flex Consumption: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
// FUNCTIONS_WORKER_RUNTIME, FUNCTIONS_EXTENSION_VERSION and WEBSITE_RUN_FROM_PACKAGE are not set: this plan refuses or ignores them,
// https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations

@description('Name of the function app, and part of the address that Jira delivers to.')
param name string

@description('Name of the plan.')
param planName string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Name of the app\'s identity.')
param identityName string

@description('Name of the storage account.')
param storageName string

@description('Container of the app\'s package.')
param deploymentContainer string

@description('Name of the Application Insights component.')
param insightsName string

@description('Settings that do not depend on addresses of other resources.')
param settings { *: string }

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Concurrent requests per instance.')
param httpConcurrency int

@description('Maximum number of instances.')
param maximumInstanceCount int

@description('Number of HTTP instances that stay warm.')
param alwaysReadyHttpInstances int

@description('Address ranges (CIDR) that can reach the app; empty for all. They do not limit publishing.')
param allowedAddressRanges string[]

@description('Address ranges (CIDR) of people; read only with allowedAddressRanges.')
param operatorAddressRanges string[]

@description('True spreads the plan over the zones of the region.')
param zoneRedundant bool

@description('Name of the virtual network the app goes out through; empty for none.')
param networkName string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' existing = if (!empty(networkName)) {
  name: networkName

  resource app 'subnets' existing = {
    name: 'app'
  }
}

var restrictions = [
  for (range, i) in concat(allowedAddressRanges, operatorAddressRanges): {
    name: 'allowed-${i}'
    action: 'Allow'
    ipAddress: range
    priority: 100 + i
  }
]
// The places that the availability test comes from.
var availabilityRestriction = [
  {
    name: 'availability-test'
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'ApplicationInsightsAvailability'
    priority: 1000
  }
]

var resourceSettings = {
  // 26 MB, a little above Jira's maximum of 25 MB. The host refuses bodies with a larger declared length; its own default is 100 MB.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '27262976'
  // Host storage by identity: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__blobServiceUri: 'https://${storageName}.blob.${environment().suffixes.storage}'
  AzureWebJobsStorage__queueServiceUri: 'https://${storageName}.queue.${environment().suffixes.storage}'
  AzureWebJobsStorage__tableServiceUri: 'https://${storageName}.table.${environment().suffixes.storage}'
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identity.properties.clientId
  // The address of the component, not a credential: it accepts telemetry only from identities.
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  // For clients that use the default credential.
  AZURE_CLIENT_ID: identity.properties.clientId
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(networkName) ? null : network::app.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageName}.blob.${environment().suffixes.storage}/${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttpInstances > 0
          ? [
              {
                name: 'http'
                instanceCount: alwaysReadyHttpInstances
              }
            ]
          : []
        // The host keeps the whole body of each of these requests in memory: docs/deploy.md, Memory and large bodies.
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    // ftpsState, alwaysOn and similar properties are not set: this plan refuses them, https://github.com/Azure/azure-cli/issues/31414
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(allowedAddressRanges) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(allowedAddressRanges) ? [] : concat(restrictions, availabilityRestriction)
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      appSettings: map(items(union(settings, resourceSettings)), setting => { name: setting.key, value: setting.value })
    }
  }

  // Publishing only with Entra ID: https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable
  resource ftpPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scmPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

@description('Address of the function app.')
output url string = 'https://${app.properties.defaultHostName}'
