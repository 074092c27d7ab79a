// app/ev/[...path]/route.js of a Next.js site. Set ORIGIN_SECRET in the project's environment. On Vercel
// the platform writes x-real-ip; behind a proxy of your own, make sure that it does.
import { forward } from "./forward.js";

export const dynamic = "force-dynamic"; // nothing under /ev is ever rendered ahead

const handle = (request) =>
  forward(request, {
    address: request.headers.get("x-real-ip"),
    secret: process.env.ORIGIN_SECRET,
  });

export { handle as GET, handle as POST, handle as OPTIONS, handle as HEAD };
