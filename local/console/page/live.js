// Events as they arrive, and beside them the one that is open.
import { h, say, word } from "/dom.js";
import { openEvent } from "/event.js";
import { listen, MOST, rows } from "/feed.js";
import { minute } from "/minute.js";
import { count, eventLink, many, short, time, who } from "/words.js";

const FILTERS = {
  all: { label: "All", wants: () => true },
  violations: { label: "Violations", wants: (row) => row.violations > 0 },
  rejected: { label: "Rejected", wants: (row) => row.kind !== "event" },
};

export function live(main) {
  let filter = "all";
  let text = "";
  let held = null; // the rows that wait while the list is paused
  let open = null;

  const heading = h("h1", { tabindex: "-1", "data-arrive": "" }, "Live events");
  const strip = minute();
  const pause = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: togglePause }, "Pause");
  const search = h("input", { type: "search", id: "live-search", placeholder: "Name, id or source", autocomplete: "off", spellcheck: "false", oninput: () => { text = search.value.trim().toLowerCase(); draw(); } });
  const choices = Object.entries(FILTERS).map(([name, { label }]) =>
    h("button", { type: "button", "aria-pressed": String(name === filter), "data-filter": name, onclick: () => { filter = name; draw(); } }, label),
  );
  const list = h("ol", { class: "rows", "aria-label": "Events, newest first", onkeydown: move });
  const empty = h("p", { class: "empty" });
  const detail = h("section", { class: "detail", "aria-label": "The open event" });
  const shell = h("div", { class: "live" },
    h("div", { class: "stream" },
      h("div", { class: "head" }, heading, pause),
      strip.element,
      h("div", { class: "filters" },
        h("div", { class: "segments", role: "group", "aria-label": "Show" }, choices),
        h("label", { class: "find", for: "live-search" }, h("span", { class: "unseen" }, "Find events"), search),
      ),
      list, empty,
    ),
    detail,
  );
  main.append(shell);

  const wants = (row) => FILTERS[filter].wants(row) && (!text || searched(row).includes(text));

  function draw() {
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.filter === filter));
    const chosen = (held ?? rows).filter(wants).reverse();
    list.replaceChildren(...chosen.map((row) => item(row)));
    list.querySelector("a")?.setAttribute("tabindex", "0");
    mark();
    tellEmpty();
  }

  function tellEmpty() {
    empty.hidden = list.childElementCount > 0;
    empty.textContent = rows.length ? "Nothing that arrived is of this kind." : "Waiting for the first event. Open the shop and click.";
  }

  function arrived({ rows: news, skipped }, fresh) {
    strip.add(news);
    if (held) {
      const waiting = news.length + Number(pause.dataset.waiting ?? 0);
      pause.dataset.waiting = waiting;
      pause.textContent = `Resume, ${count(waiting)} new`;
      return;
    }
    const wanted = news.filter(wants);
    for (const row of wanted) list.prepend(item(row, fresh));
    while (list.childElementCount > MOST) list.lastElementChild.remove();
    if (!list.querySelector('[tabindex="0"]')) list.querySelector("a")?.setAttribute("tabindex", "0");
    mark();
    tellEmpty();
    if (fresh) announce(news, skipped);
  }

  function announce(news, skipped) {
    const broken = news.filter((row) => row.violations > 0).length;
    const refused = news.filter((row) => row.kind === "rejected").length;
    const parts = [many(news.length + skipped, "new event")];
    if (broken) parts.push(`${broken} with violations`);
    if (refused) parts.push(`${refused} rejected`);
    say(`${parts.join(", ")}.`);
  }

  function togglePause() {
    held = held ? null : [...rows];
    pause.setAttribute("aria-pressed", String(held !== null));
    pause.textContent = held ? "Resume" : "Pause";
    delete pause.dataset.waiting;
    if (!held) draw();
  }

  // One stop of the tab key for the whole list; inside, the arrows.
  function move(press) {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[press.key];
    if (to === undefined || !links[to]) return;
    press.preventDefault();
    for (const link of links) link.setAttribute("tabindex", "-1");
    links[to].setAttribute("tabindex", "0");
    links[to].focus();
  }

  function mark() {
    for (const link of list.querySelectorAll("a")) {
      if (link.hash === location.hash) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  const deaf = listen(arrived);
  strip.add(rows);
  draw();

  function turn(parts) {
    open?.();
    open = null;
    shell.classList.toggle("opened", parts.length > 0);
    heading.toggleAttribute("data-arrive", parts.length === 0);
    detail.replaceChildren();
    mark();
    if (parts.length) open = openEvent(detail, parts);
    else detail.append(h("p", { class: "hint" }, "Choose an event to see what it holds, whose it is and where it went."));
  }

  return [() => { deaf(); strip.stop(); open?.(); }, turn];
}

function searched(row) {
  return [row.title, row.type, row.messageId, row.userId, row.anonymousId, row.source, row.code, row.path].filter(Boolean).join(" ").toLowerCase();
}

// One event as a link to all that is known of it.
export function item(row, fresh = false) {
  const whose = who(row);
  return h("li", { class: fresh ? "fresh" : null },
    h("a", { class: "row", href: eventLink(row), tabindex: "-1", "data-kind": row.kind },
      h("time", { datetime: row.receivedAt ?? row.arrivedAt }, time(row.receivedAt ?? row.arrivedAt)),
      h("span", { class: "type", "data-type": row.type ?? "?" }, word(row.type ?? "?")),
      h("span", { class: "title" }, word(row.title || row.path || (row.kind === "event" ? row.type : "(no name)"))),
      h("span", { class: "who" }, whose ? [h("span", { class: `mark ${whose.kind}`, "aria-hidden": "true" }), h("span", { class: "unseen" }, whose.kind === "user" ? "user " : "visitor "), word(short(whose.id))] : "nobody"),
      h("span", { class: "badges" }, badges(row)),
    ),
  );
}

function badges(row) {
  const found = [];
  if (row.kind === "rejected") found.push(h("span", { class: "badge bad" }, h("span", { class: "unseen" }, "rejected: "), row.code));
  if (row.kind === "unreadable") found.push(h("span", { class: "badge bad" }, "unreadable"));
  if (row.violations > 0) found.push(h("span", { class: "badge odd" }, many(row.violations, "violation")));
  if (row.decision === "cookieless") found.push(h("span", { class: "badge" }, "cookieless"));
  return found;
}
