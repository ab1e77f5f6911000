// The list of deliveries: newest first, at most 500 rows, filtered by site, event, outcome and text.
import { element, time } from './dom.js';
import { showDetail, closeDetail } from './detail.js';

const most = 500;
const filters = ['site', 'event', 'outcome', 'text'].map(name => [name, document.getElementById(`filter-${name}`)]);
const body = document.querySelector('#rows tbody');
const empty = document.getElementById('empty');
const count = document.getElementById('count');
let all = [];
let selected = null;
let isDue = false;

export function hold(rows) {
  all = rows.slice(0, most);
  draw();
}

export function add(rows) {
  all = [...rows].sort((a, b) => b.n - a.n).concat(all).slice(0, most);
  draw();
}

// At most once for each frame, however many arrive.
function draw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    drawNow();
  });
}

function drawNow() {
  offer('site', all.map(row => row.site));
  offer('event', all.map(row => row.event).filter(Boolean));
  const shown = all.filter(isWanted);
  const known = new Map([...body.children].map(row => [Number(row.dataset.n), row]));
  body.replaceChildren(...shown.map(row => known.get(row.n) ?? line(row)));
  count.textContent = all.length === 0 ? '' : `${shown.length} of ${all.length} deliveries; the last ${most} are kept.`;
  empty.hidden = shown.length > 0;
  empty.textContent = all.length === 0
    ? 'No delivery yet. With the simulated Jira, one arrives every second. For a real site, change an issue in Jira that a declared webhook matches, and look at the tab Sites.'
    : 'No delivery matches the filters. Clear them to see all.';
}

function isWanted(row) {
  return filters.every(([name, input]) => {
    const wanted = input.value.trim().toLowerCase();
    if (!wanted) return true;
    if (name !== 'text') return (row[name] ?? '').toLowerCase() === wanted;
    return [row.site, row.event, row.issue, row.outcome, row.reason, String(row.status)].some(text => (text ?? '').toLowerCase().includes(wanted));
  });
}

function offer(name, values) {
  const select = filters.find(([filter]) => filter === name)[1];
  const known = new Set([...select.options].map(option => option.value));
  for (const value of new Set(values)) if (!known.has(value) && select.options.length < 100) select.append(element('option', { value }, value));
}

function line(row) {
  const open = () => select(row.n);
  const made = element('tr', { onclick: open, 'aria-selected': row.n === selected ? 'true' : 'false' },
    element('td', {}, element('button', { type: 'button', 'aria-label': `Show the delivery of ${time(row.at)}` }, time(row.at))),
    element('td', {}, row.site),
    element('td', {}, row.event ?? '–'),
    element('td', {}, row.issue ?? '–'),
    element('td', { className: row.outcome }, row.outcome + (row.outcome === 'accepted' || row.outcome === 'recovered' ? '' : ` ${row.status} ${row.reason}`) + (row.again ? ' (sent again)' : '')),
    element('td', { className: 'number' }, row.status === 0 ? '–' : row.ms.toFixed(1)));
  made.dataset.n = row.n;
  return made;
}

async function select(number) {
  selected = number;
  for (const row of body.children) row.setAttribute('aria-selected', Number(row.dataset.n) === number ? 'true' : 'false');
  await showDetail(number);
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') closeDetail();
  if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || !body.contains(document.activeElement)) return;
  const row = document.activeElement.closest('tr');
  const next = event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
  next?.querySelector('button').focus();
  event.preventDefault();
});

for (const [, input] of filters) input.addEventListener('input', draw);
document.getElementById('filters').addEventListener('submit', event => event.preventDefault());
