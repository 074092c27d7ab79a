"""The running stack as the tests see it: send, then wait with an end for what should arrive."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.athena import Lake
from local.endpoints import Endpoints

# Two busy cores, cold functions: long enough for both, short enough to fail in one run.
PATIENCE_SECONDS = 90.0
# The edge's own words; a collector that is overloaded has others.
_NO_COLLECTOR_YET = (503, {"message": "Service Unavailable"})


@dataclass
class Stack:
    """One running stack."""

    endpoints: Endpoints

    def rows(self, message_ids: set[str]) -> list[dict[str, Any]]:
        """Return the lake's events of these messageIds as soon as all are there, or what there is."""
        lake = Lake.open(self.endpoints)

        def look() -> list[dict[str, Any]]:
            lake.refresh()
            rows = lake.query("SELECT * FROM events_resolved").dicts()
            return [row for row in rows if row["message_id"] in message_ids]

        return eventually(look, lambda rows: {row["message_id"] for row in rows} == message_ids)

    def resolved(self, message_ids: set[str], person_id: str) -> list[dict[str, Any]]:
        """Return the lake's events once each is the person's, or what there is."""
        lake = Lake.open(self.endpoints)

        def look() -> list[dict[str, Any]]:
            lake.refresh()
            rows = lake.query("SELECT * FROM events_resolved").dicts()
            return [row for row in rows if row["message_id"] in message_ids]

        def whole(rows: list[dict[str, Any]]) -> bool:
            people = {row["person_id"] for row in rows}
            return {row["message_id"] for row in rows} == message_ids and people == {person_id}

        return eventually(look, whole)

    def webhooks(self, message_ids: set[str]) -> dict[str, dict[str, Any]]:
        """Return the requests the webhook took for these messageIds, once all are there."""

        def look() -> dict[str, dict[str, Any]]:
            return {
                request["body"]["messageId"]: request
                for request in self.received()
                if request["path"] == "/webhook"
                and request["status"] == 200
                and request["body"]["messageId"] in message_ids
            }

        return eventually(look, lambda taken: set(taken) == message_ids)

    def received(self) -> list[dict[str, Any]]:
        """Return all that the sink got."""
        received: list[dict[str, Any]] = json.loads(get(f"{self.endpoints.sink}/_received"))
        return received

    def fail(self, times: int, *, about: str, status: int, retry_after: int) -> None:
        """Make the sink refuse what holds this text, so many times."""
        mode = {"fail": times, "about": about, "status": status, "retry_after": retry_after}
        post(f"{self.endpoints.sink}/_mode", mode)

    def forgive(self) -> None:
        """Make the sink work again, whatever the test before left."""
        post(f"{self.endpoints.sink}/_mode", {"fail": 0})


def eventually[T](look: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """Look until what is seen is wanted; after the patience, return what is seen, to be asserted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = look()
        if wanted(seen) or time.monotonic() > deadline:
            return seen
        time.sleep(0.25)


def get(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the body of a successful GET."""
    request = urllib.request.Request(url, headers=dict(headers or {}))
    with urllib.request.urlopen(request, timeout=30) as reply:
        body: bytes = reply.read()
        return body


def post(url: str, message: object, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """Return the status and the JSON of a POST, whatever its ending.

    The edge waits half a minute for a collector, as API Gateway does, and on two busy cores a cold one may
    take longer: who is told so comes again, as every client does.
    """
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    request = urllib.request.Request(url, body, dict(headers or {}))
    return eventually(lambda: _posted(request), lambda answer: answer != _NO_COLLECTOR_YET)


def _posted(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
