// Asks GET /api/live from outside. Health is not asked: it is 503 for a single site that needs attention, although the app works.
// https://learn.microsoft.com/azure/azure-monitor/app/availability-standard-tests

@description('Start of the names.')
param prefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource ids of the action groups.')
param actionGroupIds string[]

@description('Name of the Application Insights component.')
param insightsName string

@description('Address of the function app.')
param appUrl string

// https://learn.microsoft.com/azure/azure-monitor/app/availability#location-population-tags: North Europe, East US, Southeast Asia.
var places = ['emea-gb-db3-azr', 'us-va-ash-azr', 'apac-sg-sin-azr']

var actions = map(actionGroupIds, id => { actionGroupId: id })

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${prefix}-live'
  location: location
  // The portal shows a test at the component that this tag names.
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: '${prefix}-live'
    Name: '${prefix}-live'
    Enabled: true
    Frequency: 900
    Timeout: 60
    Kind: 'standard'
    RetryEnabled: true
    Locations: map(places, place => { Id: place })
    Request: {
      RequestUrl: '${appUrl}/api/live'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${prefix}-not-live'
  location: 'global'
  tags: tags
  properties: {
    description: 'GET /api/live failed from at least two of three places: the app does not run, cannot be reached, or cannot open its link to Service Bus. Deliveries get 503 or no answer meanwhile; Jira sends them again, at most five times. 1. Portal > the function app: is it running, and does it list its functions? 2. Open this address in a browser: 503 means that Service Bus is not reachable for the app; look at its roles, its network and its state. 3. With allowedAddressRanges: is the service tag ApplicationInsightsAvailability still among the restrictions? It clears 15 to 30 minutes after two of three places get 200.'
    severity: 1
    enabled: true
    autoMitigate: true
    scopes: [test.id, insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insights.id
      failedLocationCount: 2
    }
    actions: actions
  }
}
