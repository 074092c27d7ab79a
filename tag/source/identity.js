// Who visits: the keys, and the rules of change, of analytics.js, so that a site may move over and back.
import { cookie, dropCookie, newId } from "./browser.js";
import { isOut } from "./choice.js";
import { post } from "./delivery.js";
import { read, write } from "./store.js";

const ANONYMOUS = "ajs_anonymous_id";

const idOf = (key) => {
  // The first analytics.js wrote a number where the page gave one.
  const found = read(key) ?? cookie(key);
  return found ? `${found}` : null;
};

const subject = (idKey, traitsKey, changed) => {
  const self = {
    id(id) {
      if (id !== undefined) {
        const before = idOf(idKey);
        // An id is no business of cookies; analytics.js's own would speak again after a reset.
        dropCookie(idKey);
        write(idKey, id);
        if (before != null && id != null && id !== before) changed?.();
      }
      return idOf(idKey);
    },
    traits(traits) {
      if (traits !== undefined) write(traitsKey, traits);
      return read(traitsKey) ?? {};
    },
    identify(id, traits) {
      const before = self.id();
      self.traits(before == null || before === id ? { ...self.traits(), ...traits } : { ...traits });
      if (id) self.id(id);
    },
    logout() {
      self.id(null);
      self.traits(null);
    },
  };
  return self;
};

// The mirror is the server's cookie: read, never written, because Safari deletes what scripts write.
const anonymousId = (id) => {
  const kept = idOf(ANONYMOUS);
  // The collector's cookie holds UUIDs only; an id that the page chose itself is kept beside it.
  const before = (kept?.length == 36 && cookie(ANONYMOUS)) || kept;
  const next = id || (id === undefined && before) || newId();
  write(ANONYMOUS, next);
  if (before && before != next) {
    dropCookie(ANONYMOUS);
    // The proof cookie is out of a script's reach, and would bring the old id back.
    if (!isOut()) post("reset", { anonymousId: next });
  }
  return next;
};

export const user = Object.assign(
  subject("ajs_user_id", "ajs_user_traits", () => anonymousId(null)),
  { anonymousId },
);
export const group = subject("ajs_group_id", "ajs_group_properties");

// Nobody is known any more; the server hears it with the next anonymous id, or from the opt-out.
export const forget = () => {
  user.logout();
  group.logout();
};

export const erase = () => {
  forget();
  write(ANONYMOUS);
  dropCookie(ANONYMOUS);
};
