// One delivery: why it ended as it did, what came in, what went out.
import { call } from './api.js';
import { action, date, definitions, element } from './dom.js';

const panel = document.getElementById('detail');
let opener = null;

export function closeDetail() {
  if (panel.hidden) return;
  panel.hidden = true;
  panel.parentElement.classList.remove('open');
  opener?.focus();
}

export async function showDetail(number) {
  opener = document.activeElement;
  panel.hidden = false;
  panel.parentElement.classList.add('open');
  try {
    draw(number, await call('GET', `/inspector/api/deliveries/${number}`));
  } catch (error) {
    panel.replaceChildren(head('Delivery'), element('p', { role: 'alert' }, error.message));
  }

  panel.focus({ preventScroll: true });
  if (innerWidth < 900) panel.scrollIntoView();
}

function draw(number, found) {
  const { row } = found;
  const result = element('p', { className: 'result', role: 'status' });
  panel.replaceChildren(...[
    head(row.event ?? 'Delivery'),
    element('p', {}, element('span', { className: `state ${row.outcome}` }, row.outcome), row.status ? `, answer ${row.status}, reason ${row.reason}` : `, ${row.reason}`),
    element('p', { id: 'meaning' }, found.meaning),
    found.fix ? element('p', { id: 'fix' }, element('strong', {}, 'What to do: '), found.fix) : null,
    element('div', { className: 'actions' },
      found.curl ? action('Copy as curl', async () => {
        await navigator.clipboard.writeText(found.curl);
        return 'Copied. Replace CREDENTIAL: it is not shown here.';
      }, result) : null,
      found.isBodyWhole ? action('Send again', async () => {
        const sent = await call('POST', `/inspector/api/deliveries/${number}/again`);
        return `Sent again with a new identifier (${sent.identifier}) and a new signature; the answer was ${sent.status}. Subscribers get it as a new event.`;
      }, result) : null),
    result,
    definitions([
      ['at', date(row.at)], ['site', row.site], ['issue', row.issue],
      ['verify and read', found.stages && `${found.stages.verify} ms`], ['publish', found.stages?.publish !== undefined ? `${found.stages.publish} ms` : null], ['total', found.stages && `${found.stages.total} ms`],
    ]),
    ...changelog(found.body),
    ...section('Message that went out', found.message && definitions([
      ['messageId', found.message.messageId], ['sessionId', found.message.sessionId], ['subject', found.message.subject], ['contentType', found.message.contentType],
      ...Object.entries(found.message.properties)])),
    ...section('Headers', found.headers.length > 0 && definitions(found.headers.map(header => [header.name, header.value]))),
    ...section('Claims of its token', found.claims && element('pre', { tabIndex: 0, 'aria-label': 'Claims' }, pretty(found.claims))),
    ...section(`Body, ${found.bodyBytes} bytes`, found.body
      ? element('pre', { tabIndex: 0, 'aria-label': 'Body' }, pretty(found.body), found.isBodyWhole ? '' : '\n… (the rest is not held)')
      : element('p', {}, found.bodyBytes > 0 ? 'The body is no longer held.' : 'The body was not read, because the headers already decided.')),
  ].filter(Boolean));
}

function head(title) {
  return element('div', { className: 'card-head' }, element('h2', {}, title), element('button', { type: 'button', 'aria-label': 'Close', onclick: closeDetail }, '✕'));
}

function section(title, content) {
  return content ? [element('h3', {}, title), content] : [];
}

function changelog(body) {
  const items = parse(body)?.changelog?.items;
  if (!Array.isArray(items) || items.length === 0) return [];

  const cell = value => element('td', {}, value === null || value === undefined || value === '' ? '–' : String(value));
  return section('Changes', element('table', {},
    element('thead', {}, element('tr', {}, ...['field', 'from', 'to'].map(name => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...items.map(item => element('tr', {}, cell(item.field), cell(item.fromString ?? item.from), cell(own(item, 'toString') ?? item.to))))));
}

// Jira names a field "toString", which every object has.
const own = (item, name) => Object.hasOwn(item, name) ? item[name] : undefined;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pretty(text) {
  const json = parse(text);
  return json === null ? text : JSON.stringify(json, null, 2);
}
