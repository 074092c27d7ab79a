// Pictures of the saved queries that are better seen: bars, lines and the triangle of retention, as SVG.
import { s } from "/dom.js";
import { count } from "/words.js";

let width = 720;
const narrow = matchMedia("(max-width: 44rem)");

const CHARTS = {
  funnel: (rows) => bars(["came", "signed_up", "ordered"].map((step) => ({ label: step.replace("_", " "), value: total(rows, step) })), "people"),
  sessions: (rows) => lines(rows, "day", ["sessions", "people"]),
  weekly_retention: retention,
  attribution: (rows) => bars(rows.map((row) => ({ label: row.touch, value: Number(row.first_touch) })), "first touches"),
  campaign_performance: (rows) => bars(rows.map((row) => ({ label: [row.utm_source, row.utm_campaign].filter(Boolean).join(" · "), value: Number(row.people) })), "people"),
  device_breakdown: (rows) => bars(rows.map((row) => ({ label: [row.device_kind, row.os, row.browser].filter(Boolean).join(" · "), value: Number(row.events) })), "events"),
  delivery_health: (rows) => bars(rows.map((row) => ({ label: row.destination_id, value: Number(row.delivered) })), "events delivered"),
  path_to_sign_up: (rows) => bars(rows.map((row) => ({ label: row.path, value: Number(row.people) })), "people"),
  product_lines: (rows) => bars(rows.map((row) => ({ label: row.name ?? row.product_id, value: Number(row.revenue) })), "revenue"),
  rejected_events: (rows) => bars(rows.map((row) => ({ label: `${row.source_id} · ${row.code}`, value: Number(row.events) })), "events"),
  violations: (rows) => bars(rows.map((row) => ({ label: [row.event ?? row.type, row.field].filter(Boolean).join(" · "), value: Number(row.events) })), "events"),
};

export function chart(name, rows) {
  width = narrow.matches ? 340 : 720;
  return CHARTS[name]?.(rows) ?? null;
}

const total = (rows, name) => rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function bars(all, unit) {
  const shown = all.filter(({ value }) => Number.isFinite(value)).slice(0, 12);
  const most = Math.max(1, ...shown.map(({ value }) => value));
  const row = 46;
  const label = `${unit}: ${shown.map((each) => `${each.label} ${count(each.value)}`).join(", ")}`;
  return s("svg", { class: "chart", viewBox: `0 0 ${width} ${shown.length * row + 4}`, role: "img", "aria-label": label },
    shown.map(({ label: name, value }, at) => s("g", { transform: `translate(0 ${at * row})` },
      s("text", { x: 0, y: 15, class: "label" }, cut(String(name ?? ""), Math.floor(width / 8))),
      s("rect", { class: "track", x: 0, y: 22, width: width - 90, height: 12, rx: 6 }),
      s("rect", { class: "bar", x: 0, y: 22, width: Math.max(value > 0 ? 12 : 0, (value / most) * (width - 90)), height: 12, rx: 6 }),
      s("text", { x: width, y: 33, class: "value" }, count(value)))));
}

function lines(rows, over, names) {
  // Two days make no line.
  if (rows.length < 3) return bars(rows.flatMap((row) => names.map((name) => ({ label: `${row[over]} · ${name}`, value: Number(row[name]) }))), names.join(" and "));
  const height = 240;
  const [left, right, top, bottom] = [44, 12, 26, 30];
  const most = Math.max(1, ...rows.flatMap((row) => names.map((name) => Number(row[name]))));
  const x = (at) => (rows.length === 1 ? (left + width - right) / 2 : left + (at / (rows.length - 1)) * (width - left - right));
  const y = (value) => top + (1 - value / most) * (height - top - bottom);
  const ticks = [...new Set([0, Math.round(most / 2), most])];
  return s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${names.join(" and ")} by ${over}, at most ${count(most)}` },
    ticks.map((tick) => [s("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }), s("text", { x: left - 8, y: y(tick) + 4, class: "value" }, count(tick))]),
    names.map((name, at) => [
      s("polyline", { class: `line tone${at}`, points: rows.map((row, index) => `${x(index)},${y(Number(row[name]))}`).join(" ") }),
      rows.map((row, index) => s("circle", { class: `dot tone${at}`, cx: x(index), cy: y(Number(row[name])), r: 3.6 })),
      s("circle", { class: `dot tone${at}`, cx: left + 5 + at * 120, cy: 10, r: 5 }), s("text", { class: "label", x: left + 16 + at * 120, y: 14 }, name),
    ]),
    [...new Set([0, rows.length - 1])].map((at) => s("text", { class: at === 0 && rows.length > 1 ? "label" : "value", x: at === 0 && rows.length > 1 ? left : width - right, y: height - 8 }, rows[at][over])));
}

function retention(rows) {
  const cohorts = [...new Set(rows.map((row) => row.cohort))];
  const weeks = Math.max(...rows.map((row) => Number(row.weeks_later))) + 1;
  const [left, top, cell] = [130, 30, Math.min(64, (width - 130) / weeks)];
  const height = top + cohorts.length * 36 + 4;
  return s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Percent of each week’s people who came back, by weeks later; the numbers are in the table." },
    Array.from({ length: weeks }, (_, week) => s("text", { class: "label middle", x: left + week * cell + cell / 2, y: 18 }, week === 0 ? "week 0" : `+${week}`)),
    cohorts.map((cohort, at) => s("text", { class: "label", x: 0, y: top + at * 36 + 22 }, `${cohort} (${count(Number(rows.find((row) => row.cohort === cohort).size))})`)),
    rows.map((row) => {
      const percent = Number(row.percent);
      const [x, y] = [left + Number(row.weeks_later) * cell, top + cohorts.indexOf(row.cohort) * 36];
      return [s("rect", { class: "cell", x: x + 1, y: y + 1, width: cell - 2, height: 34, rx: 5, "fill-opacity": (0.12 + 0.6 * (percent / 100)).toFixed(2) }), s("text", { class: "label middle", x: x + cell / 2, y: y + 22 }, `${Math.round(percent)} %`)];
    }));
}
