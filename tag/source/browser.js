// The few things asked of the browser itself, in ways that the page's own names cannot get between.

// `<img name=cookie>` hides `document.cookie` (DOM clobbering), but not the prototype's accessor.
export const ofDocument = (name) => Reflect.get(Document.prototype, name, document);

export const listen = (target, type, listener, capture) =>
  EventTarget.prototype.addEventListener.call(target, type, listener, capture);

// Copies that inherit nothing: a polluted Object.prototype adds no option, and no key pollutes it.
export const bare = (...sources) => Object.assign(Object.create(null), ...sources);

export const mapped = (object, change) => {
  const copy = bare(object);
  for (const name in copy) copy[name] = change(copy[name], name);
  return copy;
};

export const isObject = (value) => ({}).toString.call(value) == "[object Object]";
export const isString = (value) => typeof value == "string";
export const isFunction = (value) => typeof value == "function";

// crypto.randomUUID wants a secure context, and there are sites without one.
export const newId = () =>
  `${[1e7]}-1000-4000-8000-${1e11}`.replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

// Cookies are read as analytics.js writes them: encoded, and by its first version as a JSON string.
export const cookie = (name) => {
  try {
    const [, value] = ofDocument("cookie").match(`(?:^|; )${name}=([^;]*)`);
    return decodeURIComponent(value).replace(/^"(.*)"$/, "$1");
  } catch {}
};

// Whoever set it, for whichever domain above this host; the last has no domain: the host's own.
export const dropCookie = (name) => {
  let domain = `x.${location.hostname}`;
  do {
    domain = domain.replace(/.[^.]*/, "");
    Reflect.set(Document.prototype, "cookie", `${name}=;path=/;max-age=0;domain=${domain}`, document);
  } while (domain);
};
