"""What each kind of request leaves: who is let in again, who is not, and what is kept."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import a_job
from headwater.privacy.suppressed import Suppressed
from headwater.privacy.suppressions import published
from headwater.record import to_iso

from tests.erasure.world import BOB, LAPTOP, TABLET, USERS, World, hers, theirs
from tests.unit.lake.bucket import arrive, compact


def ask(
    world: World, kind: Kind, id_: str, *, asked: str = USERS[0], id_kind: Any = "user"
) -> None:
    """Write a request down; each has a number of its own."""
    job = a_job(
        id_, kind, id_kind, asked, requested_at=to_iso(world.now), secret="5e" * 32, confirmed=True
    )
    world.store.put(job.key, job.to_bytes())


def later(world: World, hours: int = 30) -> None:
    """Let the schedule call until then."""
    for _ in range(0, hours, 6):
        work_off(world.outside())
        world.now += timedelta(hours=6)
        for queue in world.queues.values():
            queue.reappear()
    work_off(world.outside())


def kept_out(world: World) -> bool:
    """Whether all that is hers alone is suppressed; nobody else ever is."""
    listed = published(world.store)
    assert not listed.anyone(users=[BOB, "user-10"], anonymous=[TABLET, f"{LAPTOP}-2"])
    hers_ = [listed.anyone(users=[user], anonymous=()) for user in USERS]
    hers_.append(listed.anyone(users=(), anonymous=[LAPTOP]))
    assert len(set(hers_)) == 1, "some of her ids, and some not"
    return hers_[0]


def test_to_suppress_keeps_what_is_there_and_lets_nothing_new_in(world: World) -> None:
    before = {key: body for key, body in world.store.objects.items() if key.startswith("events/")}
    items = dict(world.table.items)
    ask(world, Kind.SUPPRESS, "a")

    work_off(world.outside())

    assert kept_out(world)
    assert world.table.items == items
    assert all(world.store.objects[key] == body for key, body in before.items())
    ask(world, Kind.UNSUPPRESS, "b")
    work_off(world.outside())
    assert not kept_out(world)


def test_to_let_somebody_back_in_needs_no_more_than_the_id(seed: World, tmp_path: Path) -> None:
    """After an erasure nothing is known of the person: the id that is asked counts."""
    world = seed.copied(tmp_path)
    ask(world, Kind.SUPPRESS_WITH_DELETE, "a")
    later(world)
    assert kept_out(world)

    ask(world, Kind.UNSUPPRESS, "b")
    ask(world, Kind.UNSUPPRESS, "c", asked=LAPTOP, id_kind="anonymous")
    work_off(world.outside())

    listed = published(world.store)
    assert not listed.anyone(users=USERS[:1], anonymous=[LAPTOP])
    assert listed.anyone(users=USERS[1:], anonymous=())


@pytest.mark.parametrize(
    ("kind", "for_good"),
    [(Kind.DELETE, False), (Kind.ANONYMISE, False), (Kind.SUPPRESS_WITH_DELETE, True)],
)
def test_while_it_is_erased_everybody_is_kept_out_and_afterwards_by_kind(
    world: World, kind: Kind, for_good: bool
) -> None:
    ask(world, kind, "a")
    work_off(world.outside())
    assert kept_out(world)

    later(world)

    assert kept_out(world) is for_good


@pytest.mark.parametrize("kind", [Kind.DELETE, Kind.ANONYMISE])
@pytest.mark.parametrize("suppressed_hours_later", [-6, 6])
def test_who_is_suppressed_stays_so_when_an_erasure_ends(
    world: World, kind: Kind, suppressed_hours_later: int
) -> None:
    """Asked before or meanwhile: the erasure lifts its own suppression, and not the person's."""
    first, second = (kind, Kind.SUPPRESS)
    if suppressed_hours_later < 0:
        first, second = second, first
    ask(world, first, "a")
    later(world, 6)
    ask(world, second, "b")
    later(world, 60)

    assert not any(key.startswith("deletions/requests/") for key in world.store.objects)
    # Asked meanwhile, the id stood for itself alone: the registers were gone.
    assert published(world.store).anyone(users=USERS[:1], anonymous=())
    if suppressed_hours_later < 0:
        assert kept_out(world)


def test_of_two_erasures_the_first_to_end_lets_nobody_in(world: World) -> None:
    ask(world, Kind.DELETE, "a")
    later(world, 12)
    # By another id: the registers are gone, so this one knows the second account alone.
    ask(world, Kind.DELETE, "b", asked=USERS[1])
    work_off(world.outside())
    world.now += timedelta(hours=16)
    work_off(world.outside())

    assert "deletions/receipts/a.json" in world.store.objects
    listed = published(world.store)
    assert not listed.anyone(users=USERS[:1], anonymous=[LAPTOP])
    assert listed.anyone(users=USERS[1:], anonymous=())

    later(world)
    assert published(world.store) == Suppressed.of((), published(world.store).key)


def test_what_is_sent_again_while_it_is_erased_reaches_no_lake(world: World) -> None:
    ask(world, Kind.DELETE, "a")
    work_off(world.outside())
    arrive(world.store, [*hers("again"), *theirs("again")], at=world.now, sequence="again")

    compact(world.store, world.directory, world.now)

    # What is hers was dropped on the way, into the archive too; what is of others was not.
    places = world.residue(USERS)
    assert [place for place in places if not place.startswith("deletions/requests/")] == []
    (archived,) = (key for key in world.store.objects if "archive" in key and "again" in key)
    assert any(place.startswith(archived) for place in world.residue(["my-user-1"]))
