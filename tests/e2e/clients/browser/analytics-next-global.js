// Segment's analytics.js under the name that pages use, as its snippet puts it there once it is loaded.
import { AnalyticsBrowser } from "@segment/analytics-next";

window.load = (settings, options) => {
  const loading = AnalyticsBrowser.load(settings, options).then(([loaded]) => {
    window.analytics = loaded;
  });
  window.analytics = { ready: () => loading };
};
