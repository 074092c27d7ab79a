// Links and forms: what is clicked is sent at once and outlives the page, so nothing is held up for it.
import { isFunction, listen } from "./browser.js";
import { flush } from "./delivery.js";

export const tracking = (track, type) => (elements, event, properties, options) => {
  for (const element of elements instanceof Element ? [elements] : (elements ?? [])) {
    const of = (value) => (isFunction(value) ? value(element) : value);
    listen(element, type, () => {
      track(of(event), of(properties), options);
      flush();
    });
  }
};

// Without a call of the page's own. A form's fields may be named like anything, `closest` too.
export const watchFor = (type, selector, describe) =>
  listen(
    window,
    type,
    ({ target }) => {
      const found = Element.prototype.closest.call(target, selector);
      if (found) describe(found);
      flush();
    },
    true,
  );
