"""The console's routes: the page, the live feed, and what the page asks for, as JSON.

- `GET /api/live`: server-sent events, each a list of new rows; `Last-Event-ID` goes on where one broke off
- `GET /api/console`: what this console looks at
- `GET /api/event?key=` or `?id=`: one line of the stream and its way; `&deliveries=1`: its deliveries
- `GET /api/person?id=&kind=`: somebody's graph; `GET /api/timeline?id=&kind=`: what they did (`&lake=1`: all)
- `GET /api/questions`, `GET /api/questions/<name>`: the saved queries, and one's answer
"""

import json
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qs

from headwater.errors import DependencyError
from headwater.identity.recent_events import MOST, recent_events
from headwater.ids import usable_id

from local.console.event_view import EventView
from local.console.live import CrowdedError, Live
from local.console.page_files import PageFiles
from local.console.person import IdKind, People
from local.console.questions import BusyError, Questions
from local.console.safety import HEADERS
from local.serving import Reply, Request

# A first look at what was there before; the page shows no more rows than this.
_AT_ONCE = 200
# Tells apart a page that listens from one that is gone, and keeps what is between from closing.
_SIGN_OF_LIFE_SECONDS = 5.0
# News comes bundled, so that a thousand events a second are ten messages.
_BUNDLE_SECONDS = 0.1

type Fields = Mapping[str, str]


class Console:
    """The application; `about` is what it tells of the deployment it looks at."""

    def __init__(
        self,
        *,
        about: Mapping[str, Any],
        epoch: str,
        live: Live,
        people: People,
        events: EventView,
        questions: Questions,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        """`epoch`: differs for every start, so that a page knows when the numbers begin anew."""
        self._about = about
        self._epoch = epoch
        self._live = live
        self._people = people
        self._events = events
        self._questions = questions
        self._now = now
        self._sleep = sleep
        self._page = PageFiles()
        self._routes: Mapping[str, Callable[[Fields], Reply]] = {
            "/api/console": lambda _: _json(dict(self._about)),
            "/api/event": self._event,
            "/api/person": self._person,
            "/api/timeline": self._timeline,
            "/api/questions": lambda _: _json(self._questions.all()),
        }

    def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path == "/api/live":
            return self._feed(request)
        if not request.path.startswith("/api/"):
            return self._page(request)
        try:
            return self._api(request)
        except BusyError:
            return _fault(HTTPStatus.SERVICE_UNAVAILABLE, "another question is being asked")
        except DependencyError as error:
            return _fault(HTTPStatus.BAD_GATEWAY, str(error))

    def _api(self, request: Request) -> Reply:
        fields = {name: values[0] for name, values in parse_qs(request.query).items()}
        route = self._routes.get(request.path)
        if route is not None:
            return route(fields)
        name = request.path.removeprefix("/api/questions/")
        answer = self._questions.answer(name)
        return _fault(HTTPStatus.NOT_FOUND, "no such path") if answer is None else _json(answer)

    def _feed(self, request: Request) -> Reply:
        epoch, _, number = (request.header("Last-Event-ID") or "").partition("-")
        seen = int(number) if epoch == self._epoch and number.isdecimal() else 0
        headers = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), *HEADERS)
        return Reply(HTTPStatus.OK, headers, stream=self._news(seen))

    def _news(self, seen: int) -> Generator[bytes]:
        try:
            with self._live.watching():
                yield b"retry: 1000\n\n"
                told_fault = ""
                while True:
                    before = seen
                    seen, lines = self._live.after(
                        seen, most=_AT_ONCE, wait_seconds=_SIGN_OF_LIFE_SECONDS
                    )
                    fault = self._live.fault
                    if not lines and fault == told_fault:
                        yield b": still here\n\n"
                        continue
                    told_fault = fault
                    news = {
                        "rows": [line.row for line in lines],
                        # Those that came before the console did are nobody's loss.
                        "skipped": seen - before - len(lines) if before else 0,
                        "fault": fault,
                    }
                    yield f"id: {self._epoch}-{seen}\ndata: {json.dumps(news)}\n\n".encode()
                    self._sleep(_BUNDLE_SECONDS)
        except CrowdedError:
            yield b"retry: 5000\nevent: crowded\ndata: {}\n\n"

    def _event(self, fields: Fields) -> Reply:
        found = self._events.find(
            key=fields.get("key"),
            message_id=fields.get("id"),
            deliveries="deliveries" in fields,
            now=self._now(),
        )
        return _fault(HTTPStatus.NOT_FOUND, "no such event") if found is None else _json(found)

    def _person(self, fields: Fields) -> Reply:
        id_, kind = _id_of(fields)
        profile = self._people.find(id_, kind) if id_ else None
        if profile is None:
            return _fault(HTTPStatus.NOT_FOUND, "nobody has this id yet")
        return _json(self._people.graph(profile))

    def _timeline(self, fields: Fields) -> Reply:
        id_, kind = _id_of(fields)
        profile = self._people.find(id_, kind) if id_ else None
        if profile is None:
            return _fault(HTTPStatus.NOT_FOUND, "nobody has this id yet")
        users, devices = set(profile.user_ids), set(profile.anonymous_ids)
        found: dict[str, Mapping[str, Any]] = {}
        if "lake" in fields:
            events = recent_events(profile.person_id, self._events.lake, now=self._now(), most=MOST)
            found = {event["messageId"]: _row(event) for event in events}
        for line in self._live.lines():
            row = line.row
            theirs = row.get("userId") in users or (
                row.get("userId") is None and row.get("anonymousId") in devices
            )
            if line.kind == "event" and theirs:
                found[str(row["messageId"])] = row
        newest = sorted(found.values(), key=lambda row: str(row["timestamp"]), reverse=True)
        return _json(newest[:_AT_ONCE])


def _id_of(fields: Fields) -> tuple[str | None, IdKind | None]:
    kinds: dict[str, Literal["user", "device"]] = {"user": "user", "device": "device"}
    return usable_id(fields.get("id")), kinds.get(fields.get("kind", ""))


def _row(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of the lake as a row of the page."""
    return {
        **{name: event[name] for name in ("messageId", "type", "userId", "anonymousId")},
        "kind": "event",
        "title": event["event"] or event["name"] or "",
        "source": event["sourceId"],
        "timestamp": event["timestamp"],
        "receivedAt": event["receivedAt"],
    }


def _json(content: object) -> Reply:
    headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *HEADERS)
    return Reply(HTTPStatus.OK, headers, json.dumps(content, default=str).encode())


def _fault(status: HTTPStatus, message: str) -> Reply:
    headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *HEADERS)
    return Reply(status, headers, json.dumps({"message": message}).encode())
