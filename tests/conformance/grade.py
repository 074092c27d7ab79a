"""Grade our requests against recorded ones: the core paths must agree, the full share is told.

The rules are those of tests/fixtures/destinations/README.md, "How to compare".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from headwater.destinations import DESTINATIONS
from headwater.enrichments.click_ids import click_ids
from headwater.enrichments.user_agent import user_agent
from headwater.record import StoredEvent

from tests.conformance.answers import ANSWERS
from tests.conformance.equality import equal
from tests.conformance.settings import SETTINGS
from tests.examples import a_received, enriched_by
from tests.unit.destinations.cases import leaving, readable, stored

CASES = Path(__file__).parents[1] / "fixtures" / "destinations"

# A recorded unit test names its action and leaves the sample event a track.
_IDENTIFIES = {
    "identify",
    "identifyUser",
    "updateUserProfile",
    "createUpdatePerson",
    "upsertProfile",
    "setAttributes",
    "updateUser",
    "upsertContact",
    "identifyContact",
    "createOrUpdateContact",
}

_CONSTANTS = frozenset(
    [
        "partner_name",
        "partner",
        "integration",
        "$source",
        "segment_source_name",
        "mp_lib",
        "$lib_version",
        "library",
        "client_name",
        "client_version",
        "segment_library",
        "use_batch_endpoint",
        "event_original_name",
        "_update_existing_only",
        "mergeNestedObjects",
        "engagement_time_msec",
    ]
)

# Paths of one vendor that are one and the same to it.
_SAME_PATH = (
    (re.compile(r"^/(batch|i/v0/e|capture)/?$"), "/capture"),
    (re.compile(r"^/(2/httpapi|batch)$"), "/2/httpapi"),
    (re.compile(r"^/api/v2/(entity|batch)$"), "/api/v2/entity"),
    (re.compile(r"^/api/events/track(Bulk)?$"), "/api/events/track"),
    # Meta's Graph API, in any version.
    (re.compile(r"^/v\d+\.\d+/(\d+|[^/]+)/(events|activities)$"), r"/\1/\2"),
    (re.compile(r"^(/.*?)/$"), r"\1"),
)

# Hosts of one vendor that are one and the same to it.
_SAME_HOST = {
    "trk.kissmetrics.io": "trk.kissmetrics.com",
    "api3.appsflyer.com": "api2.appsflyer.com",
}

# RudderStack writes `timeStamp`; Segment's own word, which its API reads, is `timestamp`.
_MISSPELT = {"timeStamp": "timestamp"}


@dataclass(frozen=True, slots=True)
class Grade:
    """`missed`: core paths that are absent or differ. `differing` of `paths`: the full grade."""

    case: str
    missed: tuple[str, ...]
    differing: tuple[str, ...]
    paths: int


def cases(slug: str) -> Iterator[Mapping[str, Any]]:
    """Read the recorded cases that need no custom mapping."""
    for line in (CASES / f"{slug}.jsonl").read_text().splitlines():
        case = json.loads(line)
        if not case.get("needs_mapping") and not case.get("mapping_overrides"):
            yield case


def grade(slug: str, case: Mapping[str, Any]) -> Grade:
    """Build our requests for the case's event, and compare each recorded one with its nearest."""
    call = dict(case["event"])
    if set(case.get("action") or ()) & _IDENTIFIES:
        call["type"] = "identify"
    settings = SETTINGS[slug](case["config"], case["expected"]["url"])
    answers = ANSWERS[slug](case) if slug in ANSWERS else ()
    sent = leaving([_collected(call)], DESTINATIONS[slug], settings, answers=answers)
    ours = [_parts(readable(request)) for request in sent] if not isinstance(sent, str) else []
    ours += [_unpacked(request) for request in ours if _batch(request)]
    missed: list[str] = []
    differing: list[str] = []
    paths = 0
    expected = [case["expected"], *case.get("expected_more", ())]
    cores = [case["core"], *case.get("core_more", ())]
    volatile = set(case.get("volatile", ()))
    for number, (theirs, core) in enumerate(zip(expected, cores, strict=False)):
        nearest = min(
            (one for one in ours if _address(one) == _address(theirs)),
            key=lambda one: len(_misses(one, theirs, core)),
            default={},
        )
        core = [path for path in core if path.rsplit(".", 1)[-1] not in _CONSTANTS]
        missed += [f"{number}: {path}" for path in _misses(nearest, theirs, core)]
        if not nearest:
            missed.append(f"{number}: no request to {theirs['url']}")
        all_paths = [path for path in _paths(theirs) if path not in volatile]
        paths += len(all_paths)
        differing += _misses(nearest, theirs, all_paths)
    return Grade(case["case"], tuple(missed), tuple(differing), paths)


