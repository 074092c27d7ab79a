"""Somebody's graph: what the page shows of before sign-up and of after."""

from random import Random

import pytest
from headwater.ids import person_of_device, person_of_user

from local.console.person import People
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import stored
from tests.identity.tables import log_all, run


def said(minute: int, **fields: object) -> dict[str, object]:
    at = f"2026-03-01T12:{minute:02}:00.000Z"
    return {"messageId": f"m-{minute}", "timestamp": at, "receivedAt": at, **fields}


JOURNEY = [
    said(1, type="identify", anonymousId="laptop", traits={"email": "p@initec.example"}),
    said(2, type="identify", anonymousId="laptop", userId="peter", traits={"name": "Peter"}),
    said(3, type="track", event="Opened", anonymousId="phone"),
    said(4, type="identify", anonymousId="phone", userId="peter", traits={"plan": "pro"}),
]
ALIAS = said(5, type="alias", userId="peter", previousId="pete")


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable()


@pytest.fixture
def people(table: MemoryTable) -> People:
    return People(table, max_users_per_device=5)


def happen(table: MemoryTable, *messages: dict[str, object]) -> None:
    before = len(table.stream)
    run([stored(message) for message in messages], table, Random(1), max_users=5)
    log_all(table.stream[before:], table)


def test_before_sign_up_a_visitor_stands_alone_with_what_was_said(
    table: MemoryTable, people: People
) -> None:
    happen(table, JOURNEY[0])

    profile = people.find("laptop", None)
    assert profile is not None
    graph = people.graph(profile)

    assert (graph["personId"], graph["userIds"]) == (person_of_device("laptop"), [])
    (device,) = graph["devices"]
    assert (device["linkedAt"], device["owner"]) == (None, None)
    assert device["traits"]["email"]["value"] == "p@initec.example"


def test_after_it_the_devices_are_one_person_and_each_keeps_its_moment(
    table: MemoryTable, people: People
) -> None:
    happen(table, *JOURNEY)

    profile = people.find("phone", "device")
    assert profile is not None
    graph = people.graph(profile)

    assert (graph["personId"], graph["userIds"]) == (person_of_user("peter"), ["peter"])
    assert [
        (each["id"], each["linkedAt"][11:16], each["linkedBy"]) for each in graph["devices"]
    ] == [
        ("laptop", "12:02", "m-2"),
        ("phone", "12:04", "m-4"),
    ]
    # What was known before is still told as the device's own.
    assert list(graph["devices"][0]["traits"]) == ["email"]
    assert list(graph["users"][0]["traits"]) == ["name", "plan"]
    assert sorted(graph["traits"]) == ["email", "name", "plan"]


def test_an_alias_is_told_with_whom_it_joined_and_when(table: MemoryTable, people: People) -> None:
    happen(table, *JOURNEY, ALIAS)

    profile = people.find("peter", "user")
    assert profile is not None
    (merge,) = people.graph(profile)["merges"]

    assert (merge["users"], merge["by"], merge["at"][11:16]) == (["pete", "peter"], "m-5", "12:05")


def test_a_visitor_that_said_nothing_is_somebody_when_named_as_a_device(people: People) -> None:
    assert people.find("new", None) is None
    profile = people.find("new", "device")
    assert profile is not None
    assert people.graph(profile)["personId"] == person_of_device("new")
