"""Vendors on loopback with every bad habit, each in its own dialect; what they took they remember.

A vendor takes a batch as a whole or in part, refuses one poisoned event, or does one of the things that
vendors do: it throttles in five spellings, fails, hangs, drips, breaks off, talks nonsense.
"""

import base64
import gzip
import json
import random
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.examples import NOON
from tests.vendor import Asked, Vendor, drip, reply, reset

POISON = "message-13"

type Entries = list[dict[str, Any]]
type Answer = tuple[int, Any]


@dataclass(frozen=True)
class Dialect:
    """How one vendor writes and answers; positions in its answers are those of the batch."""

    settings: Mapping[str, Any]
    entries: Callable[[Any], Entries]
    id_of: Callable[[dict[str, Any]], str]
    deduplicates: bool
    taken: Callable[[Entries], Answer]
    # What it says when it takes all but the entries at these places; None: it takes a batch or not.
    partly: Callable[[list[int], Entries, bool], Answer] | None = None
    # What it says with a 200 that is none.
    refusal_in_200: Answer | None = None


def _kinesis(places: list[int], entries: Entries, forever: bool) -> Answer:
    code = "MalformedRecord" if forever else "ProvisionedThroughputExceededException"
    records = [{"ErrorCode": code} if at in places else {} for at in range(len(entries))]
    return 200, {"Records": records}


def _sqs(places: list[int], entries: Entries, forever: bool) -> Answer:
    failed = [
        {"Id": entries[at]["Id"], "SenderFault": forever, "Code": "ServiceUnavailable"}
        for at in places
    ]
    return 200, {"Failed": failed}


def _stored(entry: dict[str, Any]) -> dict[str, Any]:
    """Read the event in a Kinesis record."""
    event: dict[str, Any] = json.loads(base64.b64decode(entry["Data"]))
    return event


DIALECTS: Mapping[str, Dialect] = {
    "segment_relay": Dialect(
        settings={"write_key": "test-write-key"},
        entries=lambda body: body["batch"],
        id_of=lambda entry: entry["messageId"],
        deduplicates=True,
        taken=lambda entries: (200, {"success": True}),
    ),
    "mixpanel": Dialect(
        settings={"token": "test-token", "api_secret": "test-secret"},
        entries=lambda body: body,
        id_of=lambda entry: entry["properties"]["$insert_id"],
        deduplicates=True,
        taken=lambda entries: (200, {"code": 200, "num_records_imported": len(entries)}),
        partly=lambda places, entries, forever: (
            400,
            {"code": 400, "failed_records": [{"index": at, "field": "time"} for at in places]},
        ),
    ),
    "tiktok_events": Dialect(
        settings={"pixel_code": "test-pixel", "access_token": "test-token"},
        entries=lambda body: body["data"],
        id_of=lambda entry: entry["event_id"],
        deduplicates=True,
        taken=lambda entries: (200, {"code": 0}),
        refusal_in_200=(200, {"code": 40100, "message": "too many requests"}),
    ),
    "kinesis": Dialect(
        settings={"region": "eu-west-1", "stream": "shop"},
        entries=lambda body: body["Records"],
        id_of=lambda entry: _stored(entry)["messageId"],
        deduplicates=True,
        taken=lambda entries: (200, {"Records": [{} for _ in entries]}),
        partly=_kinesis,
    ),
    "sqs": Dialect(
        settings={
            "region": "eu-west-1",
            "queue_url": "https://sqs.eu-west-1.amazonaws.com/1/shop.fifo",
        },
        entries=lambda body: body["Entries"],
        id_of=lambda entry: entry["MessageDeduplicationId"],
        deduplicates=True,
        taken=lambda entries: (200, {"Successful": [{"Id": one["Id"]} for one in entries]}),
        partly=_sqs,
    ),
}

