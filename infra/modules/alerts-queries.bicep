// Alerts on the app's metrics. Each description is the runbook. Each query returns a row only for a problem, and missing measurements
// are a problem too, so each rule fires on more than zero rows.

@description('Prefix of the rule names.')
param prefix string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Resource ids of the action groups.')
param actionGroupIds string[]

@description('Name of the Log Analytics workspace.')
param workspaceName string

// Two days are the longest possible window. The refresh runs daily, so a short window would miss its values.
var hourly = { every: 'PT1H', back: 'P2D' }

// https://github.com/Azure/azure-functions-host/issues/11890
var byHand = 'Flex Consumption may end a run that was started by hand; its current site then stays locked for up to a minute. Check Health, and start the run again after that.'

var rules = [
  {
    name: 'webhook-expiry'
    severity: 1
    query: loadTextContent('../queries/webhook-expiry.kql')
    look: hourly
    split: 'Site'
    description: 'A webhook of this site expires within 7 days: the daily refresh has not extended it for three weeks, and Jira stops sending without a notice. 1. GET /api/health/details with a function key shows the reason: 401 or 403 means that the grant or the app\'s permission was removed. 2. Fix the reason. 3. POST /api/sites/{site}/refresh with a function key extends now and answers with the result.'
  }
  {
    name: 'refresh-absent'
    severity: 1
    query: loadTextContent('../queries/refresh-absent.kql')
    look: hourly
    split: 'Site'
    description: 'This site had no successful refresh for 26 h; "(all)": no refresh ran at all. Webhooks live 30 days, so there is time. 1. GET /api/health/details with a function key shows the reason. 2. Fix it, then POST /api/sites/{site}/refresh with the key. 3. "(all)": check that the app runs and RefreshWebhooks is enabled. POST /admin/functions/RefreshWebhooks with the master key. ${byHand} 4. "(all)" is expected until the app is published and has polled once.'
  }
  {
    name: 'cursor-age'
    severity: 1
    query: loadTextContent('../queries/cursor-age.kql')
    look: hourly
    split: 'Site'
    description: 'The failed deliveries of this site were last fetched 60 h ago. Jira deletes them after 72 h; then they are lost. "(all)": no poll ran for 2 h. 1. GET /api/health/details with a function key shows the reason. If the bus refuses messages, the cursor does not move, on purpose. 2. "(all)": check that the app runs and PollFailedWebhooks is enabled. 3. POST /admin/functions/PollFailedWebhooks with the master key. ${byHand} 4. "(all)" is expected until the app is published and has polled once.'
  }
  {
    name: 'possible-loss'
    severity: 1
    query: loadTextContent('../queries/possible-loss.kql')
    look: hourly
    split: 'Site,Reason'
    description: 'Events of this site may be lost for good; see Reason. old_cursor: the failed list was not read for 72 h, and Jira has deleted its older records. 1. Application Insights > Logs: "Deliveries of ... may be lost" shows the times; the log of the polls before it shows why they failed. 2. Compare the issues updated in that time with the data of your subscribers. refused_filter: Jira has refused the filter of a declared webhook for 24 h, so the app ended the search for missed events. 1. The same log line has the webhook, the times and the text of Jira. 2. Fix the filter, or restore the project or field that it names. 3. POST /api/sites/{site}/recover?minutes=N with a function key searches an OAuth site again; choose N so that it covers the start time in the log line.'
  }
  {
    name: 'refused-signatures'
    severity: 2
    query: loadTextContent('../queries/refused-signatures.kql')
    look: hourly
    split: 'Site'
    description: 'Deliveries of this site are refused for their signature far more often than usual. Jira does not retry them. 1. Was the secret rotated in Jira? For a site added at run time: POST /api/sites/{site}/secret (docs/sites.md). For a site of the settings: store the new secret in Key Vault under the name of Sites__SITE__Secret and the old one under that of Sites__SITE__PreviousSecret, then refresh the references (docs/deploy.md, Key Vault references; a restart alone is not enough). 2. If not, an unknown caller sends forged deliveries: none of them is published.'
  }
  {
    name: 'server-errors'
    severity: 2
    query: loadTextContent('../queries/server-errors.kql')
    look: { every: 'PT10M', back: 'PT30M' }
    split: 'Reason'
    description: 'More than 10 deliveries were answered 503 for the same reason in half an hour. Jira retries them after 5 to 15 minutes, at most five times. 1. GET /api/health/details with a function key names the unhealthy site. 2. Application Insights > Failures shows errors of Service Bus, Storage or Key Vault. 3. After a deployment, roles need some minutes to become active. 4. Reason no_room: more large bodies at once than the app keeps in memory, or an unknown caller sends them; set allowedAddressRanges against unknown callers.'
  }
  {
    name: 'dead-letters'
    severity: 2
    query: loadTextContent('../queries/dead-letters.kql')
    look: hourly
    split: 'Subscription'
    description: 'New dead letters in this subscription: its subscriber failed on a message ten times, or messages expired unread. 1. GET /api/deadletters/{subscription} with a function key shows reason, event, site and issue. 2. Fix the subscriber. 3. POST /api/deadletters/{subscription}/redrive sends them to this subscription again; docs/subscribe.md says how to choose them, and how to drop them. It clears four to five hours after the last new letter.'
  }
  {
    name: 'message-age'
    severity: 2
    query: loadTextContent('../queries/message-age.kql')
    look: hourly
    split: 'Subscription'
    description: 'The oldest message of this subscription has waited for more than a day. 1. Is its subscriber running, and does it complete messages? 2. Portal > Service Bus > the topic > the subscription shows how many wait. 3. Add readers, or delete a subscription that nothing reads: unread messages fill the topic. It clears two to three hours after the oldest message was read.'
  }
  {
    name: 'sites-unhealthy'
    severity: 1
    query: loadTextContent('../queries/sites-unhealthy.kql')
    look: hourly
    split: 'State'
    description: 'At least one site does not work; State ends with the number of these sites, and another number fires again. unhealthy: its settings are invalid or its Key Vault reference is not resolved, so its deliveries get 503; or its row in the table was lost (docs/deploy.md, Recovery); or the clock of the app is wrong, so that all its tokens have wrong times; or its polls have failed for a day, so that missed events are not recovered. reconnect_required: Atlassian revoked the OAuth grant. 1. GET /api/health/details with a function key names the site and the reason. 2. Fix the setting or the secret. Azure reads a Key Vault reference again within 24 h, or when you refresh it (docs/deploy.md, Key Vault references; a restart alone is not enough). 3. reconnect_required: connect the site again (docs/sites.md).'
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${prefix}-${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [workspace.id]
      evaluationFrequency: rule.look.every
      windowSize: rule.look.back
      // A new workspace does not have the table yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(split(rule.split, ','), name => {
              name: name
              operator: 'Include'
              values: ['*']
            })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: actionGroupIds
      }
    }
  }
]
