// Follows the console through a visitor's journey, in headless Chromium and with the keyboard alone. Tells on
// stdout, one JSON object, what it saw; a step that does not come about ends it with a message on stderr.
// Usage: node console.mjs '{"console", "site", "prefix", "email", "executablePath", "shots"?}'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const asked = JSON.parse(process.argv[2]);
const PATIENCE_MS = 90_000;
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

const seen = { errors: [], lateness: {}, own: {}, axe: [], wider: [], said: [] };
const browser = await chromium.launch({ executablePath: asked.executablePath });

async function opened(options = {}) {
  const context = await browser.newContext({ viewport: DESK, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

// --- the console, and what it may not do -----------------------------------------------------------------
const page = await opened({ colorScheme: "light" });
page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.errors.push(message.text()));
page.on("pageerror", (error) => seen.errors.push(error.message));
await page.addInitScript(() => {
  // What a screen reader would be told, and any markup that a hostile name might have become.
  globalThis.said = [];
  globalThis.titled = (title) => [...document.querySelectorAll(".row .title")].filter((each) => each.textContent === title).length;
  addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
    const text = document.getElementById("announcer").textContent;
    if (text) globalThis.said.push(text);
  }).observe(document.getElementById("announcer"), { childList: true, characterData: true, subtree: true }));
});

process.once("uncaughtException", async (error) => {
  process.stderr.write(`${error.message}\nat ${page.url()}, after ${JSON.stringify(seen)}\n`);
  if (asked.shots) await page.screenshot({ path: `${asked.shots}/failed.png` });
  await browser.close();
  process.exit(1);
});

async function press(...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

// Goes on with the tab key until the focus is on what is wanted: nothing here ever clicks in the console.
async function tabTo(selector, key = "Tab") {
  for (let turn = 0; turn < 80; turn += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`the tab key never comes to ${selector}`);
}

// Until nothing moves but what always does: half faded, text has less contrast than it will have.
const still = () => page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));

async function audit(name) {
  for (const [scheme, size] of [["light", DESK], ["dark", DESK], ["light", PHONE]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await page.waitForTimeout(450);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, impact, nodes } of violations) {
      if (["serious", "critical"].includes(impact)) seen.axe.push({ view: name, scheme, width: size.width, id, impact, targets: nodes.map((node) => node.target.join(" ")).slice(0, 5) });
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wider > 0) seen.wider.push({ view: name, width: size.width, by: wider });
    seen.audited = (seen.audited ?? 0) + 1;
    if (asked.shots) await page.screenshot({ path: `${asked.shots}/${name}-${scheme}-${size.width}.png` });
  }
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: "light" });
}

await page.goto(asked.console);
await page.locator('#link[data-state="open"]').waitFor();

// --- the visitor clicks, and the console shows it ---------------------------------------------------------
async function visitor() {
  const shop = await opened({ userAgent: PERSON });
  await shop.addInitScript(() => localStorage.setItem("shop:client", "headwater"));
  return shop;
}

// From the click, by this machine's one clock, until the row is on the console's screen; the console's own part
// of it begins with the collector's answer.
async function late(what, name, click) {
  const before = await page.evaluate((title) => globalThis.titled(title), name);
  const began = performance.now();
  const now = () => performance.now();
  const taken = laptop.waitForResponse((response) => response.request().method() === "POST" && response.ok()).then(now);
  const shown = page.waitForFunction(([title, count]) => globalThis.titled(title) > count, [name, before], { polling: "raf" }).then(now);
  await click();
  const [takenAt, shownAt] = await Promise.all([taken, shown]);
  seen.lateness[what] = Math.round(shownAt - began);
  seen.own[what] = Math.round(shownAt - takenAt);
}

const laptop = await visitor();
// The first call starts the functions; what is measured is a stack that is awake.
await late("first", "Product Viewed", () => laptop.goto(`${asked.site}/products/river-kettle/`));
for (const at of [1, 2, 3, 4, 5]) await late(`add ${at}`, "Product Added", () => laptop.getByRole("button", { name: "Add to basket" }).click());

await audit("live");