_SOON = int(NOON.timestamp()) + 90
REFUSALS: Mapping[str, tuple[int, dict[str, str]]] = {
    "server error": (500, {}),
    "unavailable": (503, {"Retry-After": "20"}),
    "throttled for seconds": (429, {"Retry-After": "30"}),
    "throttled until a date": (429, {"Retry-After": "Sun, 01 Mar 2026 13:00:00 GMT"}),
    "throttled until a second": (429, {"X-RateLimit-Reset": str(_SOON)}),
    "throttled until a millisecond": (429, {"X-RateLimit-Reset": f"{_SOON}000"}),
    "throttled, by the draft": (429, {"RateLimit-Reset": "45"}),
    "throttled without a word": (429, {}),
    "throttled with nonsense": (429, {"Retry-After": "soon"}),
    "unauthorized": (401, {}),
    "forbidden": (403, {}),
    "late": (408, {}),
    "too large": (413, {}),
}


def _hang(connection: socket.socket, there: Vendor) -> None:
    there.closing.wait(10)


def _garbage(connection: socket.socket, there: Vendor) -> None:
    connection.sendall(b"\x00\xff not http at all\r\n\r\n")
    reset(connection)


MISHAPS: Mapping[str, Callable[[socket.socket, Vendor], None]] = {
    "hang": _hang,
    "drip": lambda connection, there: drip(connection, b"HTTP/1.1 200 OK" * 9, there, every=0.02),
    "reset": lambda connection, there: reset(connection),
    "garbage": _garbage,
}

HABITS = [
    *["take"] * 7,
    *["take in part"] * 3,
    "take and reset",
    "take and hang",
    "a 200 that is none",
    *REFUSALS,
    *MISHAPS,
]


@dataclass
class MoodyVendor:
    """`taken` counts by id what the vendor took; `identities` are the bodies it saw under each id."""

    dialect: Dialect
    mood: random.Random
    taken: Counter[str] = field(default_factory=Counter)
    identities: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    habits: Counter[str] = field(default_factory=Counter)
    _deck: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked, connection: socket.socket, there: Vendor) -> None:
        body = asked.body
        if asked.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        entries = self.dialect.entries(json.loads(body))
        ids = [self.dialect.id_of(entry) for entry in entries]
        for entry, known_as in zip(entries, ids, strict=True):
            # The place in a batch is the batch's; all else must be the same each time.
            own = {name: value for name, value in entry.items() if name != "Id"}
            self.identities[known_as].add(orjson.dumps(own, option=orjson.OPT_SORT_KEYS))
        if not self._deck:
            # All of them in some order before any comes again, so that a run meets every one.
            self._deck = self.mood.sample(HABITS, k=len(HABITS))
        habit = self._deck.pop()
        self.habits[habit] += 1
        if habit in REFUSALS:
            status, headers = REFUSALS[habit]
            return reply(connection, status, headers=headers)
        if habit in MISHAPS:
            return MISHAPS[habit](connection, there)
        if habit == "a 200 that is none" and self.dialect.refusal_in_200:
            return self._answer(connection, self.dialect.refusal_in_200)
        answer = self._take(habit, entries, ids)
        if habit == "take and reset":
            return reset(connection)
        if habit == "take and hang":
            return _hang(connection, there)
        return self._answer(connection, answer)

    def _take(self, habit: str, entries: Entries, ids: list[str]) -> Answer:
        dialect = self.dialect
        if POISON in ids:
            if dialect.partly is None:
                return 400, {"message": "one of these is wrong", "code": 40002}
            refused = [ids.index(POISON)]
            self.taken.update(known_as for known_as in ids if known_as != POISON)
            return dialect.partly(refused, entries, True)
        # Mixpanel names what is wrong for good: it has no word for "later" of a part.
        if habit == "take in part" and dialect.partly and dialect is not DIALECTS["mixpanel"]:
            refused = sorted(self.mood.sample(range(len(ids)), k=max(1, len(ids) // 3)))
            self.taken.update(one for at, one in enumerate(ids) if at not in refused)
            return dialect.partly(refused, entries, False)
        self.taken.update(ids)
        return dialect.taken(entries)

    def _answer(self, connection: socket.socket, answer: Answer) -> None:
        status, body = answer
        reply(connection, status, json.dumps(body).encode())
