// Segment's analytics.js, pointed at our own path on this very host.
import { AnalyticsBrowser } from "@segment/analytics-next";

const collector = location.host + PREFIX;

export const analytics = AnalyticsBrowser.load(
  { writeKey: WRITE_KEY, cdnURL: `${location.protocol}//${collector}` },
  {
    integrations: {
      // Only a local demo says the protocol: everywhere else it is https, analytics.js's default.
      "Segment.io": { apiHost: `${collector}/v1`, protocol: location.protocol.replace(":", "") },
    },
  },
);

// A visitor may try calls in the browser's console, as on any site with Segment.
window.analytics = analytics;

// Before the page is left: give what was just sent half a second, and the visitor the next page.
export const delivered = (...calls) =>
  Promise.race([
    Promise.allSettled(calls),
    new Promise((resolve) => setTimeout(resolve, 500)),
  ]);
