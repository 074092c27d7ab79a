// What each page tracks, in the names of Segment's spec.
import products from "../products.json";
import { ask, traitsOf } from "./account.js";
import { analytics, delivered } from "./analytics.js";

const find = (selector) => document.querySelector(selector);
const say = (text) => {
  find("#status").textContent = text;
};

const facts = ({ product_id, sku, name, category, price, currency }) => ({
  product_id,
  sku,
  name,
  category,
  price,
  currency,
});

function listed(list_id, shown) {
  analytics.track("Product List Viewed", {
    list_id,
    category: "Tea",
    products: shown.map((product, index) => ({ ...facts(product), position: index + 1 })),
  });
  for (const link of document.querySelectorAll("a[data-product]")) {
    const product = products.find(({ slug }) => slug === link.dataset.product);
    analytics.trackLink(link, "Product Clicked", { list_id, ...facts(product) });
  }
}

// One submission at a time; the server's word on a mistake is shown where it was made.
function onSubmit(send) {
  const form = find("#form");
  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    if (!form.reportValidity()) return;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (fault) {
      say(fault.message);
    } finally {
      button.disabled = false;
    }
  });
}

export const pages = {
  home() {
    analytics.page("Home");
    listed("home", products.slice(0, 3));
  },

  products() {
    analytics.page("Tea", "Products");
    listed("all", products);
  },

  product() {
    const product = products.find(({ slug }) => slug === document.body.dataset.product);
    analytics.page("Tea", "Product", { product_id: product.product_id });
    analytics.track("Product Viewed", facts(product));
    find("#add").addEventListener("click", () => {
      analytics.track("Product Added", { ...facts(product), quantity: 1 });
      say(`${product.name} is in your basket.`);
    });
  },

  newsletter() {
    analytics.page("Newsletter");
    onSubmit(async ({ email }) => {
      await ask("POST", "/api/newsletter", { email });
      analytics.track("Form Submitted", { form_name: "newsletter" });
      analytics.identify({ email });
      say("Thank you. The next letter comes with the first frost.");
    });
  },

  "sign-up"() {
    analytics.page("Sign Up");
    onSubmit(async (fields) => {
      const form = analytics.track("Form Submitted", { form_name: "sign-up" });
      // The id is the server's. Both the server and this page identify with it.
      const account = await ask("POST", "/api/sign-up", fields);
      await delivered(form, analytics.identify(account.user_id, traitsOf(account)));
      location.assign("/account/");
    });
  },

  "log-in"() {
    analytics.page("Log In");
    onSubmit(async ({ email }) => {
      const account = await ask("POST", "/api/log-in", { email });
      await delivered(
        analytics.identify(account.user_id, traitsOf(account)),
        analytics.track("Signed In", { method: "email" }),
      );
      location.assign("/account/");
    });
  },

  async account(visitor) {
    const account = await visitor;
    // Every page behind a log-in identifies: this may be a browser that has lost its cookies.
    if (account) analytics.identify(account.user_id, traitsOf(account));
    analytics.page("Account");
    find("#signed-in").hidden = !account;
    find("#signed-out").hidden = Boolean(account);
    if (!account) return;
    find("#name").textContent = account.name;
    find("#email").textContent = account.email;
    find("#user-id").textContent = account.user_id;
    find("#log-out").addEventListener("click", async () => {
      await ask("POST", "/api/log-out");
      await delivered(analytics.track("Signed Out"));
      analytics.reset();
      location.assign("/");
    });
  },

  "not-found"() {
    analytics.page("Not Found");
  },
};