def _collected(call: Mapping[str, Any]) -> StoredEvent:
    """Store the call as the collector does: with what the page's address and the user agent tell."""
    received = a_received()
    return enriched_by(user_agent, enriched_by(click_ids, stored(call), received), received)


def _single(request: Mapping[str, Any], name: str) -> Any:
    """A bulk request of one item is that item, to the vendors whose single requests were recorded."""
    body = request.get("json")
    items = body.get(name) if isinstance(body, dict) and len(body) == 1 else None
    return items[0] if isinstance(items, list) and len(items) == 1 else body


def _batch(request: Mapping[str, Any]) -> list[Any]:
    body = request.get("json")
    listed = body.get("batch") if isinstance(body, dict) else None
    return listed if isinstance(listed, list) and len(listed) == 1 else []


def _unpacked(request: Mapping[str, Any]) -> dict[str, Any]:
    """View a batch of one as the request of that one, as PostHog takes it (README, "How to compare")."""
    return {**request, "json": {**request["json"], **_batch(request)[0]}}


def _parts(request: Mapping[str, Any]) -> dict[str, Any]:
    url = urlsplit(request["url"])
    return {
        **request,
        "url": request["url"].split("?")[0],
        "params": dict(parse_qsl(url.query)),
        "json": _single(request, "events" if url.path.endswith("/trackBulk") else "batch"),
    }


def _address(request: Mapping[str, Any]) -> tuple[str, str | None, str]:
    url = urlsplit(request["url"])
    path = url.path
    for same, one in _SAME_PATH:
        path = same.sub(one, path)
    host = url.hostname or ""
    return request["method"], _SAME_HOST.get(host, host), path


def _misses(ours: Mapping[str, Any], theirs: Mapping[str, Any], paths: Sequence[str]) -> list[str]:
    return [path for path in paths if not equal(_at(ours, path), _at(theirs, path))]


_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def _at(request: Any, path: str) -> Any:
    """Follow a path as the cases write it; text that is JSON is read on the way.

    A name may itself hold dots and brackets, as flattened ones do: the longest that is there is meant.
    """
    value = _read(request)
    path = path.lstrip(".")
    if not path:
        return value
    if isinstance(value, dict):
        for end in sorted((*(step.start() for step in re.finditer(r"[.\[]", path)), len(path)))[
            ::-1
        ]:
            name = _MISSPELT.get(path[:end], path[:end])
            for key in (path[:end], name):
                if key in value:
                    return _at(value[key], path[end:])
        return None
    step = _STEP.match(path)
    if step is None or step[1] is None:
        return None
    index, rest = int(step[1]), path[step.end() :]
    if isinstance(value, list):
        return _at(_nth(value, index), rest)
    return _at(value, rest) if index == 0 else None


def _read(value: Any) -> Any:
    """Read text that is JSON; `{` may begin other text as well."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _nth(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) and index < len(value) else None


def _paths(request: Mapping[str, Any]) -> Iterator[str]:
    for part in ("json", "form", "params"):
        yield from _leaves(request.get(part), part)


def _leaves(value: Any, path: str) -> Iterator[str]:
    value = _read(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _CONSTANTS and "." not in key:
                yield from _leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    elif value is not None:
        yield path
