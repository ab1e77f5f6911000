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

var rules = [
  {
    name: 'webhook-expiry'
    severity: 1
    query: loadTextContent('../queries/webhook-expiry.kql')
    split: 'Site'
    description: 'A webhook of this site expires within 7 days: the daily refresh has not extended it for three weeks, and Jira stops sending without a word. 1. Fire the refresh by hand: POST /admin/functions/RefreshWebhooks. 2. Read its log for this site: 401 or 403 means the grant or the app\'s permission is gone.'
  }
  {
    name: 'refresh-absent'
    severity: 1
    query: loadTextContent('../queries/refresh-absent.kql')
    split: 'Site'
    description: 'This site, or every site ("(all)"), had no successful refresh for 26 h. Webhooks live 30 days, so there is time. 1. Is the app running, and RefreshWebhooks enabled? 2. POST /admin/functions/RefreshWebhooks and read the log. 3. Before the first refresh after a deployment, and where no site has an API (admin webhooks only), this is expected: see docs/deploy.md.'
  }
  {
    name: 'cursor-age'
    severity: 1
    query: loadTextContent('../queries/cursor-age.kql')
    split: 'Site'
    description: 'The failed deliveries of this site were last fetched too long ago: Jira forgets them after 72 h, and from then on they are lost. 1. POST /admin/functions/PollFailedWebhooks. 2. Read its log: a publisher that refuses holds the cursor back on purpose.'
  }
  {
    name: 'possible-loss'
    severity: 1
    query: loadTextContent('../queries/possible-loss.kql')
    split: 'Site'
    description: 'The cursor of this site was older than the 72 h Jira keeps failed deliveries for. What Jira gave up on before that is gone. 1. The log names the window. 2. Compare the site\'s issues updated in that window with what your subscribers hold.'
  }
  {
    name: 'refused-signatures'
    severity: 2
    query: loadTextContent('../queries/refused-signatures.kql')
    split: 'Site'
    description: 'This site\'s deliveries are refused for their signature far more often than usual; a refused event is not sent again. 1. Was the secret rotated in Jira? Put the new one in Key Vault under the name of Sites__SITE__Secret and the old one under that of Sites__SITE__PreviousSecret. 2. If not, somebody is guessing: nothing got in.'
  }
  {
    name: 'sites-unhealthy'
    severity: 1
    query: loadTextContent('../queries/sites-unhealthy.kql')
    split: 'State'
    description: 'At least one site cannot work. unhealthy: its settings are wrong or its Key Vault reference is not resolved; its deliveries are answered 503. reconnect_required: Atlassian revoked the OAuth grant. 1. GET /api/health with a function key names the site and the reason. 2. Mend the setting or the secret and restart the app; or connect the site anew (README).'
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
      evaluationFrequency: 'PT1H'
      // The longest there is. The refresh runs daily, so a shorter window would miss its numbers.
      windowSize: 'P2D'
      // A new workspace does not know the table yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [
              {
                name: rule.split
                operator: 'Include'
                values: ['*']
              }
            ]
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
