// What the page asked for: the attributes of our script element, then `analytics.load`'s options.
import { bare, mapped, ofDocument } from "./browser.js";

const script = ofDocument("currentScript");

export let settings = bare(
  {
    // The collector answers beside the script: /ev/tag.js, /ev/v1/b.
    host: script?.src.replace(/\/[^/]*$/, ""),
    advertising: "Advertising",
    global: "analytics",
    size: 20,
    wait: 100,
  },
  // `data-write-key` is `writeKey`; an attribute without a value is a yes, and "false" is a no.
  mapped(script?.dataset, (text) => text != "false" && (text || true)),
);

export const settle = (...options) => {
  settings = bare(settings, ...options);
};
