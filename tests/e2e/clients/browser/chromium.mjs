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
const visits = new Map();

const orders = {
  async open({ visit, url }) {
    const context = await browser.newContext();
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
