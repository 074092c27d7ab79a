// Page calls of a site whose pages change without loading: one for each new address, whatever its hash.
import { listen } from "./browser.js";

const address = () => location.href.split("#")[0];

export const watchPages = (page) => {
  let seen = address();
  const changed = () =>
    // The title is the new page's a moment later.
    setTimeout(() => {
      if (address() == seen) return;
      seen = address();
      page();
    });
  if (typeof Navigation == "function") {
    listen(navigation, "navigatesuccess", changed);
    return;
  }
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      changed();
    };
  }
  listen(window, "popstate", changed);
};
