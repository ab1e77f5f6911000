// The files of one Azurite store: a snapshot as Azurite itself writes it, and a journal of the documents that have changed since.
// The cost of a save depends on the changes, not on the size of the store. This is an adapter of LokiJS, Azurite's database, in its incremental mode:
// https://techfort.github.io/LokiJS/tutorial-Persistence%20Adapters.html
const { randomUUID } = require('crypto');
const fs = require('fs/promises');

// A snapshot is due when the journal is longer than the snapshot and longer than this.
const SHORTEST = 4 * 1024 * 1024;

class Journal {
  constructor(database) {
    this.database = database;
    this.mode = 'incremental';
    this.isDue = true;
    this.names = '';
    this.length = 0;
    this.snapshotLength = 0;
  }

  loadDatabase(file, callback) {
    this.load(file).then(
      ({ snapshot, isChanged }) => {
        callback(snapshot);
        this.names = this.collectionNames();
        if (isChanged) for (const collection of this.database.collections) collection.ensureAllIndexes(true);
      },
      error => callback(error));
  }

  // The data to write is read from the database before this returns.
  saveDatabase(file, _copy, callback) {
    const dirty = this.database.collections.filter(collection => collection.dirty);
    const isUnknown = dirty.some(collection => collection.dirtyIds.length === 0) || this.names !== this.collectionNames();
    const isLong = this.length > Math.max(SHORTEST, this.snapshotLength);
    const saving = this.isDue || isUnknown || isLong ? this.snapshot(file) : this.append(file, dirty);
    saving.then(
      () => callback(null),
      error => {
        // A part of the line may be in the journal. A line behind it would be unreadable, so the next save begins a new journal.
        this.isDue = true;
        callback(error);
      });
  }

  async load(file) {
    const snapshot = JSON.parse(await fs.readFile(file, 'utf8'));
    const lines = (await read(`${file}.journal`)).split('\n');

    // Text after the last line's end was never acknowledged. If the journal belongs to another snapshot, this snapshot contains all of it.
    lines.pop();
    const isOfThis = lines.length > 1 && JSON.parse(lines[0]).generation === snapshot.generation;
    if (isOfThis) apply(snapshot, lines.slice(1).map(line => JSON.parse(line)));
    return { snapshot, isChanged: isOfThis };
  }

  async append(file, dirty) {
    const text = dirty.map(collection => changes(collection) + '\n').join('');
    await fs.appendFile(`${file}.journal`, text);
    this.length += text.length;
  }

  async snapshot(file) {
    for (const collection of this.database.collections) settle(collection);
    const generation = randomUUID();
    const text = `{"generation":"${generation}",${this.database.serialize().slice(1)}`;
    this.names = this.collectionNames();
    this.isDue = false;
    await fs.writeFile(`${file}~`, text);
    await fs.rename(`${file}~`, file);
    await fs.writeFile(`${file}.journal`, JSON.stringify({ generation }) + '\n');
    this.length = 0;
    this.snapshotLength = text.length;
  }

  collectionNames() {
    return this.database.collections.map(collection => collection.name).join('\n');
  }
}

// One line: the inserted or updated documents, and null for the removed ones.
function changes(collection) {
  const ids = new Set(collection.dirtyIds);
  settle(collection);
  return JSON.stringify({ name: collection.name, maxId: collection.maxId, documents: [...ids].map(id => [id, collection.get(id)]) });
}

function settle(collection) {
  collection.dirty = false;
  collection.dirtyIds = [];
}

function apply(snapshot, journal) {
  for (const collection of snapshot.collections) {
    const lines = journal.filter(line => line.name === collection.name);
    const data = new Map(collection.data.map(document => [document.$loki, document]));
    for (const [id, document] of lines.flatMap(line => line.documents)) {
      if (document) data.set(id, document);
      else data.delete(id);
    }

    // LokiJS finds documents by binary search.
    collection.data = [...data.values()].sort((a, b) => a.$loki - b.$loki);
    collection.maxId = lines.at(-1)?.maxId ?? collection.maxId;
  }
}

async function read(file) {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

module.exports = { Journal };
