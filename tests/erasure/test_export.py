"""What a person gets to read: everything of theirs from every store, nothing of anybody else, and nothing changed."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.stores import EXPORTS, STORES
from headwater.privacy.suppressions import published

from tests.erasure.scan import forms, found
from tests.erasure.world import ANNA, BOB, LAPTOP, OTHERS, TABLET, USERS, World, hers

# Stores without an export: queues hold copies on their way, the last two are answers that were given.
LEFT_OUT = {"deliveries-queue", "dead-letter-queue", "exports", "athena"}
# Her events by the number they have in `hers`, wherever they are stored.
_HERS = re.compile(rb"[a-z0-9-]+-a[1-6]\b")
_STORED_AT = {
    "spill": "spill/",
    "raw": "raw/",
    "archive": "archive/",
    "events": "events/",
    "parked": "parked/",
    "undeliverable": "undeliverable/",
    "spill-done": "spill-done/",
    "failed-batches": "aws/lambda/",
}


@pytest.fixture
def world(seed: World, tmp_path: Path) -> World:
    return seed.copied(tmp_path, kind=Kind.EXPORT)


def exported(world: World) -> dict[str, list[Any]]:
    """What was written for her, by store."""
    lines: dict[str, list[Any]] = {}
    for key, body in sorted(world.store.objects.items()):
        if key.startswith(f"{EXPORTS}req-1/") and key.endswith(".jsonl"):
            store = key.rpartition("/")[2].rpartition("-")[0]
            lines.setdefault(store, []).extend(map(orjson.loads, body.splitlines()))
    return lines


def message_ids(world: World, prefix: str) -> set[bytes]:
    """Her messages under a prefix, found without a word of the code that exports them."""
    return {
        message
        for key, body in world.store.objects.items()
        if key.startswith(prefix)
        for form in forms(body, world.directory)
        for message in _HERS.findall(form)
    }


@pytest.fixture
def before(world: World) -> dict[str, set[bytes]]:
    return {store: message_ids(world, prefix) for store, prefix in _STORED_AT.items()}


def test_every_event_of_hers_is_shown_from_every_store(
    world: World, before: dict[str, set[bytes]]
) -> None:
    world.ask()
    world.finish()

    shown = exported(world)
    assert all(before[store] for store in _STORED_AT)
    for store, messages in before.items():
        written = orjson.dumps(shown.get(store, []), default=str)
        assert set(_HERS.findall(written)) == messages, store
    assert len(shown["events"]) == len(hers("x")) * 2
    assert {line["original"].get("userId") for line in shown["rejected"]} == {USERS[0], None}
    assert len(shown["rejected"]) == 3
    assert len(shown["failed"]) == 3  # one that can be read, and two by the id in their text
    assert {line["id_value"] for line in shown["identity-changes"]} <= {*ANNA}
    registers = {line["pk"] for line in shown["identity"]}
    assert {f"A#{LAPTOP}", f"A#{TABLET}", f"U#{USERS[0]}", f"T#u:{USERS[0]}"} <= registers


def test_no_store_is_forgotten(world: World) -> None:
    world.ask()
    receipt = world.finish()

    named = {store.name for store in STORES}
    assert set(receipt["stores"]) == named
    assert {name for name, counts in receipt["stores"].items() if not counts["found"]} == {
        *LEFT_OUT,
        "deliveries",
        "event-copies",
    }
    assert {name: len(lines) for name, lines in exported(world).items()} == {
        name: counts["found"] for name, counts in receipt["stores"].items() if counts["found"]
    }


def test_nobody_else_is_in_it(world: World) -> None:
    others = [
        BOB,
        *(id_ for pair in OTHERS for id_ in pair if id_ not in {"user", "device-of-anna"}),
    ]
    world.ask()
    world.finish()

    files = [(key, body) for key, body in world.store.objects.items() if "exports/req-1" in key]
    assert len(files) > 10
    assert found(files, others, world.directory) == []
    shown = exported(world)
    assert not any("invitedBy" in orjson.dumps(line).decode() for line in shown["events"])
    # She learns that the tablet is hers, and not who else used it.
    (tablet,) = (line for line in shown["identity"] if line["pk"] == f"A#{TABLET}")
    assert tablet["us"] == [USERS[0]]


def test_nothing_but_the_export_is_written_and_nobody_is_asked_or_suppressed(world: World) -> None:
    objects, items = dict(world.store.objects), dict(world.table.items)
    queues = {name: queue.bodies for name, queue in world.queues.items()}
    world.ask()
    world.finish()

    written = {key for key, body in world.store.objects.items() if objects.get(key) != body}
    assert all(
        key.startswith((EXPORTS, "deletions/receipts/", "leases/", "suppressions/"))
        for key in written
    )
    assert objects.keys() <= world.store.objects.keys()
    assert world.table.items == items
    assert {name: queue.bodies for name, queue in world.queues.items()} == queues
    assert world.http.sent == []
    assert not published(world.store)


def test_the_page_sums_up_what_is_there(world: World) -> None:
    world.ask()
    receipt = world.finish()

    page = world.store.objects[f"{EXPORTS}req-1/summary.md"].decode()
    for id_ in (*USERS, LAPTOP, TABLET, f"{USERS[0]}@example.com"):
        assert f"`{id_}`" in page
    for store in STORES:
        count = receipt["stores"][store.name]["found"]
        assert (f"- {store.name}: {count}\n" in page) == bool(count)


@dataclass
class Hourglass:
    """Lets so many things be done in each run."""

    each: int
    left: int = 0

    def turn(self) -> None:
        self.left = self.each

    def may_go_on(self) -> bool:
        self.left -= 1
        return self.left > 0


@pytest.mark.parametrize("each", [2, 7, 20])
def test_written_in_many_runs_it_is_the_same(world: World, tmp_path: Path, each: int) -> None:
    whole = world.copied(tmp_path / "whole", kind=Kind.EXPORT)
    for one in (whole, world):
        one.ask()
    receipt = whole.finish()
    glass = Hourglass(each)

    def run() -> Iterator[int]:
        for number in range(2_000):
            glass.turn()
            work_off(world.outside(may_go_on=glass.may_go_on))
            if not any(key.startswith("deletions/requests/") for key in world.store.objects):
                return
            yield number

    runs = len(list(run()))

    assert runs > 1
    assert sorted(map(str, _lines(world))) == sorted(map(str, _lines(whole)))
    assert world.finish()["stores"] == receipt["stores"]


def _lines(world: World) -> list[Any]:
    return [(store, line) for store, lines in exported(world).items() for line in lines]


def test_who_is_unknown_gets_an_empty_page(tmp_path: Path) -> None:
    world = World(tmp_path, kind=Kind.EXPORT)
    world.store.put("raw/dt=2026-03-01/hr=10/x.ndjson.gz", gzip.compress(b'{"userId":"user-1"}\n'))
    world.ask(asked="never-seen-before")

    receipt = world.finish()

    assert exported(world) == {}
    assert "- none" in world.store.objects[f"{EXPORTS}req-1/summary.md"].decode()
    assert receipt["outcome"] == "done"
