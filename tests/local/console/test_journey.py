"""Where an event went: the object that holds it, whose it is, and each destination's word."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from headwater.destination.routing import RULES
from headwater.destinations import check
from headwater.errors import DependencyError
from headwater.lake.landing import land

from local.console.event_view import EventView
from local.console.journey import Ways, quoted
from local.console.live import Live
from local.console.person import People
from local.console.told import told
from local.refusals import REFUSALS
from tests.examples import NOON, a_stored_track, a_workspace
from tests.fakes import MemoryStore
from tests.identity.memory_table import MemoryTable
from tests.local.console.lines import REJECTED, event_line, record


class MemoryLake:
    """A lake that answers with the rows it was given, and remembers the questions."""

    def __init__(self, *rows: Mapping[str, str | None], fault: str = "") -> None:
        self.answer = list(rows)
        self.asked: list[str] = []
        self.fault = fault

    def rows(self, sql: str) -> Sequence[Mapping[str, str | None]]:
        self.asked.append(sql)
        if self.fault:
            raise DependencyError(self.fault)
        return self.answer


HOOK = {"id": "hook", "type": "webhook", "settings": {"url": "https://vendor.example/in"}}
DESTINATIONS = check(a_workspace(destinations=[HOOK, {**HOOK, "id": "pages", "events": ["page"]}]))


def ways(lake: MemoryLake, store: MemoryStore | None = None) -> Ways:
    return Ways(
        store=store or MemoryStore(),
        lake=lake,
        people=People(MemoryTable(), max_users_per_device=5),
        destinations=DESTINATIONS,
        answers=lambda destination, text: (
            [{"at": "2026-03-01T12:00:01.000+00:00", "status": 200}]
            if (destination, text) == ("hook", "message-1")
            else []
        ),
    )


def tried(outcome: str, reason: str = "", attempt: str = "0") -> dict[str, str | None]:
    at = "2026-03-01 12:00:01.000"
    said = {"outcome": outcome, "reason": reason, "attempt": attempt, "tried_at": at}
    return {"destination_id": "hook", **said}


def states(found: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one["state"] for one in found["destinations"]}


def test_the_object_that_holds_a_line_is_found_by_its_place_in_the_stream() -> None:
    store = MemoryStore()
    records = [
        record(event_line("m-1"), sequence="98"),
        record(event_line("m-2"), REJECTED, sequence="101"),
    ]
    land(records[:1], store)
    taken, refused = told(records[1])
    lake = MemoryLake()

    assert ways(lake, store).landed(taken) == {"state": "waiting"}
    land(records[1:], store)
    raw, rejected = ways(lake, store).landed(taken), ways(lake, store).landed(refused)
    assert (raw["state"], raw["key"].split("/")[0]) == ("landed", "raw")
    assert raw["key"].endswith("-101-101.ndjson.gz")
    assert (rejected["state"], rejected["key"].split("/")[0]) == ("landed", "rejected")
    store.move(raw["key"], f"archive/{raw['key']}")
    assert ways(lake, store).landed(taken)["state"] == "compacted"


@pytest.mark.parametrize(
    ("tries", "state"),
    [
        ([], "queued"),
        ([tried("delivered")], "delivered"),
        ([tried("waiting", "http_503"), tried("delivered", attempt="1")], "delivered"),
        ([tried("waiting", "http_503")], "waiting"),
        ([tried("waiting", "http_503"), tried("undeliverable", "http_400")], "undeliverable"),
    ],
)
def test_a_destination_s_state_is_that_of_its_tries(
    tries: list[dict[str, str | None]], state: str
) -> None:
    found = ways(MemoryLake(*tries)).deliveries(a_stored_track())

    assert states(found) == {"hook": state, "pages": "not sent"}
    hook, pages = found["destinations"]
    assert [one["reason"] for one in hook["tries"]] == [one["reason"] for one in tries]
    assert hook["answers"][0]["status"] == 200
    assert pages["why"] == REFUSALS["_set_up"]


def test_why_an_event_goes_nowhere_is_said_of_every_rule() -> None:
    assert set(REFUSALS) == {rule.__name__ for rule in RULES}
    switched_off = a_stored_track(integrations={"All": False})

    found = ways(MemoryLake()).deliveries(switched_off)

    assert found["destinations"][0]["why"] == REFUSALS["_wanted"]


def test_a_lake_that_does_not_answer_is_said_and_nothing_made_up() -> None:
    found = ways(MemoryLake(fault="Athena: throttled")).deliveries(a_stored_track())

    assert found["fault"] == "Athena: throttled"


def test_a_message_id_is_a_text_in_the_question_whatever_it_holds() -> None:
    lake = MemoryLake()
    ways(lake).deliveries(a_stored_track(message_id="x' OR '1'='1"))

    assert "message_id = 'x'' OR ''1''=''1'" in lake.asked[0]
    assert quoted("it's") == "'it''s'"


def test_an_event_that_left_the_stream_is_looked_for_in_the_lake() -> None:
    row = dict.fromkeys(
        ["message_id", "type", "event", "name", "user_id", "anonymous_id", "source_id", "person_id"]
    ) | {"message_id": "m-old", "timestamp": "2026-02-28 12:00:00", "violations": "[]"}
    row |= {"received_at": "2026-02-28 12:00:01.000", "source_id": "shop-web"}
    lake = MemoryLake(row | tried("delivered"))
    live = Live(object(), pause_seconds=1)  # type: ignore[arg-type]
    view = EventView(live, ways(lake), lake)

    found = view.find(key=None, message_id="m-old", deliveries=True, now=NOON)

    assert found is not None
    assert found["landed"] == {"state": "lake"}
    assert states(found["deliveries"]) == {"hook": "delivered"}
    assert "dt >= '2026-02-23'" in lake.asked[0]
    lake.answer = []
    assert view.find(key=None, message_id="m-gone", deliveries=True, now=NOON) is None
    assert view.find(key="shard:1:0", message_id=None, deliveries=True, now=NOON) is None
