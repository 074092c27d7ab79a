// What the console's server answers; a fault is an Error with the server's own words.
export async function ask(path, fields, { signal } = {}) {
  const query = fields ? `?${new URLSearchParams(fields)}` : "";
  let reply;
  try {
    reply = await fetch(`/api/${path}${query}`, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The console's server does not answer. Is the stack up?");
  }
  const answer = await reply.json().catch(() => ({ message: `status ${reply.status}` }));
  if (!reply.ok) throw Object.assign(new Error(answer.message), { status: reply.status });
  return answer;
}
