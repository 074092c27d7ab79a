// How moments, ids and numbers are written.
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export const time = (iso) => clock.format(new Date(iso));
export const moment = (iso) => {
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : whole.format(at);
};
export const count = (value) => number.format(value);
export const many = (value, one, more = `${one}s`) => `${count(value)} ${value === 1 ? one : more}`;

// Long ids differ at both ends; the middle is for machines.
export const short = (id) => (id.length > 18 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

export const json = (value) => (typeof value === "string" ? value : JSON.stringify(value));

export const personLink = (kind, id) => `#/person/${kind}/${encodeURIComponent(id)}`;
export const eventLink = (row) =>
  row.kind === "event" && row.messageId ? `#/event/${encodeURIComponent(row.messageId)}` : `#/line/${encodeURIComponent(row.key)}`;

export function who(row) {
  if (row.userId) return { kind: "user", id: row.userId };
  return row.anonymousId ? { kind: "device", id: row.anonymousId } : null;
}
