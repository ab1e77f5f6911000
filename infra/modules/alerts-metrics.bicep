// Alerts on metrics of the platform. Each description is the runbook. There is no alert on 5xx here: Flex Consumption has no Http5xx
// (unsupportedSKU in https://github.com/Azure/azure-monitor-baseline-alerts/blob/main/services/Web/sites/alerts.yaml), so
// server-errors is a query on our own metric, in alerts-queries.bicep.

@description('Prefix of the rule names.')
param prefix string

@description('Tags of all resources.')
param tags object

@description('Resource ids of the action groups.')
param actionGroupIds string[]

@description('Name of the Service Bus namespace.')
param serviceBusName string

@description('Name of the topic.')
param topicName string

@description('Maximum size of the topic in MB.')
param topicSizeInMegabytes int

@description('Number of active messages above which backlog fires.')
param backlogThreshold int

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

// https://learn.microsoft.com/azure/service-bus-messaging/monitor-service-bus-reference
var rules = [
  {
    name: 'service-bus-throttled'
    severity: 2
    scope: namespace.id
    entity: ''
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 0
    description: 'Service Bus throttles. Deliveries get 503, and Jira retries them at most five times. 1. Check whether a subscriber receives in a tight loop. 2. If the load is real, deploy with serviceBusSku=Premium (a new namespace: see docs/deploy.md), or with more serviceBusUnits if it is Premium.'
  }
  {
    name: 'backlog'
    severity: 2
    scope: namespace.id
    entity: topicName
    metric: 'ActiveMessages'
    aggregation: 'Minimum'
    threshold: backlogThreshold
    description: 'More than ${backlogThreshold} messages of topic ${topicName} have waited for a quarter of an hour, in all subscriptions together. 1. Portal > Service Bus > the topic > Subscriptions shows which one grows. 2. Is its subscriber running, and does it complete messages? 3. Add readers, or delete a subscription that nothing reads. It clears 15 minutes after the number fell below the threshold; parameter backlogThreshold changes it.'
  }
  {
    name: 'topic-size'
    severity: 1
    scope: namespace.id
    entity: topicName
    metric: 'Size'
    aggregation: 'Maximum'
    threshold: topicSizeInMegabytes * 1024 * 1024 / 10 * 7
    description: 'Topic ${topicName} is more than 70 % full. When it is full, every delivery gets 503 until Jira gives up. 1. Find the subscription without a subscriber (Portal > Subscriptions > message count). 2. Read its messages, or delete it. 3. Empty its dead-letter queue: messages there never expire.'
  }
]

var actions = map(actionGroupIds, id => { actionGroupId: id })

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: rule.description
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [rule.scope]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.name
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: empty(rule.entity)
              ? []
              : [
                  {
                    name: 'EntityName'
                    operator: 'Include'
                    values: [rule.entity]
                  }
                ]
          }
        ]
      }
      actions: actions
    }
  }
]
