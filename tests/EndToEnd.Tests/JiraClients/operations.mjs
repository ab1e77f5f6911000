// Runs the webhook operations of jira.js, and prints what it returns. Arguments: version, then {host, authentication, webhookUrl, readsFailed}.
const [version, text] = process.argv.slice(2);
const { host, authentication, webhookUrl, readsFailed } = JSON.parse(text);

async function clientOf(authentication) {
  if (version === '5') {
    const { Version3Client } = await import('jira.js-5');
    return new Version3Client({ host, authentication });
  }

  const { createCloudClient } = await import('jira.js-6');
  const auth = authentication.basic ? { type: 'basic', ...authentication.basic } : { type: 'bearer', token: authentication.oauth2.accessToken };
  return createCloudClient({ host, auth });
}

const { webhooks } = await clientOf(authentication);
const user = await clientOf({ basic: { email: 'ada@example.com', apiToken: 'token' } });

const registered = await webhooks.registerDynamicWebhooks({
  url: webhookUrl,
  webhooks: [
    { events: ['jira:issue_updated'], jqlFilter: 'project = SHOP', fieldIdsFilter: ['summary'] },
    { events: ['comment_created'], jqlFilter: 'project IN (A, B)' },
    { events: ['comment_created'], jqlFilter: 'watchCount = 1' },
  ],
});
const webhookIds = registered.webhookRegistrationResult.flatMap(result => result.createdWebhookId ?? []);
const first = await webhooks.getDynamicWebhooksForApp({ startAt: 0, maxResults: 1 });
const all = await webhooks.getDynamicWebhooksForApp();
const refreshed = await webhooks.refreshWebhooks({ webhookIds });
const failed = readsFailed ? await webhooks.getFailedWebhooks({ maxResults: 10, after: 0 }) : null;
await webhooks.deleteWebhookById({ webhookIds });
const refusal = await user.webhooks.getDynamicWebhooksForApp().then(() => null, error => error.status ?? error.statusCode ?? String(error));

console.log(JSON.stringify({ registered, first, all, refreshed, failed, refusal }));
