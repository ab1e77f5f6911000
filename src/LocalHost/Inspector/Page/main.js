// Starts the page: the key, the tabs, the stream of deliveries.
import { CallError, keyMissing, stream, takeKey } from './api.js';
import { drawBus, hasBus } from './bus.js';
import { drawChart } from './chart.js';
import { add, hold } from './deliveries.js';
import { drawSites } from './sites.js';

const connection = document.getElementById('connection');
const problem = document.getElementById('problem');
const tabs = [...document.querySelectorAll('[role="tab"]')];
const drawings = { sites: drawSites, bus: drawBus };
const slow = 10000;
const retry = 2000;

function tell(text) {
  problem.textContent = text ?? '';
  problem.hidden = !text;
}

function select(tab) {
  for (const one of tabs) {
    const isSelected = one === tab;
    one.setAttribute('aria-selected', String(isSelected));
    one.tabIndex = isSelected ? 0 : -1;
    document.getElementById(one.getAttribute('aria-controls')).hidden = !isSelected;
  }

  // Results of earlier visits.
  for (const result of document.querySelectorAll(`#${tab.getAttribute('aria-controls')} .result`)) result.textContent = '';
  drawings[tab.getAttribute('aria-controls')]?.();
}

for (const tab of tabs) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const there = tabs.filter(one => !one.hidden);
    const next = there[(there.indexOf(tab) + step + there.length) % there.length];
    next.focus();
    select(next);
  });
}

async function follow() {
  while (true) {
    try {
      for await (const { event, data } of stream('/inspector/api/stream')) {
        tell(null);
        connection.textContent = 'Connected';
        if (event === 'held') hold(data);
        else add(data);
      }
    } catch (error) {
      if (error instanceof CallError && error.status === 401) {
        connection.textContent = 'Not connected';
        tell(error.message);
        return;
      }
    }

    connection.textContent = 'Not connected: trying again…';
    tell('This host does not answer: is it still running? The page connects again by itself.');
    await new Promise(resolve => setTimeout(resolve, retry));
  }
}

if (takeKey()) {
  follow();
  drawChart().catch(() => {});
  setInterval(() => drawChart().catch(() => {}), slow);
  hasBus().then(found => document.getElementById('tab-bus').hidden = !found).catch(() => {});
} else {
  connection.textContent = 'Not connected';
  tell(keyMissing);
}
