// Builds the tag and its stub into functions/collector/tag/, with what is served of them.
// Usage: node build.mjs          writes the files
//        node build.mjs --check  says whether the committed files are what this source makes
// docs/tracking.md tells the names, hashes and the stub itself, and is written and checked with them.
// Either way it fails when the tag has outgrown its budget (docs/tracking.md).
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const BUDGET = { "tag.js": 4096, "stub.js": 1024 };

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "functions", "collector", "tag");
const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));

async function built(name) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "source", name)],
    bundle: true,
    minifySyntax: true,
    format: "iife",
    target: ["es2022"],
    define: { VERSION: JSON.stringify(version) },
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  // esbuild bundles; terser also inlines what is used once, which is 3 % of the budget. The two last options are those
  // of its own that leave the fewest bytes after brotli.
  const { code } = await minify(outputFiles[0].text, {
    ecma: 2022,
    compress: { passes: 3, ecma: 2022, hoist_vars: true, lhs_constants: false },
    format: { ecma: 2022 },
  });
  return Buffer.from(code);
}

// zlib's output may differ between versions of Node, so what is checked is what comes out of it.
const codings = {
  br: { pack: (content) => brotliCompressSync(content), unpack: brotliDecompressSync },
  gz: { pack: (content) => gzipSync(content, { level: 9 }), unpack: gunzipSync },
};

const faults = [];

async function check(name, content) {
  const committed = (suffix) => readFile(join(out, name + suffix));
  if (!content.equals(await committed(""))) faults.push(`${name} is not what its source makes: run \`make tag\``);
  for (const [suffix, { unpack }] of Object.entries(codings)) {
    if (!content.equals(unpack(await committed(`.${suffix}`)))) faults.push(`${name}.${suffix} holds something else`);
  }
}

async function write(name, content) {
  await writeFile(join(out, name), content);
  for (const [suffix, { pack }] of Object.entries(codings)) await writeFile(join(out, `${name}.${suffix}`), pack(content));
}

for (const [name, budget] of Object.entries(BUDGET)) {
  const content = await built(name);
  await (process.argv.includes("--check") ? check : write)(name, content);
  const size = (await readFile(join(out, `${name}.br`))).length;
  console.log(`${name}: ${content.length} bytes, ${size} in brotli, of ${budget}`);
  if (size > budget) faults.push(`${name} is over its budget of ${budget} bytes by ${size - budget}`);
}
const digest = (algorithm, content, encoding) => createHash(algorithm).update(content).digest(encoding);

function told(docs, tag, stub) {
  return docs
    .replaceAll(/tag\.[0-9a-f]{16}\.js/g, `tag.${digest("sha256", tag, "hex").slice(0, 16)}.js`)
    .replaceAll(/sha384-[\w+/]{64}/g, `sha384-${digest("sha384", tag, "base64")}`)
    .replaceAll(/sha256-[\w+/]{43}=/g, `sha256-${digest("sha256", stub, "base64")}`)
    .replace(/(?<=```html\n)<script>.*<\/script>/, () => `<script>${stub}</script>`);
}

const page = join(here, "..", "docs", "tracking.md");
const docs = await readFile(page, "utf8");
const [tag, stub] = await Promise.all(Object.keys(BUDGET).map((name) => readFile(join(out, name))));
const right = told(docs, tag, stub);
if (process.argv.includes("--check")) {
  if (docs !== right) faults.push("docs/tracking.md tells another tag: run `make tag`");
} else {
  await writeFile(page, right);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
