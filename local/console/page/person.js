// Somebody's graph before and after sign-up, what is known of them, and what they did.
import { ask } from "/api.js";
import { h, say, word } from "/dom.js";
import { listen, rows } from "/feed.js";
import { isLinked, picture } from "/graph.js";
import { eventLink, json, many, moment, personLink, short, time, who } from "/words.js";

export function people(main) {
  const input = h("input", { type: "search", id: "who", name: "id", required: true, autocomplete: "off", spellcheck: "false", placeholder: "user id or anonymous id" });
  const fault = h("p", { class: "fault", id: "who-fault", role: "alert" });
  const lately = h("ul", { class: "lately" });
  const form = h("form", { class: "seek", onsubmit: seek }, h("label", { for: "who" }, "Who is"), input, h("button", { class: "primary" }, "Open"));
  main.append(h("div", { class: "narrow" },
    h("h1", { tabindex: "-1", "data-arrive": "" }, "People"),
    h("p", { class: "lead" }, "A person is all the users and devices that turned out to be one. Nothing is rewritten when they do: open somebody to see who they were before, and since."),
    form, fault,
    h("h2", {}, "Seen lately"), lately,
  ));

  async function seek(submit) {
    submit.preventDefault();
    fault.textContent = "";
    input.removeAttribute("aria-invalid");
    const id = input.value.trim();
    if (!id) return;
    try {
      const found = await ask("person", { id });
      location.hash = personLink(found.userIds.includes(id) ? "user" : "device", id);
    } catch (error) {
      fault.textContent = error.status === 404 ? "Nobody was seen with this id yet." : error.message;
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", "who-fault");
      input.focus();
    }
  }

  function draw() {
    const seen = new Map();
    for (const row of [...rows].reverse()) {
      const whose = who(row);
      if (whose && !seen.has(`${whose.kind}/${whose.id}`)) seen.set(`${whose.kind}/${whose.id}`, { ...whose, row });
      if (seen.size === 12) break;
    }
    const focused = document.activeElement?.closest?.(".lately a")?.hash;
    lately.replaceChildren(...[...seen.values()].map(({ kind, id, row }) => h("li", {}, h("a", { href: personLink(kind, id) },
      h("span", { class: `mark ${kind}`, "aria-hidden": "true" }), h("span", { class: "kind" }, kind === "user" ? "user" : "visitor"), word(short(id)),
      h("span", { class: "soft" }, word(row.title || row.type), " at ", time(row.receivedAt))))));
    if (!seen.size) lately.append(h("li", { class: "empty" }, "Nobody yet."));
    if (focused) [...lately.querySelectorAll("a")].find((each) => each.hash === focused)?.focus({ preventScroll: true });
  }

  const deaf = listen(draw);
  return [deaf, draw];
}

// After an event of theirs, the stitcher needs a moment, and its change log another; a busy or cold one needs more.
const LOOK_AGAIN_MS = [300, 700, 1200, 2000, 4000, 8000, 16_000, 30_000, 60_000];

export function person(main) {
  let close = null;
  return [
    () => close?.(),
    ([kind, id]) => {
      close?.();
      main.replaceChildren();
      close = openPerson(main, kind, id);
    },
  ];
}

