// The person as a star: who was one person at a moment is joined by a line; who was not yet stands apart.
import { s } from "/dom.js";
import { many, short } from "/words.js";

const WIDE = { width: 640, edge: 96 };
const NARROW = { width: 372, edge: 62 };
const ROW = 86;
const narrow = matchMedia("(max-width: 44rem)");

// On a phone a circle has room for less of an id than a line has.
const label = (id) => (narrow.matches && id.length > 13 ? `${id.slice(0, 7)}…${id.slice(-4)}` : short(id));

export function picture(graph, until) {
  const { width, edge } = narrow.matches ? NARROW : WIDE;
  const bend = (width / 2 - edge) * 0.4;
  const users = graph.users;
  const devices = graph.devices;
  const rows = Math.max(users.length, devices.length, 1);
  const height = rows * ROW + 24;
  const centre = { x: width / 2, y: height / 2 };
  const joined = devices.filter((device) => isLinked(device, until));
  const born = users.length > 0 && (devices.length === 0 || joined.length > 0 || until === null);
  const at = (index, many, x) => ({ x, y: height / 2 + (index - (many - 1) / 2) * ROW });
  const edges = [];
  const nodes = [];
  devices.forEach((device, index) => {
    const place = at(index, devices.length, edge);
    const linked = isLinked(device, until);
    edges.push(s("path", { class: `edge ${linked ? "linked" : "apart"}`, d: `M${place.x + 22},${place.y} C${place.x + 22 + bend},${place.y} ${centre.x - 34 - bend},${centre.y} ${centre.x - 34},${centre.y}` }));
    nodes.push(node(place, "device", linked ? "linked" : "apart", label(device.id), linked ? "device" : "a visitor of its own"));
  });
  users.forEach((user, index) => {
    const place = at(index, users.length, width - edge);
    edges.push(s("path", { class: `edge ${born ? "linked" : "apart"}`, d: `M${centre.x + 34},${centre.y} C${centre.x + 34 + bend},${centre.y} ${place.x - 22 - bend},${place.y} ${place.x - 22},${place.y}` }));
    nodes.push(node(place, "user", born ? "linked" : "apart", label(user.id), born ? "user" : "not known yet"));
  });
  const found = born ? "one person" : users.length ? "nobody yet" : "a visitor";
  nodes.push(
    s("g", { class: `node person ${born ? "linked" : "apart"}`, transform: `translate(${centre.x} ${centre.y})` },
      s("circle", { r: 34 }),
      s("path", { class: "glyph", d: "M0,-14a7.500,7.500 0 1 1 -0.010,0z M-13,14c0,-8 6,-12 13,-12s13,4 13,12z" }),
      s("text", { y: 54, class: "name" }, found),
    ),
  );
  return s("svg", { class: "graph", viewBox: `0 0 ${width} ${height + 24}`, role: "img", "aria-label": sentence(graph, joined, born) }, edges, nodes);
}

export const isLinked = (device, until) => device.owner !== null && device.linkedAt !== null && (until === null || device.linkedAt <= until);

function node({ x, y }, kind, state, name, note) {
  return s("g", { class: `node ${kind} ${state}`, transform: `translate(${x} ${y})` },
    kind === "device"
      ? [s("circle", { r: 20 }), s("rect", { class: "glyph", x: -8, y: -6.5, width: 16, height: 10.5, rx: 1.6 }), s("path", { class: "stroke", d: "M-10.500,7h21" })]
      : [s("circle", { r: 20 }), s("circle", { class: "glyph", cy: -4.5, r: 4.2 }), s("path", { class: "glyph", d: "M-8.500,9c0,-5.500 4,-7.500 8.500,-7.500s8.500,2 8.500,7.500z" })],
    s("text", { y: 34, class: "name" }, name),
    s("text", { y: 47, class: "kind" }, note),
  );
}

function sentence(graph, joined, born) {
  if (!born) return `${many(graph.devices.length, "device")}, each a visitor of its own; nobody has signed up yet.`;
  return `One person: ${many(graph.users.length, "user")} ${graph.users.map((user) => user.id).join(", ")}; ${joined.length} of ${graph.devices.length} devices joined.`;
}
