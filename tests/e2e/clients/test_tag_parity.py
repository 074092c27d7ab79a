"""Our tag beside analytics.js: the same call on the same page makes the same event, row by row."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.clients.chromium import Chromium, bundle
from tests.e2e.clients.front import Front
from tests.e2e.clients.parity import ROWS, Row
from tests.e2e.stack import Stack

# What is sent is taken from the page's own `fetch`, so that the two differ in nothing but the client.
RECORDER = """
window.bodies = [];
window.fetch = async (url, init) => {
  if (init?.method?.toUpperCase() == "POST") bodies.push(JSON.parse(init.body));
  const known = String(url).includes("/settings") ? SETTINGS : {success: true};
  return new Response(JSON.stringify(known), {headers: {"content-type": "application/json"}});
};
window.run = async (code) => {
  await analytics.ready();
  const late = new Promise((tell) => setTimeout(tell, 60000, "too late"));
  const returned = await Promise.race([eval(`(async () => { ${code} })()`), late]);
  // Longer than a batch waits for its next event; in turns, for while the machine stands still nobody gets on.
  for (let turn = 0; turn < 25; turn += 1) await new Promise((later) => setTimeout(later, 10));
  return {
    returned: returned === undefined ? null : returned,
    sent: bodies.flatMap((body) => body.batch ?? (body.type ? [body] : [])),
  };
};
"""
OPTIONS = json.dumps({"integrations": {"All": True, "Mixpanel": {"people": True}, "Vendor": False}})
# What is the client's own and cannot be the same.
_OWN = ("messageId", "sentAt", "writeKey", "_metadata")


type Results = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def theirs(chromium: Chromium, running: Stack) -> Results:
    key = running.endpoints.write_key
    settings = json.dumps({"writeKey": key, "cdnSettings": _settings(key)})
    with Front(running.endpoints, script=bundle("analytics-next-global.js")) as front:
        loading = f"<script src=/own.js></script><script>load({settings}, {OPTIONS})</script>"
        return _results(chromium, front, _page(key) + loading)


@pytest.fixture(scope="module")
def ours(chromium: Chromium, running: Stack) -> Results:
    key, prefix = running.endpoints.write_key, running.endpoints.prefix
    with Front(running.endpoints) as front:
        loading = f"<script src='{prefix}/tag.js'></script><script>analytics.load('{key}', {OPTIONS})</script>"
        return _results(chromium, front, _page(key) + loading)


def _settings(key: str) -> dict[str, Any]:
    return {"integrations": {"Segment.io": {"apiKey": key}}}


def _page(key: str) -> str:
    recorder = RECORDER.replace("SETTINGS", json.dumps(_settings(key)))
    return f"<!doctype html><title>Parity</title><body><script>{recorder}</script>"


def _results(chromium: Chromium, front: Front, page: str) -> Results:
    front.page(page)
    with chromium.visit(front.url) as visit:
        made = visit.order(
            "each", url=front.url, codes=[f"run({json.dumps(row.code)})" for row in ROWS]
        )
    assert visit.strangers == []
    return {
        row.name: {
            "returned": result["returned"],
            "sent": [_comparable(event, front.url) for event in result["sent"]],
        }
        for row, result in zip(ROWS, made, strict=True)
    }


def _comparable(event: dict[str, Any], url: str) -> dict[str, Any]:
    """The event without what is each client's own; null and absent are the same on this wire."""
    said = {key: value for key, value in event.items() if key not in _OWN and value is not None}
    # A moment is a moment; only one that the caller gave must be the same.
    if not said["timestamp"].startswith("2026-01-02"):
        del said["timestamp"]
    # Fresh ids differ; what they are is compared by what the row returns.
    if len(said["anonymousId"]) == 36:
        said["anonymousId"] = "fresh"
    if len(said.get("previousId", "")) == 36:
        said["previousId"] = "fresh"
    context = {key: value for key, value in said["context"].items() if key != "library"}
    if not context.get("campaign"):
        context.pop("campaign", None)
    text = json.dumps({**said, "context": context}, sort_keys=True).replace(url, "https://site")
    comparable: dict[str, Any] = json.loads(text)
    return comparable


@pytest.mark.parametrize("row", [row for row in ROWS if not row.differs], ids=lambda row: row.name)
def test_the_call_does_what_it_does_in_analytics_js(
    theirs: Results, ours: Results, row: Row
) -> None:
    assert ours[row.name] == theirs[row.name]
    assert ours[row.name]["sent"] or ours[row.name]["returned"] is not None


@pytest.mark.parametrize("row", [row for row in ROWS if row.differs], ids=lambda row: row.name)
def test_where_it_differs_it_differs_as_told(theirs: Results, ours: Results, row: Row) -> None:
    telling: dict[str, Callable[[dict[str, Any]], Any]] = {
        "alias after identify": lambda event: [event.get("userId"), event.get("previousId")],
        "campaign from other utm_* names": lambda event: event["context"].get("campaign"),
    }
    told = telling[row.name]
    assert [told(event) for event in ours[row.name]["sent"]] == row.ours
    assert [told(event) for event in theirs[row.name]["sent"]] != row.ours
