// Plays the customer's journey of the founding paper in a real browser, as a person would: by links,
// buttons and forms. Says on stdout, one JSON object a line, what it does and what went over the wire.
// Usage: node journey.mjs '{"site", "prefix", "email", "client", "executablePath"}'; at each checkpoint it
// waits for a line on stdin.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const { site, prefix, email, client, executablePath } = JSON.parse(process.argv[2]);
// Two busy cores, cold functions.
const PATIENCE_MS = 60_000;
// Headless Chromium says so in its user agent, and would be taken for the robot that it is.
const LAPTOP = {
  viewport: { width: 1280, height: 800 },
  userAgent:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
};
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent:
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36",
};

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const step = (text) => tell({ kind: "step", text });

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function checkpoint(name) {
  tell({ kind: "checkpoint", name });
  await answers.next();
}

// One device: a browser context of its own, whose calls to our path are watched on the wire.
class Device {
  constructor(name, context, page) {
    this.name = name;
    this.page = page;
    this.taken = [];
    context.on("response", (response) => this.#watch(response));
  }

  static async open(name, browser, options) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    // As the visitor of a shop that has chosen this client; the switch itself is in the footer.
    await context.addInitScript((chosen) => localStorage.setItem("shop:client", chosen), client);
    return new Device(name, context, await context.newPage());
  }

  #watch(response) {
    const request = response.request();
    const isUpload = request.method() === "POST" && request.url().startsWith(`${site}${prefix}/v1/`);
    const body = isUpload && !/\/(m|consent|optout|reset)$/.test(request.url()) && request.postDataJSON();
    if (!body) return;
    for (const { type, event, name, messageId, anonymousId, userId } of body.batch ?? [body]) {
      const sent = { type, name: event ?? name ?? null, messageId, anonymousId, userId };
      tell({ kind: "sent", device: this.name, status: response.status(), ...sent });
      if (response.ok()) this.taken.push(`${type} ${sent.name ?? ""}`.trim());
    }
  }

  // Do something, then wait until the collector has taken each of the calls that it should cause.
  async does(action, ...expected) {
    const before = this.taken.length;
    await action(this.page);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const missing = [...expected];
      for (const call of this.taken.slice(before)) {
        const index = missing.indexOf(call);
        if (index >= 0) missing.splice(index, 1);
      }
      if (missing.length === 0) return;
      if (Date.now() > deadline) {
        throw new Error(`${this.name}: at ${this.page.url()}, no 200 seen for: ${missing.join(", ")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

const browser = await chromium.launch({ executablePath });
try {
  tell({ kind: "browser", version: browser.version() });

  step("a first visit, from a campaign, on a laptop");
  const laptop = await Device.open("laptop", browser, LAPTOP);
  const campaign = "utm_source=garden-weekly&utm_medium=email&utm_campaign=spring-harvest";
  await laptop.does((page) => page.goto(`${site}/?${campaign}`), "page Home", "track Product List Viewed");

  step("browsing, and a tea in the basket");
  await laptop.does((page) => page.getByRole("link", { name: "See the teas" }).click(), "page Products", "track Product List Viewed");
  await laptop.does((page) => page.getByRole("link", { name: "Spring Sencha" }).click(), "track Product Clicked", "page Product", "track Product Viewed");
  await laptop.does((page) => page.getByRole("button", { name: "Add to basket" }).click(), "track Product Added");

  step("the newsletter: an email, and still no account");
  await laptop.does((page) => page.getByRole("link", { name: "Newsletter" }).click(), "page Newsletter");
  await laptop.does(
    async (page) => {
      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Send me the letters" }).click();
    },
    "track Form Submitted",
    "identify",
  );
  await checkpoint("anonymous");

  step("signing up: the server makes the id, and both sides identify with it");
  await laptop.does((page) => page.getByRole("link", { name: "Sign up" }).click(), "page Sign Up");
  await laptop.does(
    async (page) => {
      await page.getByLabel("Name").fill("Peter Gibbons");
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Company").fill("Initec");
      await page.getByLabel("Title", { exact: false }).fill("programmer");
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.waitForURL("**/account/");
    },
    "track Form Submitted",
    "identify",
    "identify",
    "page Account",
  );
  await checkpoint("signed up");

  step("later, a phone: a new anonymous id, until Peter logs in");
  const phone = await Device.open("phone", browser, PHONE);
  await phone.does((page) => page.goto(`${site}/products/river-kettle/`), "page Product", "track Product Viewed");
  await phone.does((page) => page.getByRole("button", { name: "Add to basket" }).tap(), "track Product Added");
  await phone.does((page) => page.getByRole("link", { name: "Log in" }).tap(), "page Log In");
  await phone.does(
    async (page) => {
      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Log in" }).tap();
      await page.waitForURL("**/account/");
    },
    "identify",
    "track Signed In",
    "identify",
    "page Account",
  );
} finally {
  await browser.close();
}
process.exit(0);
