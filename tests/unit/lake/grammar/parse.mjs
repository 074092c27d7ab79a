// Reads [[name, sql], …] as JSON and writes {name: [fault, …]}: what Trino's grammar refuses.
import { readFileSync } from "node:fs";
import { TrinoSQL } from "dt-sql-parser";

const faults = {};
for (const [name, sql] of JSON.parse(readFileSync(0, "utf8"))) {
  faults[name] = new TrinoSQL()
    .validate(sql)
    .map(({ startLine, startColumn, message }) => `${startLine}:${startColumn} ${message}`);
}
process.stdout.write(JSON.stringify(faults));
