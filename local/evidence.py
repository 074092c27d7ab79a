"""What can be seen of a journey from outside: the lake, the identity table, the sink."""

import json
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.identity import traits
from headwater.ids import person_of_device, person_of_user

from local.athena import Lake
from local.deploy import client
from local.endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as the lake has it: how often, and whose it is by what is known now."""

    times: int
    person_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Who stands behind a device at one moment, by the identity table."""

    person_id: str
    user_id: str | None
    traits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event at a destination: how often it was taken, and the person ids it carried."""

    times: int = 0
    person_ids: frozenset[str] = field(default_factory=frozenset)


def kept(lake: Lake) -> Mapping[str, Kept]:
    """Return every event of the lake, by its messageId."""
    answer = lake.query(
        "SELECT message_id, person_id, count(*) AS times FROM events_resolved"
        " GROUP BY message_id, person_id"
    )
    found: dict[str, Kept] = {}
    for message_id, person_id, times in answer.rows:
        before = found.get(message_id, Kept(0, frozenset()))
        found[message_id] = Kept(before.times + times, before.person_ids | {person_id})
    return found


def violations(lake: Lake, message_ids: Iterable[str]) -> int:
    """Count the violations of the tracking plan among these events."""
    answer = lake.query("SELECT message_id, violations FROM events WHERE violations <> '[]'")
    wanted = set(message_ids)
    return sum(len(json.loads(found)) for message_id, found in answer.rows if message_id in wanted)


def known(endpoints: Endpoints, anonymous_id: str) -> Known:
    """Return who the device belongs to now, and what is known about them."""
    table = client("dynamodb", endpoints.aws)

    def item(pk: str, sk: str) -> dict[str, Any]:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        found = table.get_item(
            TableName=endpoints.tables["identity"], Key=key, ConsistentRead=True
        ).get("Item", {})
        return {name: next(iter(value.values())) for name, value in found.items()}

    user_id = item(f"A#{anonymous_id}", "O").get("owner")
    registers = [traits.from_item(item(f"T#a:{anonymous_id}", "T"))]
    if user_id is None:
        return Known(person_of_device(anonymous_id), None, traits.living(registers[0]))
    registers.append(traits.from_item(item(f"T#u:{user_id}", "T")))
    return Known(person_of_user(user_id), user_id, traits.living(traits.fold(registers)))


def delivered(endpoints: Endpoints) -> Mapping[str, Mapping[str, Delivered]]:
    """Return what the sink took, by destination (the path's first segment) and messageId."""
    with urllib.request.urlopen(f"{endpoints.sink}/_received", timeout=30) as reply:
        received = json.load(reply)
    taken: dict[str, dict[str, Delivered]] = {}
    for request in received:
        if request["status"] != 200:
            continue
        destination = taken.setdefault(request["path"].split("/")[1], {})
        for event in _events(request["body"]):
            before = destination.get(event["messageId"], Delivered())
            person_id = (event.get("identity") or {}).get("personId")
            destination[event["messageId"]] = Delivered(
                before.times + 1, before.person_ids | ({person_id} if person_id else set())
            )
    return taken


def _events(body: Any) -> Iterable[Mapping[str, Any]]:
    match body:
        case {"batch": list(batch)}:
            return batch
        case {"messageId": str()}:
            return [body]
        case _:
            return []
