// One account for the Functions host, the published package, our tables and the bodies too large for the bus.
import { storageBlobOwner, storageBlobReader, storageTableContributor } from 'roles.bicep'

@description('Name of the storage account.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('How often, and how far apart, the data is kept.')
param redundancy string

@description('True forbids deleting the account.')
param deleteLock bool

@description('False closes the account to all but private endpoints.')
param publicNetworkAccess bool

@description('Container of claim-checked bodies.')
param claimCheckContainer string

@description('Container the app\'s package is published to.')
param deploymentContainer string

@description('Days a claim-checked body is kept. Must outlive the message that refers to it.')
param claimCheckRetentionInDays int

@description('Object ids, and what they are, of who may read the claim-checked bodies: the same who may read the messages.')
param bodyReaders { id: string, type: string }[]

// The app creates a missing table itself; they are here so that a first request needs no second round trip.
var tables = ['cursors', 'leases', 'sites', 'sitestatus', 'tickets', 'webhooks']

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_${redundancy}'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource bodies 'containers' = {
      name: claimCheckContainer
      properties: {
        publicAccess: 'None'
      }
    }

    resource packages 'containers' = {
      name: deploymentContainer
      properties: {
        publicAccess: 'None'
      }
    }
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource entries 'tables' = [
      for table in tables: {
        name: table
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [
      blobs
    ]
    properties: {
      policy: {
        rules: [
          {
            name: 'delete-claim-checked-bodies'
            enabled: true
            type: 'Lifecycle'
            definition: {
              actions: {
                baseBlob: {
                  delete: {
                    daysAfterModificationGreaterThan: claimCheckRetentionInDays
                  }
                }
              }
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: ['${claimCheckContainer}/']
              }
            }
          }
        ]
      }
    }
  }
}

// The tables know the sites that were added at run time, and what was already recovered. A lock is on the resource, not on its data: rows
// and blobs are written and deleted as before.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLock) {
  scope: account
  name: 'keep-tables'
  properties: {
    level: 'CanNotDelete'
    notes: 'Without this account the app loses the sites that were added at run time. docs/deploy.md, Removal, says how to remove the lock.'
  }
}

// On the account: the host makes containers of its own for keys and timer locks.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
// No role on queues: nothing here uses one.
resource appRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [storageBlobOwner, storageTableContributor]: {
    scope: account
    name: guid(account.id, identityPrincipalId, role)
    properties: {
      principalId: identityPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// A message whose body is claim-checked is of no use to a reader who gets 403 for the blob.
resource readBodies 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in bodyReaders: {
    scope: account::blobs::bodies
    name: guid(account::blobs::bodies.id, reader.id, storageBlobReader)
    properties: {
      principalId: reader.id
      principalType: reader.type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobReader)
    }
  }
]

@description('Address of the container of claim-checked bodies.')
output claimCheckContainerUrl string = 'https://${name}.blob.${environment().suffixes.storage}/${claimCheckContainer}'
