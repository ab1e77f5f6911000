// Runs Azurite until the parent process ends: its end of our standard input closes with it, for any reason. Azurite then closes and saves.
const fs = require('fs');
const { AZURITE_MAIN: main, AZURITE_RUNNING: running } = process.env;

if (parseInt(process.versions.node, 10) < 20) {
  console.error(`Node.js ${process.versions.node} is too old: install Node.js 20 or later (https://nodejs.org), or set AzureWebJobsStorage to your own storage.`);
  process.exit(1);
}

let failure = () => null;
if (running) {
  failure = require('./durable.cjs').keepBeforeAnswering(main);
  fs.writeFileSync(running, String(process.pid));
  process.on('exit', () => fs.rmSync(running, { force: true }));
}

// A terminal sends these signals to this process too. The parent has deliveries to finish, and closes our standard input after the last one.
const ofTerminals = ['SIGINT', 'SIGHUP', 'SIGQUIT'];
for (const name of ofTerminals) process.on(name, () => {});

// Azurite's own handler that closes and saves, detached from the signal: it must run once and completely, although a signal to the whole group
// and the end of our standard input follow each other.
const close = [];
let ending = false;
const once = process.once;
process.once = (name, listener) => {
  if (name === 'SIGTERM') close.push(listener);
  return name === 'SIGTERM' || ofTerminals.includes(name) ? process : once.call(process, name, listener);
};
process.on('SIGTERM', end);

// The parent that read the output may end before Azurite has logged that it closes.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

function end() {
  if (ending) return;
  ending = true;
  if (close.length === 0) process.exit(0); // not started yet
  if (failure()) process.exit(1); // everything that was answered is in the files, and nothing more can be written
  setTimeout(() => process.exit(1), 20000).unref();
  for (const listener of close) listener('SIGTERM');
}

process.stdin.resume();
process.stdin.once('end', end);
process.stdin.once('error', end);
require(main);
