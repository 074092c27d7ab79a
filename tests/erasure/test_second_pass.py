"""The second pass: what the stream still held is found, and a crash in it changes nothing of the end."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import RECEIPTS
from headwater.ports import HttpResponse
from headwater.privacy.suppressions import published

from tests.erasure.mortal import Fate
from tests.erasure.test_drill import EVERY, counts_of, end, finish_after_death
from tests.erasure.test_forwarding import Vendors, a_vendor
from tests.erasure.world import USERS, World, hers, theirs
from tests.unit.lake.bucket import arrive

# The first pass has its own share of moments in the drill.
STEP = EVERY if EVERY == 1 else EVERY * 3


@pytest.fixture
def due(seed: World, tmp_path: Path) -> World:
    """A deletion whose second pass is due, with what a consumer was late with, and a vendor still down."""
    world = seed.copied(tmp_path / "due", kind=Kind.DELETE)
    world.configured = (a_vendor("crm"),)
    world.vendor = Vendors([HttpResponse(503)])
    world.ask()
    work_off(world.outside())
    arrive(world.store, [*hers("late"), *theirs("late")], at=world.now, sequence="late")
    assert any(place.startswith("raw/") for place in world.residue())
    world.now += timedelta(hours=27)
    return world


def again(world: World, directory: Path) -> World:
    copy = world.copied(directory, kind=world.kind, now=world.now, configured=world.configured)
    copy.vendor = Vendors([HttpResponse(503)])
    return copy


def test_it_is_done_when_the_stream_has_forgotten_and_not_before(due: World) -> None:
    due.now -= timedelta(hours=2)
    (job,) = work_off(due.outside())
    assert job.status == "second_pass_due"
    assert due.residue() != []

    due.now += timedelta(hours=2)
    (job,) = work_off(due.outside())

    assert job.status == "done"
    assert due.residue() == []
    assert not published(due.store).anyone(users=USERS, anonymous=())


def test_interrupted_at_any_moment_of_it_the_end_is_the_same(due: World, tmp_path: Path) -> None:
    whole = again(due, tmp_path / "whole")
    fate = Fate()
    work_off(whole.outside(fate))
    wanted, wanted_receipt = end(whole), counts_of(whole.finish())
    assert whole.residue() == []
    # The last moments: the receipt, what is forgotten after it, the lease.
    moments = {*range(1 + fate.moments % STEP, fate.moments + 1, STEP)}
    moments |= {*range(fate.moments - 4, fate.moments + 1)}

    for moment in sorted(moments):
        world = again(due, tmp_path / f"{moment}")

        receipt = counts_of(finish_after_death(world, moment))

        assert end(world) == wanted, moment
        assert receipt == wanted_receipt, moment
        assert world.residue() == [], moment
        assert not published(world.store).anyone(users=USERS, anonymous=()), moment


def test_its_receipt_is_written_once_and_is_the_only_thing_left(due: World) -> None:
    work_off(due.outside())
    left = [key for key in due.store.objects if key.startswith("deletions/")]
    receipt = due.store.objects[f"{RECEIPTS}req-1.json"]
    assert left == [f"{RECEIPTS}req-1.json"]

    due.now += timedelta(days=1)

    assert work_off(due.outside()) == []
    assert due.store.objects[f"{RECEIPTS}req-1.json"] == receipt


def dates(receipt: dict[str, Any]) -> list[str]:
    return [receipt["requestedAt"], receipt["firstPassAt"], receipt["finishedAt"]]


def test_the_receipt_tells_both_passes(due: World) -> None:
    receipt = due.finish()

    assert dates(receipt) == sorted(dates(receipt))
    assert receipt["destinations"] == {"crm": "manual: http_503"}
    assert receipt["stores"]["raw"]["objects"] == 2  # one a pass
