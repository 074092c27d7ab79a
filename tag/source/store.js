// What a page remembers: localStorage as analytics.js writes it, or this page's memory where it may not.
import { bare } from "./browser.js";
import { mayStore } from "./choice.js";

const memory = Object.create(null);

// The choice itself is kept `always`, or it could not be honoured on the next page.
export const write = (key, value, always) => {
  memory[key] = value;
  try {
    if (!always && !mayStore()) return;
    if (value == null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    delete memory[key];
  } catch {}
};

export const read = (key, always) => {
  let text;
  try {
    if (key in memory || (!always && !mayStore())) return memory[key];
    text = localStorage.getItem(key);
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const keys = (prefix) =>
  Object.keys(bare(mayStore() && localStorage, memory)).filter((key) => key.startsWith(prefix) && read(key)).sort();
