// The only identity of the app. It is user-assigned, so that it and its roles exist before the first start of the app.

@description('Name of the identity.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Object id of the identity. Names of role assignments contain it: an identity that was deleted and made again has another, and Azure refuses to change the principal of an assignment.')
output principalId string = identity.properties.principalId
