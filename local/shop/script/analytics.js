// The client that this visit sends with: Headwater's own tag, or Segment's analytics.js. Both call our own
// path on this very host, and know the visitor under the same id.
const CHOSEN = "shop:client";

export const clients = { headwater: "Headwater’s tag", segment: "Segment’s analytics.js" };

export const client = Object.hasOwn(clients, localStorage.getItem(CHOSEN))
  ? localStorage.getItem(CHOSEN)
  : "headwater";

export function switchTo(name) {
  localStorage.setItem(CHOSEN, name);
  location.reload();
}

const start = {
  // The page's stub takes the calls until the tag is there, or for ever when somebody blocks it.
  headwater() {
    const script = document.createElement("script");
    script.dataset.writeKey = WRITE_KEY;
    script.src = `${PREFIX}/tag.js`;
    document.head.append(script);
  },

  async segment() {
    const { AnalyticsBrowser } = await import("@segment/analytics-next");
    const collector = location.host + PREFIX;
    // A visitor may try calls in the browser's console, as on any site with Segment.
    window.analytics = AnalyticsBrowser.load(
      { writeKey: WRITE_KEY, cdnURL: `${location.protocol}//${collector}` },
      {
        integrations: {
          // Only a local demo says the protocol: everywhere else it is https, analytics.js's default.
          "Segment.io": { apiHost: `${collector}/v1`, protocol: location.protocol.replace(":", "") },
        },
      },
    );
  },
};

await start[client]();
export const analytics = window.analytics;

// Before the page is left: give what was just sent half a second, and the visitor the next page.
export const delivered = (...calls) =>
  Promise.race([
    Promise.allSettled(calls),
    new Promise((resolve) => setTimeout(resolve, 500)),
  ]);
