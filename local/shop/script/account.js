// The shop's own server: it makes accounts, and knows who is logged in.
export async function ask(method, path, body) {
  const reply = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.message);
  return answer;
}

export const traitsOf = ({ name, email, company, title }) =>
  Object.fromEntries(Object.entries({ name, email, company, title }).filter(([, value]) => value));

export function showWhoIsHere(account) {
  for (const element of document.querySelectorAll("[data-when]")) {
    element.hidden = element.dataset.when !== (account ? "signed-in" : "signed-out");
  }
}
