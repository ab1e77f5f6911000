// Alerts on the metrics our code emits. Each description is the runbook; each query returns a row only where something is wrong,
// also when nothing has been measured, so that the rule needs no more than "more than zero rows".

@description('Start of the rules\' names.')
param prefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource ids of the action groups.')
param actionGroupIds string[]

@description('Name of the Log Analytics workspace.')
param workspaceName string

// Two days are the longest there is. The refresh runs daily, so a shorter window would miss its numbers.
var hourly = { every: 'PT1H', back: 'P2D' }

// https://github.com/Azure/azure-functions-host/issues/11890
var byHand = 'A run fired by hand may be killed halfway on Flex Consumption, and then holds the site it was at for up to a minute: look at Health, and fire it again after that.'

var rules = [
  {
    name: 'webhook-expiry'
    severity: 1
    query: loadTextContent('../queries/webhook-expiry.kql')
    look: hourly
    split: 'Site'
    description: 'A webhook of this site expires within 7 days: the daily refresh has not extended it for three weeks, and Jira stops sending without a word. 1. GET /api/health/details with a function key has the reason: 401 or 403 means that the grant or the app\'s permission is gone. 2. Mend it. 3. POST /api/sites/{site}/refresh with a function key extends now, and answers what it did.'
  }
  {
    name: 'refresh-absent'
    severity: 1
    query: loadTextContent('../queries/refresh-absent.kql')
    look: hourly
    split: 'Site'
    description: 'This site had no successful refresh for 26 h; "(all)": no refresh ran at all. Webhooks live 30 days, so there is time. 1. GET /api/health/details with a function key has the site\'s reason. 2. Mend it, then POST /api/sites/{site}/refresh with the key. 3. "(all)": is the app running, and RefreshWebhooks enabled? POST /admin/functions/RefreshWebhooks with the master key. ${byHand} 4. "(all)" before the app is published and has polled once is expected.'
  }
  {
    name: 'cursor-age'
    severity: 1
    query: loadTextContent('../queries/cursor-age.kql')
    look: hourly
    split: 'Site'
    description: 'The failed deliveries of this site were last fetched 60 h ago: Jira forgets them after 72 h, and from then on they are lost; "(all)": no poll ran for 2 h. 1. GET /api/health/details with a function key has the site\'s reason; a publisher that refuses holds the cursor back on purpose. 2. "(all)": is the app running, and PollFailedWebhooks enabled? 3. POST /admin/functions/PollFailedWebhooks with the master key. ${byHand} 4. "(all)" before the app is published and has polled once is expected.'
  }
  {
    name: 'possible-loss'
    severity: 1
    query: loadTextContent('../queries/possible-loss.kql')
    look: hourly
    split: 'Site,Reason'
    description: 'Events of this site may be lost for good; Reason says which. old_cursor: the failed list was not read for 72 h, and Jira has forgotten what was on it before that. 1. Application Insights > Logs: "Deliveries of ... may be lost" names the times; the polls before it tell why they failed. 2. Compare the issues updated in that time with what your subscribers hold. refused_filter: for 24 h Jira has refused to search by the filter of a declared webhook, and the search for what an outage has missed was given up. 1. The same log line has the subscription, the times and the words of Jira. 2. Fix the filter, or restore the project or field it names. 3. POST /api/sites/{site}/recover?minutes=N with a function key, with N back to the start that the line names, searches an OAuth site again.'
  }
  {
    name: 'refused-signatures'
    severity: 2
    query: loadTextContent('../queries/refused-signatures.kql')
    look: hourly
    split: 'Site'
    description: 'This site\'s deliveries are refused for their signature far more often than usual; a refused event is not sent again. 1. Was the secret rotated in Jira? A site added at run time: POST /api/sites/{site}/secret (docs/sites.md). A site of the settings: put the new one in Key Vault under the name of Sites__SITE__Secret and the old one under that of Sites__SITE__PreviousSecret, then have the references read again (docs/deploy.md, Key Vault references; a restart alone does not). 2. If not, somebody is guessing: nothing got in.'
  }
  {
    name: 'server-errors'
    severity: 2
    query: loadTextContent('../queries/server-errors.kql')
    look: { every: 'PT10M', back: 'PT30M' }
    split: ''
    description: 'More than 10 deliveries were answered 503 in half an hour. 503 keeps the event: Jira sends it again 5 to 15 minutes later, at most five times. 1. GET /api/health/details with a function key names the site that is wrong. 2. Application Insights > Failures shows whether Service Bus, Storage or Key Vault refused. 3. Soon after a deployment: roles take minutes to arrive. 4. jira.deliveries.unavailable with reason no_room: more large bodies at once than the app keeps in memory, or someone without a secret sends them; allowedAddressRanges keeps strangers out.'
  }
  {
    name: 'sites-unhealthy'
    severity: 1
    query: loadTextContent('../queries/sites-unhealthy.kql')
    look: hourly
    split: 'State'
    description: 'At least one site cannot work. unhealthy: its settings are wrong or its Key Vault reference is not resolved; its deliveries are answered 503; or its row in the table was lost (docs/deploy.md, Recovery); or the clock of the app is wrong, so that the tokens of all its deliveries are valid in everything but their times; or its polls have failed for a day, so that what was missed waits. reconnect_required: Atlassian revoked the OAuth grant. 1. GET /api/health/details with a function key names the site and the reason. 2. Mend the setting or the secret; a Key Vault reference is read again within 24 h, or when you ask for it (docs/deploy.md, Key Vault references; a restart alone does not). 3. reconnect_required: connect the site anew (docs/sites.md).'
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
      // A new workspace does not know the table yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: empty(rule.split)
              ? []
              : map(split(rule.split, ','), name => {
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
