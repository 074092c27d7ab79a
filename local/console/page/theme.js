// Light, dark, or as the system says; chosen with one button, kept by this browser.
const CHOICES = ["system", "light", "dark"];
const WORDS = { system: "as the system", light: "light", dark: "dark" };

let chosen = "system";
try {
  chosen = CHOICES.includes(localStorage.getItem("console:theme")) ? localStorage.getItem("console:theme") : "system";
} catch {
  // Storage may be off; then the system decides at each visit.
}

function apply() {
  document.documentElement.dataset.theme = chosen;
  const button = document.getElementById("theme");
  button.setAttribute("aria-label", `Colours: ${WORDS[chosen]}`);
  button.title = `Colours: ${WORDS[chosen]}`;
}

document.getElementById("theme").addEventListener("click", () => {
  chosen = CHOICES[(CHOICES.indexOf(chosen) + 1) % CHOICES.length];
  try {
    localStorage.setItem("console:theme", chosen);
  } catch {
    // As above: the choice lasts as long as the page.
  }
  apply();
});
apply();
