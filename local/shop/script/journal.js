// The panel that shows a visitor what their visit has sent so far. It stays in this browser tab.
const KEPT = 60;
const KEY = "journal";

const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

function line({ at, type, name, messageId, anonymousId, userId }) {
  const item = document.createElement("li");
  const head = document.createElement("strong");
  head.textContent = name ? `${type} · ${name}` : type;
  const who = document.createElement("span");
  who.textContent = userId ? `user ${userId}` : `anonymous ${anonymousId.slice(0, 8)}…`;
  const id = document.createElement("code");
  id.textContent = messageId;
  item.append(`${at} `, head, who, id);
  return item;
}

function show(entries) {
  document.querySelector("#journal-count").value = entries.length;
  document.querySelector("#journal-list").replaceChildren(...entries.toReversed().map(line));
}

// A source middleware sees each event just before analytics.js sends it, and passes it on untouched.
function middleware({ payload, next }) {
  const { type, event, name, messageId, userId, anonymousId } = payload.obj;
  const entry = {
    at: new Date().toLocaleTimeString("en-GB"),
    type,
    name: event ?? name ?? "",
    messageId,
    anonymousId,
    userId,
  };
  const entries = [...read(), entry].slice(-KEPT);
  sessionStorage.setItem(KEY, JSON.stringify(entries));
  show(entries);
  next(payload);
}

export function keepJournal(analytics) {
  show(read());
  analytics.addSourceMiddleware(middleware);
}
