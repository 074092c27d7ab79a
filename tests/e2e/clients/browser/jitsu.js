// Jitsu's web client.
import { jitsuAnalytics } from "@jitsu/js";

window.play = async ({ settings, calls }) => {
  const analytics = jitsuAnalytics(settings);
  for (const [method, ...args] of calls) await analytics[method](...args);
};
