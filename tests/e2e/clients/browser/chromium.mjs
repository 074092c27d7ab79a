// Opens pages in headless Chromium: one order a line on stdin, one answer a line on stdout.
// No page reaches anything but this machine; what else it asked for is told.
// Usage: node chromium.mjs EXECUTABLE
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    "--ignore-certificate-errors",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});
// Two busy cores, as tests/e2e/stack.py has it.
const PATIENCE_MS = 90_000;
const visits = new Map();

const orders = {
  async open({ visit, url }) {
    const context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    const strangers = [];
    const faults = [];
    context.on("request", (request) => {
      const { hostname } = new URL(request.url());
      if (hostname !== "127.0.0.1" && hostname !== "localhost") strangers.push(request.url());
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    visits.set(visit, { context, page, strangers, faults });
    await page.goto(url);
  },
  async play({ visit, part }) {
    await visits.get(visit).page.evaluate((given) => window.play(given), part);
  },
  async leave({ visit, url }) {
    await visits.get(visit).page.goto(url);
  },
  // Another tab of the same visitor; what comes after is done in it.
  async tab({ visit, url }) {
    const seen = visits.get(visit);
    seen.page = await seen.context.newPage();
    seen.page.on("pageerror", (error) => seen.faults.push(String(error)));
    seen.tabs = [...(seen.tabs ?? []), seen.page];
    await seen.page.goto(url);
  },
  // The same page again for each code, to somebody who was never there.
  async each({ visit, url, codes }) {
    const { page, context } = visits.get(visit);
    const results = [];
    for (const code of codes) {
      await page.evaluate(() => localStorage.clear());
      await context.clearCookies();
      await page.goto(url);
      results.push(await page.evaluate(code));
    }
    return results;
  },
  async evaluate({ visit, code }) {
    return visits.get(visit).page.evaluate(code);
  },
  async click({ visit, selector }) {
    await visits.get(visit).page.click(selector, { noWaitAfter: true });
  },
  async address({ visit, url }) {
    await visits.get(visit).page.waitForURL(url, { waitUntil: "commit" });
  },
  // As a blocker does: the request of this path never leaves the browser.
  async block({ visit, path }) {
    const { context } = visits.get(visit);
    await context.route(({ pathname }) => pathname === path, (route) => route.abort("blockedbyclient"));
  },
  async offline({ visit, offline }) {
    await visits.get(visit).context.setOffline(offline);
  },
  async cookies({ visit }) {
    return visits.get(visit).context.cookies();
  },
  async stored({ visit }) {
    return visits.get(visit).page.evaluate(() => ({ ...localStorage }));
  },
  async close({ visit }) {
    const { context, strangers, faults } = visits.get(visit);
    visits.delete(visit);
    await context.close();
    return { strangers, faults };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...given } = JSON.parse(line);
  const answer = await orders[order](given).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
process.exit(0);
