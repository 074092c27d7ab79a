"""What a client sent, on the wire and in the lake: each event once, as the client meant it."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local.deploy import client
from local.endpoints import Endpoints
from tests.e2e.clients.front import Exchange, taken
from tests.e2e.stack import PATIENCE_SECONDS

# Calls by type and name (an event's, a page's, a screen's), with how often each was made.
type Called = Counter[tuple[str, str | None]]

# How the pipeline's own rules and the wire may differ: times are stored in milliseconds.
_MILLISECOND = timedelta(milliseconds=1)


class RawLines:
    """The lines of the lake's raw objects, also after the compactor moved them."""

    def __init__(self, endpoints: Endpoints) -> None:
        """Read the bucket of these endpoints."""
        self._s3 = client("s3", endpoints.aws)
        self._bucket = endpoints.bucket
        self._objects: set[str] = set()
        self._lines: dict[bytes, dict[str, Any]] = {}

    def of(self, message_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return every line with one of these messageIds, once all of them are there.

        The very same line twice is one: the stream may be given it again when its answer was late.
        """
        wanted = set(message_ids)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._read()
            found = [line for line in self._lines.values() if line["messageId"] in wanted]
            if {line["messageId"] for line in found} == wanted or time.monotonic() > deadline:
                return found
            time.sleep(0.25)

    def _read(self) -> None:
        for prefix in ("raw/", "archive/raw/"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for entry in (entry for page in pages for entry in page.get("Contents", ())):
                key = entry["Key"].removeprefix("archive/")
                if key in self._objects:
                    continue
                try:
                    answer = self._s3.get_object(Bucket=self._bucket, Key=entry["Key"])
                except self._s3.exceptions.NoSuchKey:
                    continue  # the compactor moved it in between: it is in the archive
                lines = gzip.decompress(answer["Body"].read()).splitlines()
                self._lines |= {line: json.loads(line) for line in lines}
                self._objects.add(key)


def assert_landed_once(
    uploads: Sequence[Exchange], raw: RawLines, *, calls: Called, kind: str
) -> list[dict[str, Any]]:
    """Check that these calls and no others were taken, once each, and are stored as they were sent.

    Returns the stored events in the order of the wire.
    """
    delivered = Counter(taken(uploads))
    sent = {
        message["messageId"]: (message, exchange)
        for exchange in uploads
        if exchange.status == 200
        for message in exchange.messages
    }
    assert Counter(_call(message) for message, _ in sent.values()) == calls
    assert {id_: times for id_, times in delivered.items() if times > 1} == {}, "sent again"

    stored = raw.of(sent)
    assert Counter(line["messageId"] for line in stored) == Counter(sent.keys())
    by_id = {line["messageId"]: line for line in stored}
    for message_id, (message, exchange) in sent.items():
        assert _seen(by_id[message_id]) == _meant(message, exchange, kind)
        _assert_times(by_id[message_id], message)
    return [by_id[message_id] for message_id in sent]


def _call(message: Mapping[str, Any]) -> tuple[str, str | None]:
    return message["type"], message.get("event") or message.get("name") or None


def _seen(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("type", "anonymousId", "userId", "groupId", "previousId", "event", "name", "category")
    return {
        **{name: line[name] for name in names},
        "properties": line["properties"],
        "source": line["source"]["kind"],
        "originalTimestamp": line["originalTimestamp"],
    }


def _meant(message: Mapping[str, Any], exchange: Exchange, kind: str) -> dict[str, Any]:
    names = ("anonymousId", "userId", "groupId", "previousId", "event", "name", "category")
    type_ = message.get("type") or exchange.request.path.rpartition("/")[2]
    return {
        "type": type_,
        # Null and "" are how clients say "absent".
        **{name: message.get(name) or None for name in names},
        "properties": message.get("properties") or {},
        "source": kind,
        "originalTimestamp": message.get("timestamp") or message.get("originalTimestamp"),
    }


def _assert_times(line: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    original = _moment(line["originalTimestamp"])
    corrected = _moment(line["receivedAt"]) - (_moment(message["sentAt"]) - original)
    assert (
        abs(_moment(line["timestamp"]) - min(corrected, _moment(line["receivedAt"])))
        <= _MILLISECOND
    )
    assert (
        timedelta(0)
        <= _moment(line["receivedAt"]) - _moment(line["timestamp"])
        < timedelta(minutes=5)
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
