"""A poisoned graph erases no strangers: what is refused, what waits for somebody's look, and what is done then."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import REQUESTS, Job
from headwater.erasure.person import UNCONFIRMED_IDS, Person, Unclear, find
from headwater.erasure.receipt import verified
from headwater.identity.people import MAX_DEVICES, MAX_USERS
from headwater.privacy.suppressions import key_of, published
from headwater.record import StoredEvent

from tests.erasure.world import World, said
from tests.identity.tables import log_all, run
from tests.unit.lake.bucket import arrive


def with_devices(count: int) -> list[StoredEvent]:
    return [said(f"d{n}", anonymous_id=f"device-{n:04}", user_id="ada") for n in range(count)]


def with_users(count: int) -> list[StoredEvent]:
    return [said(f"u{n}", "alias", user_id="ada", previous_id=f"ada-{n:04}") for n in range(count)]


def on_a_kiosk(users: int) -> list[StoredEvent]:
    return [said(f"k{n}", anonymous_id="kiosk", user_id=f"guest-{n}") for n in range(users)]


def a_world(directory: Path, *events: StoredEvent, **fields: Any) -> World:
    """What these events made of the identity table, and their lines, landed."""
    world = World(directory, **fields)
    run(list(events), world.table, Random(1), max_users=5)
    log_all(world.table.stream, world.table)
    arrive(world.store, events, sequence="1")
    return world


def job_of(world: World) -> Job:
    (key,) = (key for key in world.store.objects if key.startswith(REQUESTS))
    return Job.from_bytes(world.store.objects[key])


def stored(world: World) -> dict[str, bytes]:
    """All that is kept but for the request itself, who works on it, and the list without anybody."""
    assert not published(world.store)
    return {
        key: body
        for key, body in world.store.objects.items()
        if not key.startswith(("deletions/", "leases/", "suppressions/"))
    }


@pytest.mark.parametrize(
    ("events", "asked", "reason"),
    [
        (on_a_kiosk(6), ("anonymous", "kiosk"), "shared_device"),
        (with_devices(MAX_DEVICES + 1), ("user", "ada"), "too_many_ids"),
        (with_users(MAX_USERS + 1), ("user", "ada"), "too_many_ids"),
    ],
)
@pytest.mark.parametrize("confirmed", [False, True])
def test_whom_nobody_can_tell_from_strangers_is_refused_with_a_receipt(
    tmp_path: Path, events: list[StoredEvent], asked: Any, reason: str, confirmed: bool
) -> None:
    world = a_world(tmp_path, *events, confirmed=confirmed)
    before, items = stored(world), dict(world.table.items)
    world.ask(id_kind=asked[0], asked=asked[1])

    receipt = world.finish()

    assert receipt["outcome"] == f"refused: {reason}"
    assert receipt["ids"] == {"users": 0, "devices": 0, "sharedDevices": 0}
    assert verified(receipt, key=key_of(world.suppressions, lambda: b""))
    assert (stored(world), world.table.items) == (before, items)
    assert not any(key.startswith(REQUESTS) for key in world.store.objects)


@pytest.mark.parametrize("kind", [Kind.DELETE, Kind.SUPPRESS, Kind.ANONYMISE])
def test_of_many_ids_nothing_is_touched_until_somebody_has_looked(
    tmp_path: Path, kind: Kind
) -> None:
    world = a_world(tmp_path, *with_devices(UNCONFIRMED_IDS), kind=kind)
    before, items = stored(world), dict(world.table.items)
    job = world.ask(asked="ada")

    for _ in range(3):
        (ended,) = work_off(world.outside())
        assert (ended.status, ended.reason) == ("confirmation_needed", "21 ids")
    assert (stored(world), world.table.items) == (before, items)

    confirmed = Job.from_bytes(
        world.store.objects[job.key].replace(b'"confirmed":false', b'"confirmed":true')
    )
    assert confirmed.confirmed
    world.store.put(job.key, confirmed.to_bytes())

    receipt = world.finish()
    assert receipt["outcome"] == "done"
    assert receipt["ids"]["devices"] == UNCONFIRMED_IDS


def test_one_id_fewer_goes_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, *with_devices(UNCONFIRMED_IDS - 1))
    world.ask(asked="ada")

    (ended,) = work_off(world.outside())

    assert ended.status == "second_pass_due"
    assert published(world.store).anyone(users=["ada"], anonymous=[])


def test_to_read_what_is_held_nobody_has_to_look_first(tmp_path: Path) -> None:
    world = a_world(tmp_path, *with_devices(UNCONFIRMED_IDS), kind=Kind.EXPORT)
    world.ask(asked="ada")

    assert world.finish()["outcome"] == "done"


def test_as_many_as_a_profile_shows_can_be_erased(tmp_path: Path) -> None:
    world = a_world(tmp_path, *with_devices(MAX_DEVICES), confirmed=True)
    world.ask(asked="ada")

    receipt = world.finish()

    assert receipt["ids"] == {"users": 1, "devices": MAX_DEVICES, "sharedDevices": 0}
    assert receipt["stores"]["raw"]["found"] == MAX_DEVICES
    assert [pk for pk, _ in world.table.items if "ada" in pk or "device-" in pk] == []


def test_guests_of_a_kiosk_are_erased_alone(tmp_path: Path) -> None:
    """The shared device is nobody's: by a user's id only the user goes."""
    world = a_world(tmp_path, *on_a_kiosk(6))

    found = [
        find("user", f"guest-{n}", world.table, max_users_per_device=5, secret="5e" * 32)
        for n in range(6)
    ]

    assert all(isinstance(person, Person) and person.devices == () for person in found)
    kiosk = find("anonymous", "kiosk", world.table, max_users_per_device=5, secret="5e" * 32)
    assert kiosk == Unclear("shared_device")


def test_an_id_that_was_never_seen_stands_for_itself(tmp_path: Path) -> None:
    world = a_world(tmp_path, *with_devices(1))
    world.ask(asked="never-seen")

    receipt = world.finish()

    assert receipt["outcome"] == "done"
    assert receipt["ids"] == {"users": 1, "devices": 0, "sharedDevices": 0}
    assert published(world.store).anyone(users=["never-seen"], anonymous=[])
    assert not published(world.store).anyone(users=["ada"], anonymous=["device-0000"])
