// One event: what it holds, what is wrong with it, whose it is, and where it went.
import { ask } from "/api.js";
import { h, say, word } from "/dom.js";
import { json, many, moment, personLink, short, who } from "/words.js";

const MODES = { delivered: "good", landed: "good", compacted: "good", lake: "good", known: "good", anonymous: "good", queued: "wait", waiting: "wait", undeliverable: "bad", "not sent": "none", nobody: "none" };
// An event of this moment is on its way; one of long ago will not change while we look.
const AGAIN_MS = [700, 1000, 1500, 2000, 3000, 5000, 8000, 13_000, 20_000, 30_000];

export function openEvent(place, [by, id]) {
  const asking = new AbortController();
  const fields = by === "line" ? { key: id } : { id };
  let timer = null;
  let tries = 0;
  let shown = null;
  let told = "";
  let drawnText = "";

  place.append(
    h("a", { class: "back", href: "#/live" }, "← All events"),
    h("h2", { tabindex: "-1", "data-arrive": "", "data-keep": "heading" }, "Reading the event…"),
  );
  place.setAttribute("aria-busy", "true");

  async function look() {
    try {
      if (!shown) show(await ask("event", fields, asking));
      show(await ask("event", { ...fields, deliveries: 1 }, asking));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!shown) {
        place.querySelector("h2").textContent = error.status === 404 ? "This event is not here" : "The event cannot be read";
        place.append(h("p", { class: "empty" }, error.status === 404 ? "It is neither among the last lines of the stream nor in the lake's last seven days." : error.message));
        place.removeAttribute("aria-busy");
        return;
      }
    }
    if (unfinished(shown) && tries < AGAIN_MS.length) timer = setTimeout(look, AGAIN_MS[tries++]);
  }

  function show(found) {
    const text = JSON.stringify(found);
    if (text === drawnText) return;
    drawnText = text;
    const kept = place.contains(document.activeElement) ? (document.activeElement.closest("[data-keep]")?.dataset.keep ?? "heading") : null;
    const unfolded = new Map([...place.querySelectorAll("details")].map((each) => [each.dataset.keep, each.open]));
    shown = found;
    place.removeAttribute("aria-busy");
    place.replaceChildren(...drawn(found).flat(Infinity).filter(Boolean));
    for (const each of place.querySelectorAll("details")) if (unfolded.has(each.dataset.keep)) each.open = unfolded.get(each.dataset.keep);
    if (kept) {
      const again = place.querySelector(`[data-keep="${kept}"]`) ?? place.querySelector("h2");
      (again.querySelector(":scope > summary") ?? again).focus({ preventScroll: true });
    }
    const news = spoken(found);
    if (told && news !== told) say(news);
    told = news;
  }

  look();
  return () => { asking.abort(); clearTimeout(timer); };
}

function unfinished({ row, landed, deliveries }) {
  if (landed.state === "waiting") return true;
  return row.kind === "event" && (!deliveries || deliveries.fault !== "" || deliveries.destinations.some((one) => one.state === "queued" || one.state === "waiting"));
}

function spoken({ landed, deliveries }) {
  const parts = [landed.state === "waiting" ? "Not landed yet." : "Landed."];
  for (const one of deliveries?.destinations ?? []) if (one.state !== "not sent") parts.push(`${one.id}: ${one.state}.`);
  return parts.join(" ");
}

function drawn(found) {
  const { row, content } = found;
  return [
    h("a", { class: "back", href: "#/live", "data-keep": "back" }, "← All events"),
    h("p", { class: "over" }, h("span", { class: "type", "data-type": row.type ?? "?" }, word(row.type ?? "?")), h("time", { datetime: row.receivedAt ?? row.arrivedAt }, moment(row.receivedAt ?? row.arrivedAt))),
    h("h2", { tabindex: "-1", "data-arrive": "", "data-keep": "heading" }, word(row.title || row.path || row.type || "A line of the stream")),
    whose(row),
    faults(found),
    h("h3", {}, "Its way"),
    way(found),
    contents(content),
  ];
}

function whose(row) {
  const found = who(row);
  if (!found) return null;
  return h("p", { class: "whose" },
    h("a", { class: "pill", href: personLink(found.kind, found.id), "data-keep": "who" }, h("span", { class: `mark ${found.kind}`, "aria-hidden": "true" }), found.kind === "user" ? "user " : "visitor ", word(short(found.id))),
    row.source ? h("span", { class: "soft" }, "from ", word(row.source)) : null,
  );
}

