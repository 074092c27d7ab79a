// The live feed, once for the whole page: the newest rows, and whoever wants to hear of more.
export const MOST = 200;

const link = document.getElementById("link");
const linkText = document.getElementById("link-text");
const listeners = new Set();

export const rows = [];
let began = false;

function show(state, text) {
  link.dataset.state = state;
  linkText.textContent = text;
}

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const source = new EventSource("/api/live");
source.onopen = () => show("open", "Live");
// Too many pages: it asks again by itself, and says so meanwhile.
let crowded = false;
source.onerror = () => show("lost", crowded ? "Too many consoles are open" : "Connection lost");
source.addEventListener("crowded", () => {
  crowded = true;
});
source.onmessage = (message) => {
  const news = JSON.parse(message.data);
  crowded = false;
  rows.push(...news.rows);
  rows.splice(0, rows.length - MOST);
  if (news.fault) show("fault", news.fault);
  else show("open", "Live");
  // What was there before the page is no news.
  const fresh = began;
  began = true;
  if (news.rows.length || news.skipped) for (const listener of [...listeners]) listener(news, fresh);
};
// A page that is left frees its place; one that the browser brings back as it was begins anew.
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => event.persisted && location.reload());
