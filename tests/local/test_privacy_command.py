"""`make privacy`: whom it shows, what it asks before it writes, and when it stops watching."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import RECEIPTS
from headwater.erasure.person import Person
from headwater.errors import DependencyError

from local.privacy_command import (
    Means,
    PrivacyCommandError,
    check_receipt,
    confirm,
    follow,
    kind_of,
    shown,
    subject,
)
from tests.erasure.world import LAPTOP, USERS, World, seeded


@pytest.fixture
def world(tmp_path: Path) -> World:
    return seeded(tmp_path)


def means(world: World, call_eraser: Callable[[], object] | None = None) -> Means:
    clock = iter(range(0, 1_000_000, 30))
    return Means(
        store=world.store,
        call_eraser=call_eraser or (lambda: work_off(world.outside())),
        sleep=lambda _: None,
        seconds=lambda: float(next(clock)),
        now=lambda: world.now,
    )


def test_a_request_is_followed_to_its_second_pass_and_then_to_its_receipt(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = world.ask()
    follow(job.id, means(world))
    assert "a second pass follows" in capsys.readouterr().out

    # The day after, whoever looks sees it through and does not wait for the schedule.
    world.now += timedelta(hours=27)
    follow(job.id, means(world))
    said = capsys.readouterr().out
    assert '"outcome": "done"' in said
    assert USERS[0] not in said

    file = tmp_path / "receipt.json"
    file.write_bytes(world.store.get(f"{RECEIPTS}{job.id}.json"))
    check_receipt(file, world.store)
    assert "genuine" in capsys.readouterr().out
    changed = orjson.loads(file.read_bytes())
    changed["stores"]["raw"]["found"] += 1
    file.write_bytes(orjson.dumps(changed))
    with pytest.raises(PrivacyCommandError, match="not as this deployment wrote it"):
        check_receipt(file, world.store)
    file.write_text("no receipt")
    with pytest.raises(PrivacyCommandError, match="no receipt"):
        check_receipt(file, world.store)
    with pytest.raises(PrivacyCommandError, match="no such request"):
        follow("0" * 32, means(world))


def test_a_person_of_many_ids_waits_until_somebody_has_looked(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("headwater.erasure.job.UNCONFIRMED_IDS", 2)
    before = dict(world.store.objects)
    job = world.ask()

    follow(job.id, means(world))

    assert "CONFIRM=1" in capsys.readouterr().out
    assert {key: world.store.objects[key] for key in before} == before
    follow(job.id, means(world), confirm=True)
    assert "a second pass follows" in capsys.readouterr().out


def test_whom_it_reaches_is_shown_and_the_shared_device_is_told_apart() -> None:
    lines = list(shown(Person(users=USERS, devices=(LAPTOP,), shared=("tablet",))))

    assert lines[0] == "4 ids of one person:"
    assert [line for line in lines if "others use it too" in line] == [
        "  device  tablet (others use it too: their events stay, it is not suppressed)"
    ]


def test_many_ids_are_typed_back_before_anything_is_written() -> None:
    many = Person(users=tuple(f"u{number}" for number in range(21)))

    confirm(many, Kind.DELETE, lambda _: " 21 ")
    confirm(many, Kind.EXPORT, lambda _: "no")
    confirm(replace(many, users=many.users[:20]), Kind.DELETE, lambda _: "never asked")
    with pytest.raises(PrivacyCommandError):
        confirm(many, Kind.DELETE, lambda _: "yes")


def test_what_is_asked_must_be_said_exactly() -> None:
    assert subject({"PRIVACY_USER": "o'hara $(x)"}) == ("user", "o'hara $(x)")
    assert subject({"PRIVACY_DEVICE": "d"}) == ("anonymous", "d")
    for environ in ({}, {"PRIVACY_USER": "u", "PRIVACY_DEVICE": "d"}, {"PRIVACY_USER": "null"}):
        with pytest.raises(PrivacyCommandError):
            subject(environ)
    with pytest.raises(PrivacyCommandError):
        kind_of("forget")


def test_an_eraser_that_cannot_be_called_is_said(world: World) -> None:
    def broken() -> None:
        raise DependencyError("Lambda Invoke: ThrottlingException")

    with pytest.raises(DependencyError):
        follow(world.ask().id, means(world, broken))
