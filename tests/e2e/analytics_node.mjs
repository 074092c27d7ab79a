// Sends one call of each kind with Segment's own Node client, and prints their messageIds.
// Usage: node analytics_node.mjs '{"host", "path", "writeKey", "userId", "anonymousId"}'
import { createRequire } from "node:module";

const shop = createRequire(new URL("../../local/shop/package.json", import.meta.url));
const { Analytics } = shop("@segment/analytics-node");
const { host, path, writeKey, userId, anonymousId } = JSON.parse(process.argv[2]);

const analytics = new Analytics({ host, path, writeKey, flushAt: 3 });
const sent = [];
const failed = [];
const done = (fault, { event }) => {
  if (fault) failed.push(String(fault));
  else sent.push({ messageId: event.messageId, type: event.type });
};
analytics.track({ anonymousId, event: "Report Opened", properties: { pages: 12, "näme": "ü" } }, done);
analytics.identify({ userId, anonymousId, traits: { plan: "team" } }, done);
analytics.page({ userId, name: "Reports", properties: { url: "https://shop.example/reports" } }, done);
analytics.screen({ userId, name: "Reports" }, done);
analytics.group({ userId, groupId: "initec", traits: { employees: 40 } }, done);
const aMinuteAgo = new Date(Date.now() - 60_000);
analytics.track({ userId, event: "Report Printed", timestamp: aMinuteAgo }, done);
await analytics.closeAndFlush({ timeout: 60_000 });
process.stdout.write(JSON.stringify({ sent, failed }));
