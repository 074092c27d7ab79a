import { ask, showWhoIsHere } from "./account.js";
import { analytics } from "./analytics.js";
import { offerChoice } from "./choice.js";
import { keepJournal } from "./journal.js";
import { pages } from "./pages.js";

keepJournal(analytics);
offerChoice();
for (const link of document.querySelectorAll("nav a")) {
  if (location.pathname.startsWith(new URL(link.href).pathname)) {
    link.setAttribute("aria-current", "page");
  }
}

// Tracking does not wait for the shop's server; only the account page needs its answer.
const visitor = ask("GET", "/api/account").then(({ account }) => account);
visitor.then(showWhoIsHere);
pages[document.body.dataset.page](visitor);