function faults({ row, content }) {
  if (row.kind === "rejected") {
    return h("div", { class: "note bad" },
      h("h3", {}, "Not taken: ", h("code", {}, row.code)),
      h("p", {}, word(content.message ?? row.message ?? "")),
      content.path ? h("p", {}, "at ", h("code", {}, word(content.path))) : null,
      h("p", { class: "soft" }, "It is kept in rejected/; after a fix, `make replay-rejected` sends it again."),
    );
  }
  if (row.kind === "unreadable") return h("div", { class: "note bad" }, h("h3", {}, "No event of ours"), h("p", {}, "The stitcher sets such lines aside in failed/."));
  const violations = list(content.violations);
  if (!violations.length) return null;
  return h("div", { class: "note odd" },
    h("h3", {}, `${many(violations.length, "violation")} of the tracking plan`),
    h("ul", {}, violations.map((each) => h("li", {}, each.field ? h("code", {}, word(String(each.field))) : null, " ", word(String(each.description ?? each.type ?? ""))))),
  );
}

// The stream keeps them as a list, the lake as its text.
function list(violations) {
  try {
    const read = typeof violations === "string" ? JSON.parse(violations) : violations;
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

function way({ row, landed, person, deliveries }) {
  const steps = [step(row.kind === "event" ? "good" : "bad", row.kind === "event" ? "Accepted" : "Refused", row.receivedAt ? `at ${moment(row.receivedAt)}` : "", "collector")];
  const places = { landed: "Landed in S3", compacted: "Landed, now in Parquet", lake: "In the lake", waiting: "Landing…" };
  steps.push(step(MODES[landed.state], places[landed.state], landed.key ? h("code", { class: "key" }, landed.key) : "", "lander"));
  if (row.kind !== "event") return h("ol", { class: "way" }, steps);
  steps.push(stitched(person));
  if (!deliveries) steps.push(step("wait", "Asking the lake about deliveries…", "", "forwarder"));
  if (deliveries?.fault) steps.push(step("wait", "What became of deliveries is not known just now", deliveries.fault, "forwarder"));
  for (const one of deliveries?.fault ? [] : (deliveries?.destinations ?? [])) steps.push(destination(one));
  return h("ol", { class: "way" }, steps);
}

function stitched(person) {
  if (!person || person.state === "nobody") return step("none", "Belongs to nobody", "it carries no usable id", "stitcher");
  const name = person.state === "known" ? ["Belongs to ", h("a", { href: personLink("user", person.userIds[0]), "data-keep": "person" }, word(person.userIds[0]))] : ["Belongs to an anonymous visitor"];
  return step("good", name, h("span", {}, "person ", h("code", {}, short(person.personId))), "stitcher");
}

function destination(one) {
  const told = { delivered: "Delivered to ", queued: "On its way to ", waiting: "Waiting for ", undeliverable: "Given up: ", "not sent": "Not for " }[one.state];
  const last = one.tries.at(-1);
  const notes = [];
  if (one.state === "not sent") notes.push(one.why);
  if (last) notes.push(`${many(one.tries.length, "try", "tries")}, last at ${moment(last.tried_at)}${last.reason ? `: ${last.reason}` : ""}`);
  for (const answer of (one.answers ?? []).slice(-3)) notes.push(`the vendor answered ${answer.status} at ${moment(answer.at)}`);
  return step(MODES[one.state], [told, h("b", {}, word(one.id))], notes.map((note) => h("span", { class: "line" }, note)), "forwarder");
}

function step(mode, title, note, by) {
  const words = { good: "done", wait: "not yet", bad: "failed", none: "not needed" };
  return h("li", { "data-mode": mode }, h("div", { class: "step" }, h("span", { class: "unseen" }, `${words[mode]}: `), title), h("div", { class: "soft" }, note), h("span", { class: "by" }, by));
}

function contents(content) {
  if (content === null || typeof content !== "object") return h("pre", { tabindex: "0" }, word(json(content)));
  const part = (name, title, open) => {
    const value = content[name];
    const empty = value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
    if (empty) return null;
    return h("details", { open, "data-keep": `part-${name}` }, h("summary", {}, title), typeof value === "object" ? pairs(value) : h("p", {}, word(String(value))));
  };
  return [
    h("h3", {}, "What it holds"),
    part("properties", "Properties", true),
    part("traits", "Traits", true),
    part("original", "As it was sent", true),
    part("enrichment", "What was found out", false),
    part("privacy", "The person’s choice", false),
    part("context", "Context", false),
    h("details", { "data-keep": "whole" }, h("summary", {}, "The whole line, as JSON"), h("pre", { tabindex: "0" }, JSON.stringify(content, null, 2))),
  ];
}

function pairs(value) {
  return h("dl", { class: "pairs" }, Object.entries(value).slice(0, 200).map(([name, each]) => [h("dt", {}, word(name)), h("dd", {}, word(each !== null && typeof each === "object" ? JSON.stringify(each) : String(each)))]));
}
