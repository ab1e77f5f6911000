// Calls of this host, with the key from the address. The key stays in this tab: the fragment is never sent, and other ports cannot read this storage.

const name = 'functions-key';

export function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given) {
    sessionStorage.setItem(name, given);
    history.replaceState(null, '', location.pathname);
  }

  return sessionStorage.getItem(name) !== null;
}

export class CallError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function headers(more = {}) {
  return { 'x-functions-key': sessionStorage.getItem(name) ?? '', ...more };
}

export async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, { method, headers: headers(body === undefined ? {} : { 'content-type': 'application/json' }), body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new CallError(0, 'This host does not answer: is it still running?');
  }

  const text = await answer.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // not JSON: the status says enough
  }

  if (!answer.ok) throw new CallError(answer.status, json?.detail ?? (answer.status === 401 ? keyMissing : `The answer was ${answer.status}.`));
  return json;
}

export const keyMissing = 'The key is missing or wrong: open the address that LocalHost prints when it starts, “Watch the deliveries in a browser”.';

// Server-sent events. EventSource cannot send a header, and a key in the query would be in the history.
export async function* stream(path) {
  const answer = await fetch(path, { headers: headers({ accept: 'text/event-stream' }) });
  if (!answer.ok) throw new CallError(answer.status, answer.status === 401 ? keyMissing : `The answer was ${answer.status}.`);

  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;

    buffer += value;
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const lines = buffer.slice(0, end).split('\n');
      buffer = buffer.slice(end + 2);
      const field = prefix => lines.find(line => line.startsWith(prefix))?.slice(prefix.length);
      const event = field('event: ');
      if (event) yield { event, data: JSON.parse(field('data: ')) };
    }
  }
}
