// The last minute in figures and bars, second by second.
import { h, s } from "/dom.js";
import { count } from "/words.js";

const SECONDS = 60;
const HEIGHT = 36;

export function minute() {
  let seen = [];
  const figures = { events: figure("events"), odd: figure("with violations"), bad: figure("rejected") };
  const bars = Array.from({ length: SECONDS }, (_, at) => s("rect", { x: at * 5, width: 3.4, y: HEIGHT - 1.5, height: 1.5, rx: 1 }));
  const picture = s("svg", { class: "bars", viewBox: `0 0 ${SECONDS * 5} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, bars);
  const element = h("div", { class: "minute" },
    h("dl", { "aria-label": "The last minute" }, Object.values(figures).map((each) => each.element)),
    h("div", { class: "picture" }, picture, h("span", { class: "axis" }, "last minute")),
  );

  function draw() {
    const now = Date.now();
    seen = seen.filter(({ at }) => now - at < SECONDS * 1000);
    const perSecond = new Array(SECONDS).fill(0);
    for (const { at } of seen) perSecond[SECONDS - 1 - Math.max(0, Math.floor((now - at) / 1000))] += 1;
    const most = Math.max(4, ...perSecond);
    bars.forEach((bar, at) => {
      const tall = perSecond[at] ? Math.max(3, (perSecond[at] / most) * HEIGHT) : 1.5;
      bar.setAttribute("height", tall);
      bar.setAttribute("y", HEIGHT - tall);
      bar.classList.toggle("some", perSecond[at] > 0);
    });
    figures.events.set(seen.filter((each) => each.kind === "event").length);
    figures.odd.set(seen.filter((each) => each.violations > 0).length);
    figures.bad.set(seen.filter((each) => each.kind === "rejected").length);
  }

  const timer = setInterval(draw, 1000);
  return {
    element,
    add(rows) {
      seen.push(...rows.map((row) => ({ at: Date.parse(row.arrivedAt), kind: row.kind, violations: row.violations })));
      seen = seen.slice(-20_000);
      draw();
    },
    stop: () => clearInterval(timer),
  };
}

function figure(label) {
  const value = h("dd", {}, "0");
  return { element: h("div", {}, h("dt", {}, label), value), set: (to) => { value.textContent = count(to); value.parentElement.classList.toggle("some", to > 0); } };
}
