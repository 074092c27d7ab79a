"""What the vendors' look-ups answered when the cases were recorded: slug → (case) → the answers in order."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headwater.ports import HttpResponse

type Case = Mapping[str, Any]


def _json(content: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(status, body=json.dumps(content).encode())


def _intercom(case: Case) -> Sequence[HttpResponse]:
    """The search finds one contact, and a company has an id of Intercom's."""
    found = {"total_count": 1, "data": [{"id": "intercom-contact-1"}]}
    attached = [
        one["json"]["id"]
        for one in _requests(case)
        if one["url"].endswith("/companies") and "id" in (one.get("json") or {})
    ]
    return [_json(found), _json({"id": (attached or ["intercom-company-1"])[0]})]


def _hubspot(case: Case) -> Sequence[HttpResponse]:
    """The contact is new where a creation was recorded after the update."""
    created = len(_requests(case)) > 1
    return [HttpResponse(404 if created else 200)]


def _wootric(case: Case) -> Sequence[HttpResponse]:
    """The token, then the end user whose id stands in the recorded address."""
    there = re.search(r"/end_users/(\w+)", case["expected"]["url"])
    user = _json({"id": there[1]}) if there else HttpResponse(404)
    return [_json({"access_token": "recorded-token"}), user]


def _optimizely(case: Case) -> Sequence[HttpResponse]:
    """A data file with the entities that the recorded request names."""
    visitors = [visitor for one in _requests(case) for visitor in one["json"]["visitors"]]
    events = [
        event
        for visitor in visitors
        for snapshot in visitor["snapshots"]
        for event in snapshot["events"]
        if "key" in event
    ]
    attributes = [each for visitor in visitors for each in visitor.get("attributes", ())]
    return [_json({"events": _entities(events), "attributes": _entities(attributes)})]


def _entities(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, str]]:
    return [{"id": entry["entity_id"], "key": entry["key"]} for entry in entries]


def _requests(case: Case) -> Sequence[Mapping[str, Any]]:
    return [case["expected"], *case.get("expected_more", ())]


ANSWERS: Mapping[str, Callable[[Case], Sequence[HttpResponse]]] = {
    "hubspot": _hubspot,
    "intercom": _intercom,
    "optimizely": _optimizely,
    "wootric": _wootric,
}
