"""Where an event went: accepted, landed, stitched, and what each destination did with it.

Every step says what is known and nothing else: an event of the last seconds is on its way, and the page
asks again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headwater.destination import Configured
from headwater.errors import DependencyError
from headwater.lake.keys import archive_key, raw_key, rejected_key
from headwater.ports import EventLake, ObjectStore
from headwater.record import StoredEvent, to_iso

from local.console.person import People
from local.console.told import Told
from local.refusals import refusal

# What a destination has not done by then is waiting, and comes with another question.
_TRIES_SHOWN = 20
_DAYS_OF_TRIES = 2

# What a destination's vendor was asked with a messageId in it, and answered; only the local sink can say.
type Answers = Callable[[str, str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Ways:
    """What tells of an event's way."""

    store: ObjectStore
    lake: EventLake
    people: People
    destinations: Sequence[Configured]
    answers: Answers

    def landed(self, line: Told) -> dict[str, Any]:
        """Find the object that holds the line, by its place in the stream."""
        key_of = rejected_key if line.kind == "rejected" else raw_key
        beginning = key_of(line.arrived_at, line.shard, "", "").removesuffix("-.ndjson.gz")
        for prefix, state in ((beginning, "landed"), (archive_key(beginning), "compacted")):
            for found in self.store.list(prefix):
                if _holds(found.key, line):
                    return {"state": state, "key": found.key, "at": to_iso(found.modified_at)}
        return {"state": "waiting"}

    def person(self, event: StoredEvent) -> dict[str, Any]:
        """Say whose the event is by what is known now."""
        identity = event.identity
        if identity.user_id is not None:
            profile = self.people.find(identity.user_id, "user")
        elif identity.anonymous_id is not None:
            profile = self.people.find(identity.anonymous_id, "device")
        else:
            return {"state": "nobody"}
        if profile is None:
            return {"state": "nobody"}
        return {
            "state": "known" if profile.user_ids else "anonymous",
            "personId": profile.person_id,
            "userIds": list(profile.user_ids[:3]),
        }

    def of_old(self, row: Mapping[str, str | None]) -> list[dict[str, Any]]:
        """Return what destinations did with an event of which only the lake's row is left."""
        received_at = datetime.fromisoformat(str(_as_iso(row["received_at"])))
        tries = self._tries(str(row["message_id"]), str(row["source_id"]), received_at)
        return [
            {"id": id_, "type": "", "state": _state(mine, expected=True), "why": "", "tries": mine}
            for id_, mine in sorted(tries.items())
        ]

    def deliveries(self, event: StoredEvent) -> dict[str, Any]:
        """Return every destination with its tries; when the lake does not answer, that is said."""
        try:
            tries = self._tries(event.message_id, event.source.id, event.received_at)
        except DependencyError as error:
            return {"fault": str(error), "destinations": list(self._destinations(event, {}))}
        return {"fault": "", "destinations": list(self._destinations(event, tries))}

    def _destinations(
        self, event: StoredEvent, tries: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> Iterator[dict[str, Any]]:
        for one in self.destinations:
            why = refusal(event, one)
            mine = tries.get(one.id, ())
            yield {
                "id": one.id,
                "type": one.integration,
                "state": _state(mine, expected=why is None),
                "why": why or "",
                "tries": list(mine),
                "answers": list(self.answers(one.id, event.message_id)),
            }

    def _tries(
        self, message_id: str, source_id: str, received_at: datetime
    ) -> dict[str, list[Mapping[str, Any]]]:
        days = ", ".join(
            f"'{received_at + timedelta(days=day):%Y-%m-%d}'" for day in range(_DAYS_OF_TRIES)
        )
        rows = self.lake.rows(
            "SELECT destination_id, outcome, reason, attempt, tried_at FROM deliveries"  # noqa: S608
            f" WHERE dt IN ({days}) AND message_id = {quoted(message_id)}"
            f" AND source_id = {quoted(source_id)} ORDER BY tried_at, attempt LIMIT {_TRIES_SHOWN * 10}"
        )
        tries: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            mine = tries.setdefault(str(row["destination_id"]), [])
            if len(mine) < _TRIES_SHOWN:
                mine.append({**row, "tried_at": _as_iso(row["tried_at"])})
        return tries


def quoted(text: str) -> str:
    """Write a text as an SQL literal; a quote in it is doubled, and nothing else has a meaning there."""
    return "'" + text.replace("'", "''") + "'"


def _holds(key: str, line: Told) -> bool:
    """Whether the object, named by the first and the last sequence number in it, holds the line."""
    _, _, name = key.rpartition(f"{line.shard}-")
    first, _, last = name.removesuffix(".ndjson.gz").partition("-")
    return int(first) <= int(line.sequence) <= int(last)


def _state(tries: Iterable[Mapping[str, Any]], *, expected: bool) -> str:
    outcomes = [str(one["outcome"]) for one in tries]
    if "delivered" in outcomes:
        return "delivered"
    if outcomes:
        return outcomes[-1]
    return "queued" if expected else "not sent"


def _as_iso(text: str | None) -> str | None:
    return text and text[:23].replace(" ", "T") + "Z"