// --- signing up, watched as a person ----------------------------------------------------------------------
await tabTo("#live-search");
await page.keyboard.type("product added");
await tabTo(".row");
await press("ArrowDown", "ArrowUp", "Enter");
await page.locator(".detail .way").waitFor();
seen.focusOnEvent = await page.evaluate(() => document.activeElement.tagName);
await tabTo(".detail .pill");
await press("Enter");
await page.locator(".graph").waitFor();
seen.before = await page.locator(".graph").getAttribute("aria-label");

const graphSays = (words) => page.waitForFunction((wanted) => document.querySelector(".graph")?.getAttribute("aria-label").includes(wanted), words, { polling: "raf" });
await laptop.goto(`${asked.site}/sign-up/`);
await laptop.getByLabel("Name").fill("Peter Gibbons");
await laptop.getByLabel("Email").fill(asked.email);
await laptop.getByLabel("Company").fill("Initec");
await laptop.getByLabel("Title", { exact: false }).fill("programmer");
let began = performance.now();
await laptop.getByRole("button", { name: "Sign up" }).click();
await graphSays("1 of 1 devices joined");
seen.signUpMs = Math.round(performance.now() - began);

const phone = await visitor();
await phone.goto(`${asked.site}/log-in/`);
await phone.getByLabel("Email").fill(asked.email);
began = performance.now();
await phone.getByRole("button", { name: "Log in" }).click();
await graphSays("2 of 2 devices joined");
seen.logInMs = Math.round(performance.now() - began);
seen.after = await page.locator(".graph").getAttribute("aria-label");
seen.heading = await page.locator("h1").textContent();
await audit("person");

// --- back to before sign-up, by the arrow keys ------------------------------------------------------------
await tabTo(".moments input");
await press("Home");
for (let turn = 0; turn < 3 && !(await page.locator(".moments input").first().isChecked()); turn += 1) await press("ArrowLeft");
seen.beforeAgain = await page.locator(".graph").getAttribute("aria-label");

// --- an event to its destinations -------------------------------------------------------------------------
await tabTo('nav a[href="#/live"]', "Shift+Tab");
await press("Enter");
await tabTo("#live-search");
await page.keyboard.type("signed up");
await tabTo(".row");
await press("Enter");
await page.waitForFunction(() => {
  const steps = [...document.querySelectorAll(".way .step")].map((each) => each.textContent);
  return ["Accepted", "Landed", "Belongs to", "Delivered to crm-webhook", "Delivered to second-pipeline"].every((wanted) => steps.some((step) => step.includes(wanted)));
});
seen.way = await page.locator(".way li").allTextContents();
await audit("event");

// --- what is wrong, and what is hostile -------------------------------------------------------------------
for (const [name, button] of [["rejected", "Rejected"], ["violations", "Violations"]]) {
  await tabTo(`[data-filter="${name}"]`, "Shift+Tab");
  await press("Enter");
  await tabTo("#live-search");
  await press("Control+a", "Delete");
  await page.keyboard.type(asked.hostile);
  await tabTo(".row");
  await press("Enter");
  await page.locator(".detail .note").waitFor();
  seen[name] = await page.locator(".detail .note").textContent();
}
seen.hostileTitle = await page.locator(".detail h2").textContent();
seen.injected = await page.evaluate(() => document.querySelectorAll("main img, main script").length + Number(Boolean(globalThis.injected)));

// --- a question -------------------------------------------------------------------------------------------
await tabTo('nav a[href="#/questions"]', "Shift+Tab");
await press("Enter");
await tabTo('[data-name="delivery_health"]');
await press("Enter");
await page.locator(".answer table").waitFor();
seen.chart = await page.locator(".answer .chart").getAttribute("aria-label");
await audit("question");

// --- last, for the browser tells it as an error: no string becomes markup here ------------------------------
const errors = [...seen.errors];
seen.trusted = await page.evaluate(() => {
  try {
    document.createElement("p").innerHTML = "<b>no</b>";
    return "markup was made of a string";
  } catch (error) {
    return error.name;
  }
});
seen.errors = errors;

seen.said = await page.evaluate(() => globalThis.said);
process.stdout.write(JSON.stringify(seen));
await browser.close();
