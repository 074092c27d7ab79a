// netlify/edge-functions/headwater.js. Set ORIGIN_SECRET in the site's environment.
import { forward } from "./forward.js";

export default (request, context) =>
  forward(request, { address: context.ip, secret: Netlify.env.get("ORIGIN_SECRET") });

export const config = { path: "/ev/*" };
