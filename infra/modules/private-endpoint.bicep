// A private endpoint, and the DNS zone that resolves the name of the service to it.

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Resource id of the network that uses the zone.')
param networkId string

@description('Resource id of the subnet of the endpoint.')
param subnetId string

@description('Resource id of the service.')
param serviceId string

@description('Part of the service: blob, table, vault or namespace.')
param groupId string

@description('Private DNS zone of the service: https://learn.microsoft.com/azure/private-link/private-endpoint-dns')
param zoneName string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: last(split(networkId, '/'))!
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: 'pe-${last(split(serviceId, '/'))!}-${groupId}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: serviceId
          groupIds: [groupId]
        }
      }
    ]
  }

  resource zones 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: groupId
          properties: {
            privateDnsZoneId: zone.id
          }
        }
      ]
    }
  }
}
