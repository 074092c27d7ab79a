"""The receiving end of the demo's destinations: it keeps every request it got, and can fail on demand.

- any path: recorded in memory and in an NDJSON file, answered `200 {"success": true}`
- `GET /_received`: what was recorded, oldest first (`?after=N` skips the first N)
- `POST /_mode {"fail": 3, "status": 503, "retry_after": 1, "about": "text"}`: answer the next 3 requests
  so, or the next 3 whose body holds the text; all but "fail" may be left out; they are recorded too
- `POST /_reset`: forget everything, fail no more
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from local.serving import MAX_BODY_BYTES, Reply, Request

# Enough for a demo and its tests; a load test counts in the file.
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the sink got it, and the status it answered."""

    at: datetime
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int

    def to_json(self) -> dict[str, Any]:
        """Return it as `/_received` and the file show it."""
        return {
            "at": self.at.isoformat(timespec="milliseconds"),
            "method": self.method,
            "path": self.path,
            "headers": dict(self.headers),
            "body": self.body,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class _Failures:
    left: int = 0
    status: int = 503
    retry_after: int | None = None
    about: str = ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)


class Sink:
    """An application that plays the vendor: a CRM's webhook, or a second pipeline."""

    def __init__(self, file: Path, *, clock: Callable[[], datetime]) -> None:
        """Record into the file, which is begun anew."""
        self._file = file
        self._clock = clock
        self._lock = Lock()
        self._received: list[Received] = []
        self._failures = _Failures()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")

    def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        match request.method, request.path:
            case "GET", "/_received":
                return self._list(request)
            case "POST", "/_mode":
                return self._switch(request)
            case "POST", "/_reset":
                return self._reset()
            case _:
                return self._record(request)

    def about(self, text: str) -> list[Received]:
        """Return the requests whose body holds the text, oldest first."""
        with self._lock:
            kept = list(self._received)
        return [received for received in kept if text in json.dumps(received.body)]

    def _record(self, request: Request) -> Reply:
        body = _inflated(request)
        with self._lock:
            failures = self._failures
            fails = failures.left > 0 and failures.about.encode() in body
            status = failures.status if fails else 200
            self._failures = replace(failures, left=failures.left - fails)
            received = Received(
                self._clock(),
                request.method,
                request.path,
                {name.lower(): value for name, value in request.headers},
                _parsed(body),
                status,
            )
            if len(self._received) < _KEPT:
                self._received.append(received)
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(received.to_json()) + "\n")
        wait = () if status == 200 else failures.headers
        return _json(status, {"success": status == 200}, *wait)

    def _list(self, request: Request) -> Reply:
        after = parse_qs(request.query).get("after", ["0"])[0]
        with self._lock:
            kept = self._received[int(after) if after.isdecimal() else 0 :]
        return _json(200, [received.to_json() for received in kept])

    def _switch(self, request: Request) -> Reply:
        mode = _parsed(request.body)
        try:
            retry_after = mode.get("retry_after")
            failures = _Failures(
                int(mode["fail"]),
                int(mode.get("status", 503)),
                None if retry_after is None else int(retry_after),
                str(mode.get("about", "")),
            )
        except (TypeError, KeyError, ValueError, AttributeError):
            return _json(400, {"message": 'say {"fail": <how many>, "status": <which>}'})
        with self._lock:
            self._failures = failures
        return _json(200, {"fail": failures.left, "status": failures.status})

    def _reset(self) -> Reply:
        with self._lock:
            self._received.clear()
            self._failures = _Failures()
        return _json(200, {})


def _inflated(request: Request) -> bytes:
    if request.header("Content-Encoding") != "gzip":
        return request.body
    try:
        # What the edge's own limit is for a body as sent is the limit for one unpacked.
        return zlib.decompressobj(wbits=31).decompress(request.body, MAX_BODY_BYTES)
    except zlib.error:
        return request.body


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace") or None


def _json(status: int, answer: object, *headers: tuple[str, str]) -> Reply:
    return Reply(
        status, (("Content-Type", "application/json"), *headers), json.dumps(answer).encode()
    )
