// A Worker on the route shop.example/ev/*. Keep the secret with `wrangler secret put ORIGIN_SECRET`.
import { forward } from "./forward.js";

export default {
  fetch: (request, env) =>
    forward(request, {
      address: request.headers.get("cf-connecting-ip"),
      secret: env.ORIGIN_SECRET,
    }),
};
