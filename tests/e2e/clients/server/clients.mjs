// Makes calls with a server client for Node, and ends when the client has let go of all of them.
// Usage: node clients.mjs '{"client", "settings", "calls"}'; prints what the client says failed.
import { jitsuAnalytics } from "@jitsu/js";
import { Analytics } from "@segment/analytics-node";
import { Analytics as Analytics23 } from "analytics-node-2-3";

const { client, settings, calls } = JSON.parse(process.argv[2]);
const failed = [];

async function segment(Client) {
  const analytics = new Client(settings);
  analytics.on("error", (error) => failed.push(String(error.reason ?? error.code)));
  for (const [method, message] of calls) analytics[method](message);
  await analytics.closeAndFlush({ timeout: 60_000 });
}

async function jitsu() {
  const analytics = jitsuAnalytics(settings);
  for (const [method, ...given] of calls) await analytics[method](...given);
}

await { "analytics-node": () => segment(Analytics), "analytics-node-2-3": () => segment(Analytics23), jitsu }[client]();
process.stdout.write(JSON.stringify({ failed }));
