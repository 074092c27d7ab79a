// Passes a request on to Headwater from a platform that speaks the web's own Request and Response: a
// Cloudflare Worker, a Next.js route, a Netlify edge function. Put your API's address here.
const API = "https://abc123.execute-api.eu-west-1.amazonaws.com";

// Ours by name: the site's own cookies, its session above all, stay with the site.
const COOKIES = ["ajs_anonymous_id", "__Secure-vid", "__Host-Http-vid", "optout", "headwater_consent"];

/** Forward the request; `address` is the visitor's, as the platform knows it, and never as a header claims. */
export async function forward(request, { address, secret }) {
  const url = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("cloudfront-") || name === "host" || name === "connection") headers.delete(name);
  }
  const cookies = (headers.get("cookie") ?? "")
    .split("; ")
    .filter((cookie) => COOKIES.includes(cookie.split("=")[0]));
  if (cookies.length) headers.set("cookie", cookies.join("; "));
  else headers.delete("cookie");
  headers.set("cloudfront-viewer-address", `${address}:0`);
  headers.set("x-origin-secret", secret);

  const answer = await fetch(API + url.pathname + url.search, {
    method: request.method,
    headers,
    body: ["GET", "HEAD"].includes(request.method) ? undefined : await request.arrayBuffer(),
    redirect: "manual",
  });
  // fetch has unpacked the body already; the platform packs it again.
  const reply = new Headers(answer.headers);
  reply.delete("content-encoding");
  reply.delete("content-length");
  return new Response(answer.body, { status: answer.status, headers: reply });
}
