// Runs a recipe's handler as its platform would: node serve.mjs <recipe> <port>, ORIGIN_SECRET set.
import { createServer } from "node:http";

const [recipe, port] = process.argv.slice(2);
globalThis.Netlify = { env: { get: (name) => process.env[name] } };
const platform = await import(recipe);

function handler(request, address) {
  if (platform.POST) return platform[request.method](request);
  if (platform.default.fetch) return platform.default.fetch(request, process.env);
  return platform.default(request, { ip: address });
}

createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at], incoming.rawHeaders[at + 1]);
  }
  const address = incoming.socket.remoteAddress;
  headers.set("x-real-ip", address); // what the platforms write themselves
  headers.set("cf-connecting-ip", address);
  const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(chunks);
  const request = new Request(`http://127.0.0.1:${port}${incoming.url}`, {
    method: incoming.method,
    headers,
    body,
  });
  const answer = await handler(request, address);
  outgoing.statusCode = answer.status;
  for (const [name, value] of answer.headers) outgoing.appendHeader(name, value);
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}).listen(Number(port), "127.0.0.1");
