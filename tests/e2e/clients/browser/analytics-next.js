// Segment's analytics.js: loads it with the test's settings and makes the calls.
import { AnalyticsBrowser } from "@segment/analytics-next";

window.play = async ({ settings, options, calls, patient }) => {
  const analytics = AnalyticsBrowser.load(settings, options);
  const made = calls.map(([method, ...args]) => analytics[method](...args));
  // A call's promise ends when its event is delivered or, with batches, when it is in one.
  await (patient ? Promise.all(made) : analytics);
};
