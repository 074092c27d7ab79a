// window.analytics: analytics.js's calls, first taken from the stub's queue and then made directly.
import { ofAlias, ofSubject, ofTrack, ofView } from "./arguments.js";
import { isFunction, listen, ofDocument } from "./browser.js";
import { gpc, isOut, keepOut, mustAsk, prefer, preferences, unblock } from "./choice.js";
import { enqueue, post, purge, watch } from "./delivery.js";
import { contextOf, eventOf } from "./event.js";
import { erase, forget, group, user } from "./identity.js";
import { tracking, watchFor } from "./links.js";
import { pageNow, pageOf } from "./page.js";
import { settings, settle } from "./settings.js";
import { watchPages } from "./single-page.js";

let started;
let debugging;
let waiting = [];
const middleware = [];
const listeners = Object.create(null);

// Before the start a call waits with its page; nothing of it is stored or sent.
const whenStarted = (work) =>
  started ? work() : new Promise((resolve) => waiting.push(() => resolve(work())));

const emit = (name, ...args) => {
  for (const listener of listeners[name] ?? []) listener(...args);
};

const dispatch = async (event) => {
  for (const each of middleware) {
    let passed;
    await each({
      payload: { obj: event },
      integrations: event.integrations,
      next: (payload) => {
        passed = true;
        event = payload?.obj ?? event;
      },
    });
    if (!passed) return event;
  }
  if (debugging) console.log(event);
  if (!isOut()) await enqueue(event);
  return event;
};

// `resolve` says what the arguments mean: the message's fields, the options, what `on` listeners hear.
const calling =
  (type, resolve) =>
  (...args) => {
    const buffered = args.at(-1)?.__t == "bpc" ? args.pop() : pageNow();
    const callback = args.find(isFunction);
    const call = async () => {
      const [fields, options] = resolve(args);
      const context = { event: await dispatch(eventOf(type, fields, options, buffered)) };
      emit(type, ...Object.values(fields), options);
      callback?.(context);
      return context;
    };
    return whenStarted(call);
  };

const identified = (who, idKey) => (args) => {
  const [id, traits, options] = ofSubject(args);
  who.identify(id ?? who.id(), traits);
  return [{ [idKey]: who.id(), traits: who.traits() }, options];
};

const api = {
  initialized: true,
  VERSION,
  track: calling("track", ofTrack),
  page: calling("page", ofView),
  screen: calling("screen", ofView),
  identify: calling("identify", identified(user, "userId")),
  group: (...args) => (args.length ? grouped(...args) : group),
  alias: calling("alias", (args) => {
    const [[userId, from], options] = ofAlias(args);
    return [{ userId, previousId: from ?? user.id() ?? user.anonymousId() }, options];
  }),
  user: () => user,
  setAnonymousId: (id) => user.anonymousId(id),
  reset: () =>
    whenStarted(() => {
      forget();
      user.anonymousId(null);
      emit("reset");
    }),
  ready: (callback) => whenStarted(() => callback?.()),
  async addSourceMiddleware(each) {
    middleware.push(each);
    return api;
  },
  debug(on) {
    debugging = on !== false;
    return api;
  },
  on(name, listener) {
    (listeners[name] ??= []).push(listener);
    return api;
  },
  once(name, listener) {
    return api.on(name, function first(...args) {
      api.off(name, first);
      listener(...args);
    });
  },
  off(name, listener) {
    listeners[name] = listeners[name]?.filter((each) => each != listener);
    return api;
  },
  load(writeKey, options) {
    settle(options, { writeKey });
    start();
    return api;
  },
  push([name, ...args]) {
    return api[name]?.(...args);
  },

  // What a page hands to its server, whose own call then knows the same visitor.
  context: () => ({
    ...contextOf(pageOf(pageNow())),
    anonymousId: user.anonymousId(),
    userId: user.id(),
    groupId: group.id(),
  }),

  consent(categories) {
    if (!categories) return preferences();
    if (prefer(categories)) purge();
    const told = post("consent", { consent: { categoryPreferences: preferences() } });
    start();
    api.track("Segment Consent Preference Updated");
    return told;
  },
  optOut(optOut = true) {
    if (optOut) {
      purge();
      erase();
    }
    keepOut(optOut);
    return post("optout", { optOut });
  },
  optIn: () => api.optOut(false),
  privacy: () => ({
    optOut: isOut(),
    gpc: gpc(),
    dnt: navigator.doNotTrack == "1",
    consent: preferences(),
  }),
};
const grouped = calling("group", identified(group, "groupId"));
api.trackLink = api.trackClick = tracking(api.track, "click");
api.trackForm = api.trackSubmit = tracking(api.track, "submit");

const go = () => {
  if (started) return;
  started = true;
  watch();
  waiting.forEach((call) => call());
  if (settings.page || settings.initialPageview) api.page();
  if (settings.spa) watchPages(api.page);
  if (settings.links)
    watchFor("click", "a[href]", ({ host, href }) => host != location.host && api.track("Link Clicked", { href }));
  if (settings.forms)
    watchFor("submit", "form", (form) => api.track("Form Submitted", { form_name: Element.prototype.getAttribute.call(form, "name") }));
};

const start = () => {
  if (!settings.writeKey || mustAsk()) return;
  if (ofDocument("prerendering")) listen(document, "prerenderingchange", start);
  else if (settings.respectBlockers) fetch(`${settings.host}/px.gif?c`).then(unblock).then(go, go);
  else go();
};

const stub = window[settings.global];
window[settings.global] = api;
settle(stub?._loadOptions, stub?._writeKey && { writeKey: stub._writeKey });
// An element of that name is no queue (DOM clobbering).
if (Array.isArray(stub)) {
  for (const call of stub) {
    const made = api.push(call);
    call.done?.(made);
  }
}
start();
