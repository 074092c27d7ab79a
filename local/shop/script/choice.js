// The visitor's choice: asked once, told to the collector, and shown for as long as it holds.
import { analytics, client, clients, switchTo } from "./analytics.js";

const KEY = "shop:choice";
const CATEGORIES = {
  all: { Analytics: true, Advertising: true },
  analytics: { Analytics: true, Advertising: false },
  none: { Analytics: false, Advertising: false },
};
const WORDS = {
  all: "You let us count this visit and share it with advertisers.",
  analytics: "Your choice is honoured: this visit is counted, and not shared with advertisers.",
  none: "Your choice is honoured: this visit is neither counted as yours nor shared.",
  out: "Your choice is honoured: you opted out, and this visit is not recorded.",
};

const find = (selector) => document.querySelector(selector);
const chosen = () => localStorage.getItem(KEY);
const tell = (path, said) =>
  fetch(`${PREFIX}/v1/${path}`, { method: "POST", body: JSON.stringify({ ...said, writeKey: WRITE_KEY }) });

// Our tag has words for this; beside analytics.js a page says it to the collector itself.
const asked = {
  headwater: {
    consent: (categoryPreferences) => analytics.consent(categoryPreferences),
    optOut: () => analytics.optOut(),
    optIn: () => analytics.optIn(),
  },
  segment: {
    async consent(categoryPreferences) {
      const consent = { categoryPreferences };
      await tell("consent", { consent });
      await analytics.track("Segment Consent Preference Updated", {}, { consent });
    },
    optOut: () => tell("optout", { optOut: true }),
    optIn: () => tell("optout", { optOut: false }),
  },
}[client];

function show() {
  const choice = chosen();
  const words = [WORDS[choice] ?? "You have not chosen yet."];
  if (navigator.globalPrivacyControl === true && choice !== "out") {
    words.push("Your browser sends Global Privacy Control, and it is honoured: nothing of this visit is sold or shared.");
  }
  find("#honoured").textContent = words.join(" ");
  find("#consent").hidden = choice !== null;
  find("#opt-out").hidden = choice === "out";
  find("#opt-in").hidden = choice !== "out";
}

async function choose(choice, said) {
  if (choice) localStorage.setItem(KEY, choice);
  else localStorage.removeItem(KEY);
  show();
  await said;
}

export function offerChoice() {
  for (const button of document.querySelectorAll("[data-choice]")) {
    const { choice } = button.dataset;
    button.addEventListener("click", () => choose(choice, asked.consent(CATEGORIES[choice])));
  }
  find("#ask-again").addEventListener("click", () => {
    find("#consent").hidden = false;
    find("#consent button").focus();
  });
  find("#opt-out").addEventListener("click", () => choose("out", asked.optOut()));
  find("#opt-in").addEventListener("click", () => choose(null, asked.optIn()));
  for (const [name, words] of Object.entries(clients)) {
    find("#client").append(new Option(words, name, false, name === client));
  }
  find("#client").addEventListener("change", ({ target }) => switchTo(target.value));
  show();
}
