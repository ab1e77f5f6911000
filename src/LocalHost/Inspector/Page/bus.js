// The subscriptions of the simulated bus and their dead letters.
import { call } from './api.js';
import { action, date, element, resultOf } from './dom.js';

const panel = document.getElementById('bus');
const shown = 50;
const results = new Map();

export async function hasBus() {
  return await call('GET', '/inspector/api/bus') !== null;
}

export async function drawBus() {
  try {
    const { topic, subscriptions } = await call('GET', '/inspector/api/bus');
    const cards = await Promise.all(subscriptions.map(card));
    cards.forEach((made, index) => made.append(resultOf(results, subscriptions[index].name)));
    panel.replaceChildren(element('h2', {}, `Topic ${topic}`), ...cards);
  } catch (error) {
    panel.replaceChildren(element('p', { className: 'notice', role: 'alert' }, error.message));
  }
}

// Without its result, which stays where it is shown until all cards are made.
async function card(subscription) {
  const path = `/api/deadletters/${encodeURIComponent(subscription.name)}`;
  const page = subscription.dead > 0 ? await call('GET', `${path}?max=${shown}`) : { letters: [] };
  const result = resultOf(results, subscription.name);
  const change = (name, text, filter) => action(text, async () => {
    const done = await call('POST', `${path}/${name}`, filter);
    setTimeout(drawBus, 1500);
    const rest = done.blocked ? ' The letters that stay are all that a call may hold: first redrive or drop the oldest.' : done.notReached ? ' The end was not reached: repeat it.' : '';
    return `${done.done} done, ${done.skipped} skipped.${rest} ${done.refused.map(letter => letter.why).join(' ')}`;
  }, result);
  return element('article', { className: 'card', 'aria-label': `Subscription ${subscription.name}` },
    element('div', { className: 'card-head' }, element('h2', {}, subscription.name), element('span', {}, `${subscription.active} active, ${subscription.dead} dead`)),
    subscription.dead === 0 ? element('p', { className: 'legend' }, 'No dead letters.') : element('div', { className: 'list' }, element('table', {},
      element('thead', {}, element('tr', {}, ...['number', 'since', 'reason', 'site', 'event', 'issue', ''].map(name => element('th', { scope: 'col' }, name || element('span', { className: 'unseen' }, 'actions'))))),
      element('tbody', {}, ...page.letters.map(letter => row(letter, change))))),
    subscription.dead === 0 ? null : element('div', { className: 'actions' }, change('redrive', 'Redrive all', {}), change('drop', 'Drop all', {})));
}

function row(letter, change) {
  const one = { sequenceNumbers: [letter.sequenceNumber] };
  return element('tr', {},
    element('td', {}, String(letter.sequenceNumber)), element('td', {}, date(letter.enqueuedAt) ?? '–'), element('td', {}, letter.reason ?? '–'),
    element('td', {}, letter.site ?? '–'), element('td', {}, letter.event ?? '–'), element('td', {}, letter.issue ?? '–'),
    element('td', {}, element('div', { className: 'actions' }, change('redrive', 'Redrive', one), change('drop', 'Drop', one))));
}