function openPerson(main, kind, id) {
  const asking = new AbortController();
  const timers = new Set();
  let graph = null;
  let timeline = [];
  let chosen = null; // the moment that is looked at; null is now
  let text = "";

  const heading = h("h1", { tabindex: "-1", "data-arrive": "" }, word(short(id)));
  const figure = h("div", { class: "card figure" });
  const facts = h("div", { class: "card facts" });
  const story = h("section", { class: "card story", "aria-labelledby": "story" });
  const summary = h("p", { class: "lead" }, "Reading the graph…");
  main.append(h("div", { class: "person" },
    h("a", { class: "back", href: "#/people" }, "← People"), heading, summary,
    h("div", { class: "two" }, figure, facts), story));

  async function look() {
    try {
      const found = await ask("person", { id, kind }, asking);
      const now = JSON.stringify(found);
      if (now !== text) {
        tell(graph, found);
        text = now;
        graph = found;
        draw();
      }
      await tellStory({});
    } catch (error) {
      if (error.name === "AbortError") return;
      summary.textContent = error.status === 404 ? "Nobody was seen with this id yet; when an event of theirs arrives, they appear here." : error.message;
    }
  }

  async function tellStory(more) {
    const found = await ask("timeline", { id, kind, ...more }, asking);
    const known = new Map(timeline.map((row) => [row.messageId, row]));
    for (const row of found) known.set(row.messageId, row);
    timeline = [...known.values()].sort((one, other) => (one.timestamp < other.timestamp ? 1 : -1)).slice(0, 200);
    drawStory();
  }

  // Merges are said aloud: they are what one watches a graph for.
  function tell(before, now) {
    if (!before) return;
    const linked = (of) => of.devices.filter((device) => isLinked(device, null)).map((device) => device.id);
    const fresh = linked(now).filter((device) => !linked(before).includes(device));
    if (fresh.length) say(`${many(fresh.length, "device")} joined ${now.userIds[0]}.`);
    const users = now.userIds.filter((user) => !before.userIds.includes(user));
    if (users.length && before.userIds.length) say(`User ${users.join(", ")} is now the same person.`);
  }

  function moments() {
    const links = graph.devices.filter((device) => isLinked(device, null)).sort((one, other) => (one.linkedAt < other.linkedAt ? -1 : 1));
    if (!links.length) return [];
    const before = new Date(Date.parse(links[0].linkedAt) - 1).toISOString();
    return [
      { at: before, label: "Before sign-up" },
      ...links.map((device, index) => ({ at: index === links.length - 1 ? null : device.linkedAt, label: index === 0 ? `Signed up ${moment(device.linkedAt)}` : `Device ${index + 1} joined ${moment(device.linkedAt)}` })),
    ];
  }

  function draw() {
    const name = graph.traits.name?.value ?? graph.traits.email?.value;
    heading.replaceChildren(word(typeof name === "string" ? name : short(graph.userIds[0] ?? id)));
    summary.replaceChildren(graph.userIds.length
      ? h("span", {}, `${many(graph.userIds.length, "user")} and ${many(graph.anonymousIds.length, "device")} are one person, `, h("code", {}, short(graph.personId)), graph.firstSeen ? `, known since ${graph.firstSeen}.` : ".")
      : h("span", {}, "An anonymous visitor, ", h("code", {}, short(graph.personId)), ". At sign-up or log-in this history becomes theirs."));
    const all = moments();
    if (!all.some((each) => each.at === chosen)) chosen = null;
    drawFigure(all);
    drawFacts();
    drawStory();
  }

  function drawFigure(all) {
    const focused = figure.contains(document.activeElement);
    const choices = all.map(({ at, label }, index) => h("label", {}, h("input", { type: "radio", name: "moment", value: String(index), checked: at === chosen, onchange: () => { chosen = at; draw(); } }), h("span", {}, label)));
    figure.replaceChildren(
      h("div", { class: "head" }, h("h2", {}, "The graph"), graph.flags.map((flag) => h("span", { class: "badge odd" }, flag.replace("_", " ")))),
      ...(all.length ? [h("fieldset", { class: "moments" }, h("legend", { class: "unseen" }, "The graph at which moment"), choices)] : []),
      picture(graph, chosen),
      h("ul", { class: "ids" }, [
        ...graph.users.map((user) => h("li", {}, h("span", { class: "mark user", "aria-hidden": "true" }), h("span", { class: "soft" }, "user "), h("code", {}, word(user.id)))),
        ...graph.devices.map((device) => h("li", {}, h("span", { class: "mark device", "aria-hidden": "true" }), h("span", { class: "soft" }, "device "), h("code", {}, word(device.id)), h("span", { class: "soft" }, linkWords(device)))),
        ...graph.merges.map((merge) => h("li", {}, h("span", { class: "soft" }, `at ${moment(merge.at)} an alias made one person of `), h("code", {}, word(merge.users.join(" and "))))),
      ]),
    );
    if (focused) figure.querySelector("input:checked")?.focus();
  }

  function linkWords(device) {
    if (device.shared) return " is shared by many: its anonymous events belong to nobody";
    return device.linkedAt ? ` linked at ${moment(device.linkedAt)}` : " not linked to anybody";
  }

  function drawFacts() {
    const said = chosen === null ? Object.entries(graph.traits) : atMoment();
    facts.replaceChildren(
      h("h2", {}, chosen === null ? "What is known" : "What was known then"),
      said.length
        ? h("dl", { class: "pairs" }, said.map(([name, { value, at }]) => [h("dt", {}, word(name)), h("dd", {}, word(json(value)), h("span", { class: "soft" }, ` ${moment(at)}`))]))
        : h("p", { class: "empty" }, "Nothing was said of them."),
      Object.keys(graph.groups).length ? h("p", { class: "soft" }, "Groups: ", word(Object.keys(graph.groups).join(", "))) : "",
    );
  }

  // What the devices said of themselves until then; a user's own traits once the user is there.
  function atMoment() {
    const registers = [...graph.devices, ...graph.users].map((each) => each.traits);
    const known = new Map();
    for (const register of registers) {
      for (const [name, trait] of Object.entries(register)) {
        if (trait.at <= chosen && !(known.get(name)?.at > trait.at)) known.set(name, trait);
      }
    }
    return [...known].sort();
  }

  function drawStory() {
    if (!graph) return;
    const focused = story.contains(document.activeElement) ? document.activeElement.hash : null;
    const first = graph.devices.map((device) => device.linkedAt).filter(Boolean).sort()[0];
    const items = [];
    let crossed = false;
    for (const row of timeline) {
      if (first && !crossed && row.timestamp < first) {
        items.push(h("li", { class: "line" }, h("span", {}, "Signed up here. What is below was anonymous, and is theirs.")));
        crossed = true;
      }
      items.push(h("li", { class: row.userId ? "as-user" : "as-visitor" }, h("a", { href: eventLink(row) }, h("time", { datetime: row.timestamp }, moment(row.timestamp)), h("span", { class: "type", "data-type": row.type }, word(row.type)), h("span", { class: "title" }, word(row.title || row.path || row.type)), h("span", { class: "soft" }, row.anonymousId ? ["device ", word(short(row.anonymousId))] : ["from ", word(row.source ?? "a server")]))));
    }
    const busy = story.dataset.lake === "asked";
    story.replaceChildren(
      h("div", { class: "head" }, h("h2", { id: "story" }, "Timeline"),
        h("button", { type: "button", class: "quiet", "aria-disabled": String(busy), onclick: () => !busy && fromLake() }, busy ? "Asking the lake…" : "Ask the lake for seven days")),
      items.length ? h("ol", { class: "timeline" }, items) : h("p", { class: "empty" }, "None of the last lines of the stream is theirs."));
    if (focused) [...story.querySelectorAll("a")].find((each) => each.hash === focused)?.focus({ preventScroll: true });
    else if (focused === "") story.querySelector("button").focus();
  }

  async function fromLake() {
    story.dataset.lake = "asked";
    drawStory();
    try {
      await tellStory({ lake: 1 });
    } catch (error) {
      if (error.name !== "AbortError") say(error.message);
    }
    delete story.dataset.lake;
    drawStory();
  }

  function mine(row) {
    if (row.kind !== "event") return false;
    if (!graph) return row.userId === id || row.anonymousId === id;
    return graph.userIds.includes(row.userId) || graph.anonymousIds.includes(row.anonymousId);
  }

  const deaf = listen(({ rows: news }) => {
    if (!news.some(mine)) return;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    for (const wait of LOOK_AGAIN_MS) timers.add(setTimeout(look, wait));
  });
  look();
  return () => { deaf(); asking.abort(); for (const timer of timers) clearTimeout(timer); };
}
