// The network of the private variant. The app's outgoing calls use it; Storage, Key Vault and Service Bus are reachable only inside it.
// The app itself stays public, because Jira and publishing call it from outside.

@description('Name of the virtual network; the names of the other resources start with it.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Address space, at least a /24: half for the app, half for private endpoints.')
param addressPrefix string

@description('Name of the storage account.')
param storageName string

@description('Name of the vault.')
param vaultName string

@description('Name of the Service Bus namespace.')
param serviceBusName string

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

// https://learn.microsoft.com/azure/private-link/private-endpoint-dns
var services = [
  { id: storage.id, part: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { id: storage.id, part: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
  { id: vault.id, part: 'vault', zone: 'privatelink.vaultcore.azure.net' }
  { id: serviceBus.id, part: 'namespace', zone: 'privatelink.servicebus.windows.net' }
]

// Jira's API is outside, and a new network has no default outbound access:
// https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access
resource address 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource gateway 'Microsoft.Network/natGateways@2025-01-01' = {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

// Without the property subnets, so that a deployment keeps subnets that others have added:
// https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-virtual-networks#virtual-networks-and-subnets
resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
  }

  resource app 'subnets' = {
    name: 'app'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 25, 0)
      defaultOutboundAccess: false
      natGateway: {
        id: gateway.id
      }
      // Flex Consumption requires this: https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration
      delegations: [
        {
          name: 'functions'
          properties: {
            serviceName: 'Microsoft.App/environments'
          }
        }
      ]
    }
  }

  resource endpoints 'subnets' = {
    name: 'endpoints'
    // One after the other: a network takes one change at a time.
    dependsOn: [
      app
    ]
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 25, 1)
      defaultOutboundAccess: false
    }
  }
}

module endpoint 'private-endpoint.bicep' = [
  for service in services: {
    params: {
      location: location
      tags: tags
      networkId: network.id
      subnetId: network::endpoints.id
      serviceId: service.id
      groupId: service.part
      zoneName: service.zone
    }
  }
]
