// One account for the Functions host, the published package, our tables and the bodies that are too large for the bus.
import { storageBlobOwner, storageBlobReader, storageTableContributor } from 'roles.bicep'

@description('Name of the storage account.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Redundancy of the data.')
param redundancy string

@description('True adds a lock against deletion of the account.')
param deleteLock bool

@description('False allows access only through private endpoints, and by trusted Microsoft services.')
param publicNetworkAccess bool

@description('Container of claim-checked bodies.')
param claimCheckContainer string

@description('Container of the app\'s package.')
param deploymentContainer string

@description('Retention of a claim-checked body in days. It must be longer than that of the message that refers to it.')
param claimCheckRetentionInDays int

@description('Object ids and types of the readers of claim-checked bodies. They are the readers of the messages.')
param bodyReaders { id: string, type: string }[]

// The app creates a missing table itself. With these, its first request needs no second round trip.
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
      // Without this exception a firewall may block the rule below that deletes old bodies:
      // https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-configure
      bypass: 'AzureServices'
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

// The tables have the sites that were added at run time, and the state of the recovery. The lock is on the resource, not on its data: it does
// not affect rows and blobs.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLock) {
  scope: account
  name: 'keep-tables'
  properties: {
    level: 'CanNotDelete'
    notes: 'Without this account the app loses the sites that were added at run time. docs/deploy.md, Removal, says how to remove the lock.'
  }
}

// On the account, because the host creates its own containers for keys and timer locks.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
// No role on queues: the app uses none.
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

// A reader of a message must also be able to read its claim-checked body.
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
