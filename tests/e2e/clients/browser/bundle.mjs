// Bundles a page's script, unminified and without anything of ours in it but the page's own lines.
// Usage: node bundle.mjs ENTRY [PACKAGE=ALIAS]; prints the script.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [entry, ...aliases] = process.argv.slice(2);
const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: [join(here, entry)],
  alias: Object.fromEntries(aliases.map((each) => each.split("="))),
  bundle: true,
  format: "iife",
  target: ["es2022"],
  write: false,
  logLevel: "error",
});
process.stdout.write(outputFiles[0].text);
