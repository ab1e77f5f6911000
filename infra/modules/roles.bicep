// Built-in roles that this system uses: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

@export()
@description('Azure Service Bus Data Receiver.')
var serviceBusReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'

@export()
@description('Azure Service Bus Data Sender.')
var serviceBusSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'

@export()
@description('Key Vault Secrets Officer: reads and writes secrets.')
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

@export()
@description('Monitoring Metrics Publisher: telemetry without an instrumentation key.')
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

@export()
@description('Storage Blob Data Reader: reads and lists blobs.')
var storageBlobReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

@export()
@description('Storage Blob Data Owner: the Functions host requires it.')
var storageBlobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('Storage Table Data Contributor.')
var storageTableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
