// RudderStack's web client, with its plugins in the bundle.
import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

window.play = ({ settings, options, calls }) => {
  const analytics = new RudderAnalytics();
  analytics.load(settings.writeKey, settings.dataPlaneUrl, options);
  for (const [method, ...args] of calls) analytics[method](...args);
};
