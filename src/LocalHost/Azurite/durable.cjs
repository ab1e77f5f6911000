// Azurite keeps its state in memory, rewrites whole files every five seconds, and does not check for errors. Here a change is answered
// after it is in a file, with one save for all waiting changes. After a failed save every change is rejected.
const EventEmitter = require('events');
const fs = require('fs');
const http = require('http');
const path = require('path');
const { Journal } = require('./journal.cjs');

const CHANGES = new Set(['PUT', 'POST', 'DELETE', 'MERGE', 'PATCH']);
const NO_MORE_WRITES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG']);

// Changes without a response of their own, such as the visibility of messages that were read.
const INTERVAL = 5000;

const stores = [];
let failure = null;

// One of Azurite's databases.
class Store {
  constructor(database) {
    this.database = database;
    this.saving = null;
    this.next = null;
  }

  // Completes when everything that is in memory now is in the file.
  saved() {
    if (!this.database.autosaveDirty()) return this.saving ?? Promise.resolve();
    return (this.next ??= this.after(this.saving));
  }

  async after(saving) {
    await saving?.catch(() => {});
    this.next = null;
    this.saving = this.save().finally(() => (this.saving = null));
    return this.saving;
  }

  save() {
    return new Promise((resolve, reject) => this.database.saveDatabase(error => (error ? reject(error) : resolve())));
  }
}

// Reports the failure to the parent process, once.
function fail(error) {
  if (failure) return;
  failure = error;
  console.log(`Azurite could not save: ${error.message.replace(/^(Error: )+/, '').split('\n')[0]}`);
}

function saved() {
  if (failure) return Promise.reject(failure);
  return Promise.all(stores.map(store => store.saved()));
}

// Holds back the response until its change is in a file.
function hold(response) {
  const { write, end } = response;
  const chunks = [];
  response.write = (chunk, encoding, done) => {
    chunks.push([chunk, typeof encoding === 'string' ? encoding : undefined]);
    const written = typeof encoding === 'function' ? encoding : done;
    if (written) process.nextTick(written);
    return true;
  };
  response.end = (...last) => {
    const send = () => {
      Object.assign(response, { write, end });
      for (const chunk of chunks) response.write(...chunk);
      response.end(...last);
    };
    if (response.statusCode >= 400) send();
    else {
      saved().then(send, error => {
        fail(error);
        response.destroy();
      });
    }
    return response;
  };
}

// A file of bodies that cannot grow is a failed save too.
function watchWrites() {
  for (const name of ['open', 'write', 'writev']) {
    const original = fs[name];
    fs[name] = (...given) => {
      const done = given.pop();
      return original(...given, (error, ...rest) => {
        if (NO_MORE_WRITES.has(error?.code)) fail(error);
        done(error, ...rest);
      });
    };
  }
}

// Must be called before Azurite is loaded. The returned function gives the failure of a save, or null.
function keepBeforeAnswering(main) {
  const loki = require(require.resolve('lokijs', { paths: [path.dirname(main)] }));
  loki.prototype.autosaveEnable = function () {
    this.autosave = true;
    this.isIncremental = true;
    this.persistenceAdapter = new Journal(this);
    stores.push(new Store(this));
  };
  setInterval(() => saved().catch(fail), INTERVAL).unref();
  watchWrites();

  http.Server.prototype.emit = function (event, request, response, ...rest) {
    if (event === 'request' && CHANGES.has(request.method)) {
      if (failure) {
        request.resume();
        response.writeHead(503).end();
        return true;
      }

      hold(response);
    }

    return EventEmitter.prototype.emit.call(this, event, request, response, ...rest);
  };
  return () => failure;
}

module.exports = { keepBeforeAnswering };
