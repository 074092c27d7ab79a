// How events leave: in small batches that outlive their page, and again later when nobody took them.
import { listen, newId, ofDocument } from "./browser.js";
import { settings } from "./settings.js";
import { keys, read, write } from "./store.js";

const LOCK = "hw:lock";
const UNTIL = "hw:until";
// Browsers let 64 KiB of requests outlive a page, all of them together.
const KEEPALIVE_BYTES = 6e4;

let pending = [];
let timer;
let retry;
let failures = 0;
let weight = 0;
let before = Promise.resolve();
const flying = new Map();

// No header of ours and a body of text: a browser asks no other origin's leave first.
const request = async (path, content) => {
  const body = JSON.stringify({ ...content, writeKey: settings.writeKey });
  const { size } = new Blob([body]);
  weight += size;
  try {
    const response = await fetch(`${settings.host}/v1/${path}`, {
      method: "POST",
      credentials: "include",
      body,
      // The page's other requests share the allowance, and one beyond it fails at once: not twice.
      keepalive: !failures && weight < KEEPALIVE_BYTES,
    });
    // To a browser a request lasts until its answer is read to the end.
    await response.text();
    return response;
  } finally {
    weight -= size;
  }
};

// What the server should hear before the next event; when it cannot, nobody is worse off.
export const post = (path, content) => {
  flush();
  return (before = request(path, content).catch(() => {}));
};

const mustWait = () => !navigator.onLine || read(UNTIL) > Date.now();

// Says whether there must be another try.
const fails = async (batch) => {
  let after;
  if (mustWait()) return true;
  try {
    const { status, headers } = await request("b", { batch, sentAt: new Date() });
    if (status < 500 && status != 408 && status != 429) return (failures = 0);
    after = Math.min(headers.get("retry-after"), 300);
  } catch {}
  // Several that fail together are one failure.
  if (!mustWait())
    write(UNTIL, Date.now() + 1e3 * (after || Math.min(2 ** failures++ / 2, 60) * (1 + Math.random() / 9)));
  return true;
};

const prefix = () => `hw:q:${settings.writeKey}:`;

// One key a batch, which tabs add and remove without overwriting each other's: a day of 100 events.
const stash = (batch, name) => {
  if (name) write(name, batch);
  let events = 0;
  let size = 0;
  for (const key of keys(prefix()).reverse()) {
    const batch = read(key);
    events += batch.length;
    size += JSON.stringify(batch).length;
    const age = Date.now() - key.split(":")[3];
    if (events > 100 || size > 262144 || age > 864e5) write(key);
  }
};

export const purge = () => {
  pending = [];
  flying.clear();
  keys(prefix()).forEach((key) => write(key));
};

const inTurn = async (work) => {
  if (navigator.locks) return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => lock && work());
  // Without a secure context there are no locks: a lease, and a moment to see who else took it.
  const lease = Date.now() + 6e4 + Math.random();
  if (read(LOCK) > Date.now()) return;
  write(LOCK, lease);
  await new Promise((later) => setTimeout(later, 50));
  if (read(LOCK) == lease) await work().finally(() => write(LOCK));
};

const later = () => {
  clearTimeout(retry);
  if (keys(prefix())[0]) retry = setTimeout(drain, Math.max(read(UNTIL) - Date.now(), 500));
};

export const drain = () =>
  inTurn(async () => {
    stash();
    for (const key of keys(prefix())) {
      const batch = read(key);
      if (batch && (await fails(batch))) break;
      write(key);
    }
  }).then(later);

const launch = async (items) => {
  const key = `${prefix()}${Date.now()}:${newId()}`;
  const batch = items.map(([event]) => event);
  flying.set(key, batch);
  const failed = await fails(batch);
  // It may have been left behind for the next page, and the answer come after all.
  if (!failed) write(key);
  if (flying.delete(key) && failed) {
    stash(batch, key);
    later();
  }
  for (const [, done] of items) done();
};

export const flush = () => {
  timer = clearTimeout(timer);
  while (pending[0]) {
    let count = 0;
    let size = 0;
    do size += pending[count++][2];
    while (pending[count] && size + pending[count][2] < KEEPALIVE_BYTES / 2);
    launch(pending.splice(0, count));
  }
};

export const enqueue = (event) =>
  new Promise((done) => {
    pending.push([event, done, JSON.stringify(event).length]);
    if (pending.length >= settings.size) flush();
    else timer ||= setTimeout(() => before.then(flush), settings.wait);
  });

export const watch = () => {
  listen(window, "visibilitychange", () => ofDocument("visibilityState") == "hidden" && flush());
  listen(window, "pagehide", () => {
    flush();
    // Nobody will hear the answers: the next page sends again what it finds, under the same messageId.
    flying.forEach(stash);
  });
  listen(window, "pageshow", ({ persisted }) => {
    if (!persisted) return;
    flying.clear();
    drain();
  });
  listen(window, "online", () => {
    write(UNTIL);
    drain();
  });
  drain();
};
