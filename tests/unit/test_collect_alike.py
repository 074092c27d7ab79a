"""What the events of a batch have in common is read once, and no line shows it."""

from copy import deepcopy
from typing import Any

from headwater.collect import collect
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import BROWSER_KEY, NOON, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream

# Python takes 1, True and 1.0 for equal, and objects with their keys in another order.
_ALIKE = [1, True, 1.0, "1", 0, False, 0.0, -0.0, "", " ", None, [], [1], [True], {}, {"a": 1}]
_ADDRESSES = [
    "https://shop.example/p?utm_source=s&gclid=1&email=a%40b.example",
    "https://shop.example/p?gclid=1&utm_source=s",
    "https://www.google.com/?q=shoes",
    "http://[",
]
_AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Googlebot/2.1",
    "(" * 900,
    "\ud800",
]
_leaf = st.sampled_from([*_ALIKE, *_ADDRESSES, *_AGENTS, "0.0.0.0", "203.0.113.66", "x" * 3_000])
_NAMES = (
    "page", "referrer", "url", "search", "title", "ip", "userAgent", "locale", "timezone", "campaign",
    "source", "medium", "traits", "password", "device", "advertisingId", "clientIds", "userToken",
    "sessionId", "protocols", "__proto__", "a",
)  # fmt: skip
_objects = st.recursive(
    st.dictionaries(st.sampled_from(_NAMES), _leaf, max_size=4),
    lambda inner: st.dictionaries(st.sampled_from(_NAMES), inner | _leaf, max_size=4),
    max_leaves=6,
)
_consents = st.sampled_from(
    [
        {"consent": {"categoryPreferences": {"Analytics": True, "Advertising": False}}},
        {"consent": {"categoryPreferences": {"Analytics": 1, "Advertising": True}}},
        {"consentManagement": {"allowedConsentIds": ["Analytics"], "deniedConsentIds": []}},
        {"consent": 1},
        {},
    ]
)


def _nested(levels: int) -> Any:
    return {"a": _nested(levels - 1)} if levels else 1


@st.composite
def contexts(draw: Any) -> list[Any]:
    """Some contexts: one, what is nearly the same, and what is no context at all."""
    first = draw(_objects) | draw(_consents)
    value, other = draw(_leaf), draw(_leaf)
    return [
        first,
        dict(reversed(first.items())),
        {**first, "a": value},
        {**first, "a": other},
        {**first, "page": {"url": draw(st.sampled_from(_ADDRESSES)), "a": value}},
        {**first, "page": {"url": draw(st.sampled_from(_ADDRESSES)), "a": other}},
        {**first, "userAgentData": {"platform": "Android", "mobile": value}},
        {**first, "userAgentData": {"platform": "Android", "mobile": other}},
        _nested(70),
        draw(_leaf),
    ]


@st.composite
def batches(draw: Any) -> list[dict[str, Any]]:
    """Events, of which many have the same context or nearly the same."""
    pool = draw(contexts())
    return [
        {
            "messageId": f"m-{at}",
            "anonymousId": draw(st.sampled_from(["a-1", "a-2", 1, True, "null"])),
            "type": draw(st.sampled_from(["track", "page", "identify", "unknown"])),
            "event": draw(
                st.sampled_from(["Tried", "Segment Consent Preference Updated", "", 1, True])
            ),
            "properties": draw(_objects),
            "context": deepcopy(draw(st.sampled_from(pool))),
        }
        for at in range(draw(st.integers(2, 6)))
    ]


def _lines(events: list[Any], envelope: dict[str, Any], **request: Any) -> list[bytes]:
    stream = MemoryStream()
    privacy, headers, key, bots = (request[name] for name in ("privacy", "headers", "key", "bots"))
    collect(
        a_request(
            {**envelope, "writeKey": key, "batch": events},
            path="/ev/v1/batch",
            address="203.0.113.66",
            headers=headers,
        ),
        workspace=a_workspace(privacy=privacy, enrichment={"bots": bots}),
        stream=stream,
        store=MemoryStore(),
        now=NOON,
        new_id=lambda: "made-up",
    )
    return stream.lines


_requests = st.fixed_dictionaries(
    {
        "privacy": st.sampled_from(
            [{"template": "us"}, {"template": "eu"}, {"template": "uk", "gpc": "cookieless"}]
        ),
        "headers": st.sampled_from(
            [{}, {"sec-gpc": "1"}, {"user-agent": _AGENTS[0]}, {"x-ip-policy": "remove"}]
        ),
        "key": st.sampled_from([BROWSER_KEY, SERVER_KEY]),
        "bots": st.sampled_from(["flag", "drop"]),
    }
)
_envelopes = st.fixed_dictionaries({}, optional={"context": _objects, "sentAt": st.just("now")})
_PLAIN = {"privacy": {"template": "us"}, "headers": {}, "key": BROWSER_KEY, "bots": "flag"}


def _twins(*values: Any) -> list[dict[str, Any]]:
    return [
        {"type": "track", "event": "E", "messageId": f"m-{at}", "userId": "u", "context": {"a": value}}
        for at, value in enumerate(values)
    ]  # fmt: skip


@settings(max_examples=60)
@given(batches(), _envelopes, _requests)
@example(_twins(1, True, 1.0, "1", 1), {}, _PLAIN)
@example(_twins({"b": 1, "c": 2}, {"c": 2, "b": 1}, {"b": 1, "c": 2}), {}, _PLAIN)
def test_collected_together_is_collected_alone(
    events: list[dict[str, Any]], envelope: dict[str, Any], request: dict[str, Any]
) -> None:
    together = _lines(events, envelope, **request)

    assert together == [line for event in events for line in _lines([event], envelope, **request)]
