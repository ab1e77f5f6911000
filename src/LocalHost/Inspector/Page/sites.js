// The sites: state, webhooks on their 30 days, cursor on its 72 hours, grant, and what can be done.
import { call } from './api.js';
import { action, ago, date, definitions, element, resultOf } from './dom.js';

const panel = document.getElementById('sites');
const lifetime = 30;
const keptHours = 72;
const results = new Map();

export async function drawSites() {
  let sites, grants;
  try {
    [sites, grants] = await Promise.all([call('GET', '/api/sites'), call('GET', '/inspector/api/grants')]);
  } catch (error) {
    panel.replaceChildren(element('p', { className: 'notice', role: 'alert' }, error.message));
    return;
  }

  panel.replaceChildren(...sites.map(site => card(site, grants.find(grant => grant.name === site.grant))));
  if (sites.length === 0) panel.replaceChildren(element('p', { className: 'notice' }, 'There is no site. Connect one in a browser: LocalHost prints the address when it starts. Or add one over the API, see docs/sites.md.'));
}

function card(site, grant) {
  const { health } = site;
  const result = resultOf(results, site.site);
  const webhooks = element('div', {}, element('p', { className: 'legend' }, 'Asking Jira…'));
  loadPlan(site, webhooks);
  const api = `/api/sites/${encodeURIComponent(site.site)}`;
  const again = async text => {
    setTimeout(drawSites, 1500);
    return text;
  };
  const hasApi = site.scheme !== 'AdminWebhook';
  return element('article', { className: 'card', 'aria-label': `Site ${site.site}` },
    element('div', { className: 'card-head' },
      element('h2', {}, `${site.site} `, element('span', { className: 'legend' }, `${site.scheme}, ${site.url}`)),
      element('span', { className: `state ${health.state === 'ok' ? 'accepted' : health.state === 'disabled' ? 'unavailable' : 'refused'}` }, health.state)),
    health.reason ? element('p', {}, `${health.reason}${health.since ? ` Since ${date(health.since)}.` : ''}`) : null,
    health.notice ? element('p', {}, health.notice) : null,
    element('h3', {}, 'Webhooks'), webhooks,
    element('h3', {}, 'Recovery'), cursor(site, health),
    grant ? element('h3', {}, 'Grant') : null,
    grant ? definitions([['name', grant.name], ['state', grant.reconnectRequiredSince ? `refused since ${date(grant.reconnectRequiredSince)}: connect the site again` : grant.isStored ? 'valid' : 'not stored yet'],
      ['last renewed', grant.accessTokenExpiresAt && ago(new Date(grant.accessTokenExpiresAt) - 3600000)], ['access token', grant.accessTokenExpiresAt && `expires ${ago(grant.accessTokenExpiresAt)}`]]) : null,
    definitions([['last delivery', health.lastDelivery && `${date(health.lastDelivery)} (${ago(health.lastDelivery)})`], ['last refresh', health.lastRefresh && `${date(health.lastRefresh)} (${ago(health.lastRefresh)})`]]),
    element('div', { className: 'actions' },
      hasApi ? action('Refresh', async () => again(refreshed(await call('POST', `${api}/refresh`, {}))), result, 'strong') : null,
      action('Poll all sites', async () => {
        await call('POST', '/admin/functions/PollFailedWebhooks', {});
        return again('A poll of all sites has started; recovered deliveries appear in the list.');
      }, result),
      hasApi ? action('Recover the last hour', async () => again(recovered(await call('POST', `${api}/recover?minutes=60`, {}))), result) : null,
      site.source !== 'store' ? null : health.state === 'disabled'
        ? action('Enable', async () => again((await call('POST', `${api}/enable`, {})) && 'Enabled: the next refresh registers its webhooks.'), result)
        : action('Disable', async () => again((await call('POST', `${api}/disable`, { reason: 'by hand' })) && 'Disabled: the next refresh deletes its webhooks.'), result)),
    site.source === 'store' ? null : element('p', { className: 'legend' }, 'This site is in the settings: disable or remove it there.'),
    result);
}

async function loadPlan(site, target) {
  try {
    const plan = await call('GET', `/api/sites/${encodeURIComponent(site.site)}/plan`);
    target.replaceChildren(
      ...plan.steps.map(step => webhook(step)),
      ...plan.problems.map(problem => element('p', { className: 'notice' }, problem)));
    if (plan.steps.length + plan.problems.length === 0) {
      target.replaceChildren(element('p', { className: 'legend' }, site.scheme === 'AdminWebhook' ? 'An administrator’s webhook does not expire, so there is nothing to refresh.' : 'No webhook is declared.'));
    }
  } catch (error) {
    target.replaceChildren(element('p', { className: 'notice' }, error.message));
  }
}

function webhook(step) {
  const days = step.expires ? (new Date(step.expires) - Date.now()) / 86400000 : null;
  const label = `${step.webhook ?? 'not declared'}${step.id ? ` (${step.id})` : ''}`;
  return element('div', {},
    element('p', {}, element('strong', {}, label), days === null ? '' : `, ${days.toFixed(1)} of ${lifetime} days left`, `. Next refresh: ${step.action}.`),
    days === null ? null : element('meter', { min: 0, max: lifetime, low: 7, optimum: lifetime, value: Math.max(0, days), 'aria-label': `Days left of webhook ${label}` }),
    ...(step.action === 'extend' ? [step.otherwise] : [step.why, step.missed, step.otherwise]).filter(Boolean).map(text => element('p', { className: 'legend' }, text)));
}

function cursor(site, health) {
  if (site.scheme === 'OAuth') return element('p', { className: 'legend' }, 'By search: after each outage the app searches for changed issues.');
  if (site.scheme !== 'Connect') return element('p', { className: 'legend' }, 'Jira offers no list of failed deliveries for this kind of site.');
  if (health.cursorAgeHours === undefined) return element('p', { className: 'legend' }, 'The failed list was not read yet.');
  return element('div', {},
    element('p', {}, `The failed list was read up to ${date(health.cursor)}, ${health.cursorAgeHours.toFixed(1)} of ${keptHours} hours ago.`),
    element('meter', { min: 0, max: keptHours, high: 60, low: 24, optimum: 0, value: health.cursorAgeHours, 'aria-label': `Age of the cursor of ${site.site} in hours` }));
}

const refreshed = result => `${result.registered} registered, ${result.extended} extended, ${result.replaced} replaced, ${result.failed} failed. ${result.problem ?? ''}`;

const recovered = result => `${result.recovered} recovered. ${result.problem ?? ''}`;
