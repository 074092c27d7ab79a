// Builds the shop into a directory: pages from their fragments, one bundle of the page's script.
// Usage: node build.mjs OUT_DIRECTORY WRITE_KEY PREFIX
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [out, writeKey, prefix] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const read = (name) => readFile(join(here, name), "utf8");

const escaped = (value) =>
  String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
// `{{name}}` takes a value as text; what is HTML already comes through `html`.
const fill = (template, texts, html = {}) =>
  template.replace(/\{\{(\w+)\}\}/g, (_, name) => html[name] ?? escaped(texts[name]));

const products = JSON.parse(await read("products.json")).map((product) => ({
  ...product,
  price_text: product.price.toFixed(2),
}));
const layout = await read("layout.html");
const card = await read("page/card.html");
const cards = (shown) => shown.map((product) => fill(card, product)).join("");

async function page({ path, name, title, description, fragment, texts = {}, html = {}, body = "" }) {
  const main = fill(await read(`page/${fragment}.html`), texts, html);
  const target = join(out, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, fill(layout, { title, description, page: name }, { main, body }));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await cp(join(here, "asset"), join(out, "asset"), { recursive: true });
await cp(join(here, "shop.css"), join(out, "shop.css"));
// What takes the calls until our own tag is there; built by `make tag`.
await cp(join(here, "../../functions/collector/tag/stub.js"), join(out, "stub.js"));

await Promise.all([
  page({ path: "index.html", name: "home", title: "Tea for slow mornings", description: "Tea from small gardens.", fragment: "home", html: { cards: cards(products.slice(0, 3)) } }),
  page({ path: "products/index.html", name: "products", title: "Tea", description: "Three teas and one kettle.", fragment: "products", html: { cards: cards(products) } }),
  page({ path: "newsletter/index.html", name: "newsletter", title: "Newsletter", description: "Six letters a year.", fragment: "newsletter" }),
  page({ path: "sign-up/index.html", name: "sign-up", title: "Sign up", description: "Make an account.", fragment: "sign-up" }),
  page({ path: "log-in/index.html", name: "log-in", title: "Log in", description: "Log in to your account.", fragment: "log-in" }),
  page({ path: "account/index.html", name: "account", title: "Your account", description: "Your account.", fragment: "account" }),
  page({ path: "not-found.html", name: "not-found", title: "Not found", description: "Not found.", fragment: "not-found" }),
  ...products.map((product) =>
    page({ path: `products/${product.slug}/index.html`, name: "product", title: product.name, description: product.short, fragment: "product", texts: product, body: ` data-product="${escaped(product.slug)}"` }),
  ),
]);

// The real analytics.js, from npm and unmodified. Its rarely used parts become chunks with a hash
// in their name, so a browser may keep them for ever.
await build({
  entryPoints: { shop: join(here, "script/shop.js") },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022"],
  chunkNames: "chunk/[name]-[hash]",
  define: { WRITE_KEY: JSON.stringify(writeKey), PREFIX: JSON.stringify(prefix) },
  logLevel: "warning",
});
