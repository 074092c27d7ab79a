// Which view is shown: the part of the address behind `#`. A view gets its place and returns how to leave it.
import { h, say } from "/dom.js";
import { live } from "/live.js";
import { people, person } from "/person.js";
import { questions } from "/questions.js";

const main = document.getElementById("main");

const ROUTES = [
  [/^#\/live$/, "Live", () => live],
  [/^#\/(event|line)\/(.+)$/, "Live", () => live],
  [/^#\/people$/, "People", () => people],
  [/^#\/person\/(user|device)\/(.+)$/, "People", () => person],
  [/^#\/questions$/, "Questions", () => questions],
  [/^#\/questions\/([a-z_]+)$/, "Questions", () => questions],
];

let shown = null;
let leave = null;
let turn = null;
let first = true;

function route() {
  const found = ROUTES.find(([pattern]) => pattern.test(location.hash));
  if (!found) {
    location.replace("#/live");
    return;
  }
  const [pattern, section, viewOf] = found;
  const parts = pattern.exec(location.hash).slice(1).map(decoded);
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.textContent === section;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${section} · Headwater console`;
  const view = viewOf();
  if (view !== shown) {
    leave?.();
    main.replaceChildren();
    window.scrollTo(0, 0);
    shown = view;
    [leave, turn] = view(main);
  }
  turn(parts);
  if (!first) {
    // The keyboard follows to where the news is; a heading says where that is.
    const heading = main.querySelector("[data-arrive]") ?? main;
    heading.focus({ preventScroll: true });
  }
  first = false;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

document.querySelector(".skip").addEventListener("click", (click) => {
  click.preventDefault(); // the address says which view it is
  main.focus();
});
addEventListener("hashchange", route);
addEventListener("unhandledrejection", (event) => {
  say(event.reason?.message ?? "Something failed.");
});
if (!location.hash) history.replaceState(null, "", "#/live");
route();
