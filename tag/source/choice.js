// What the visitor has said: kept here, told to the server, and honoured on both sides.
import { cookie, mapped } from "./browser.js";
import { settings } from "./settings.js";
import { read, write } from "./store.js";

const OPT_OUT = "hw:optout";
const CONSENT = "hw:consent";

// Whether the canary came; where it must, nothing is kept or sent before, and nobody remembers it after.
let unblocked;
export const unblock = () => {
  unblocked = 1;
};

export const keepOut = (out) => write(OPT_OUT, out, 1);

// Ours is for as long as the collector's cookie is not there: then whoever takes that back takes all back.
export const isOut = () =>
  !!((settings.respectBlockers && !unblocked) || (cookie("optout") ? !keepOut() : read(OPT_OUT, 1)));

export const preferences = () => read(CONSENT, 1) ?? undefined;

// Only `true` grants; says whether something granted before is granted no more.
export const prefer = (categories) => {
  const before = preferences() ?? {};
  const now = mapped(categories, (granted) => granted === true);
  write(CONSENT, now, 1);
  return Object.keys(before).some((name) => before[name] && !now[name]);
};

export const mustAsk = () => settings.consent == "required" && !preferences();

export const mayStore = () =>
  !isOut() &&
  !settings.disableClientPersistence &&
  (settings.consent != "required" || Object.values(preferences() ?? {}).includes(true));

// https://w3c.github.io/gpc: the property is true, or the signal is not there.
export const gpc = () => navigator.globalPrivacyControl === true;

export const mayShare = () => !gpc() && (preferences()?.[settings.advertising] ?? !preferences());
