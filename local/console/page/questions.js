// The saved queries: a list, and one's answer as a picture where one says more, and always as a table.
import { ask } from "/api.js";
import { chart } from "/charts.js";
import { h, say, word } from "/dom.js";
import { count, many } from "/words.js";

export function questions(main) {
  let asking = null;
  const list = h("ul", { class: "questions" });
  const answer = h("section", { class: "answer", "aria-live": "off" });
  const heading = h("h1", { tabindex: "-1" }, "Questions");
  const shell = h("div", { class: "asked" }, h("div", { class: "choose" }, heading, h("p", { class: "lead" }, "The lake’s saved queries, the same that analysts find in Athena."), list), answer);
  main.append(shell);
  const known = ask("questions").then((all) => {
    list.replaceChildren(...all.map((each) => h("li", {}, h("a", { href: `#/questions/${each.name}`, "data-name": each.name }, h("b", {}, each.title), h("span", { class: "soft" }, each.description)))));
    return all;
  }).catch((error) => {
    list.replaceChildren(h("li", { class: "empty" }, error.message));
    return [];
  });
  const about = ask("console").catch(() => ({ stage: "" }));

  function turn([name]) {
    asking?.abort();
    answer.replaceChildren();
    shell.classList.toggle("opened", name !== undefined);
    heading.toggleAttribute("data-arrive", name === undefined);
    known.then(() => {
      for (const link of list.querySelectorAll("a")) {
        if (link.dataset.name === name) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    });
    if (name === undefined) {
      answer.append(h("p", { class: "hint" }, "Choose a question."));
      return;
    }
    const title = h("h2", { tabindex: "-1", "data-arrive": "" }, "…");
    const body = h("div", {});
    answer.append(h("a", { class: "back", href: "#/questions" }, "← All questions"), title, body);
    Promise.all([known, about]).then(([all, { stage }]) => {
      const query = all.find((each) => each.name === name);
      title.textContent = query?.title ?? "There is no such question";
      if (!query) return;
      body.append(h("p", { class: "lead" }, query.description));
      // On AWS a question is paid by the bytes it reads, so it is asked for.
      if (stage === "local") run(name, body);
      else body.append(h("button", { type: "button", class: "primary", onclick: (click) => { click.target.remove(); run(name, body); } }, "Ask Athena"));
    });
  }

  async function run(name, body) {
    asking = new AbortController();
    const waiting = h("p", { class: "empty" }, "Asking the lake…");
    body.append(waiting);
    body.setAttribute("aria-busy", "true");
    try {
      const answered = await ask(`questions/${name}`, null, asking);
      body.append(...drawn(answered));
      say(`${many(answered.rows.length, "row")}.`);
    } catch (error) {
      if (error.name === "AbortError") return;
      body.append(h("p", { class: "fault", role: "alert" }, error.message));
    } finally {
      waiting.remove();
      body.removeAttribute("aria-busy");
    }
  }

  return [() => asking?.abort(), turn];
}

function drawn({ name, rows, more, seconds, sql }) {
  const parts = [h("p", { class: "soft" }, `${many(rows.length + more, "row")} in ${count(seconds)} s${more ? `; the first ${count(rows.length)} are shown` : ""}`)];
  if (rows.length) {
    const figure = chart(name, rows);
    if (figure) parts.push(h("figure", { class: "card" }, figure));
    parts.push(table(rows));
  } else {
    parts.push(h("p", { class: "empty" }, name === "identity_audit" ? "No rows: every device’s owner is as its events say." : "No rows: nothing of the kind has happened yet."));
  }
  parts.push(h("details", {}, h("summary", {}, "The SQL"), h("pre", { tabindex: "0" }, sql)));
  return parts;
}

function table(rows) {
  const names = Object.keys(rows[0]);
  const numeric = new Set(names.filter((name) => rows.every((row) => row[name] === null || /^-?\d+(\.\d+)?$/.test(row[name])) && rows.some((row) => row[name] !== null)));
  const cell = (name, value) => h("td", { class: numeric.has(name) ? "number" : null }, value === null ? "" : numeric.has(name) ? count(Number(value)) : word(value));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The rows" },
    h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col", class: numeric.has(name) ? "number" : null }, name.replaceAll("_", " "))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, names.map((name) => cell(name, row[name])))))));
}
