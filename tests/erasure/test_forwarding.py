"""The vendors are asked to erase too: which ones, how often, with which ids, and what the receipt says of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from headwater.destination import Configured, Request, Subject
from headwater.erasure.forwarding import unasked
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.ports import HttpRequest, HttpResponse

from tests.erasure.scan import found
from tests.erasure.world import BOB, LAPTOP, OTHERS, TABLET, USERS, World
from tests.unit.test_deliver import Settings, a_destination

# Two accounts, of which an alias made one a device too, the laptop, and an e-mail.
CALLS = 5
# What was under way may reach a vendor after its first answer: the second pass asks again.
PASSES = 2


@pytest.fixture
def world(seed: World, tmp_path: Path) -> World:
    """Everybody in the identity table, and empty stores: vendors are what it is about."""
    made = seed.copied(tmp_path)
    made.store.objects.clear()
    for queue in made.queues.values():
        queue.waiting.clear()
    return made


def by_user(subject: Subject, settings: Settings) -> Sequence[Request]:
    """A vendor that files people under their user ids, e-mails and devices, each by a call."""
    known = (*subject.user_ids, *subject.anonymous_ids, *subject.emails)
    return [Request(url="https://vendor.example/erase", json={"id": id_}) for id_ in known]


def knows_nobody(subject: Subject, settings: Settings) -> Sequence[Request]:
    return []


def defective(subject: Subject, settings: Settings) -> Sequence[Request]:
    raise ZeroDivisionError(subject.user_ids)


def a_vendor(id_: str, **given: Any) -> Configured:
    enabled = given.pop("enabled", True)
    return replace(a_destination(**{"delete": by_user, **given}), id=id_, enabled=enabled)


@dataclass
class Vendors:
    """Answers in turn; the last one for ever."""

    answers: Sequence[HttpResponse]
    asked: list[HttpRequest] = field(default_factory=list)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def of(world: World, *answers: HttpResponse, **given: Any) -> Vendors:
    """One vendor, `crm`, that answers so."""
    world.configured = (a_vendor("crm", **given),)
    world.vendor = vendors = Vendors(answers or [HttpResponse(200)])
    return vendors


def bodies(world: World) -> list[str]:
    return [(request.body or b"").decode() for request in world.http.sent]


def said(world: World) -> dict[str, str]:
    world.ask()
    destinations: dict[str, str] = world.finish()["destinations"]
    return destinations


def test_a_vendor_is_asked_for_all_that_is_the_persons_and_nobody_elses(world: World) -> None:
    of(world)

    assert said(world) == {"crm": "asked"}

    wanted = [*USERS, LAPTOP, f"{USERS[0]}@example.com"]
    assert len(bodies(world)) == CALLS * PASSES
    for id_ in wanted:
        assert any(id_ in body for body in bodies(world)), id_
    # The tablet is the household's, there too.
    strangers = [BOB, TABLET, *(id_ for pair in OTHERS for id_ in pair)]
    sent = [(request.url, request.body or b"") for request in world.http.sent]
    assert found(sent, strangers, world.directory) == []


def test_every_destination_is_in_the_receipt_and_only_those_with_a_call_are_asked(
    world: World,
) -> None:
    world.configured = (
        a_vendor("asked"),
        a_vendor("no-call", delete=None),
        a_vendor("off", enabled=False),
        a_vendor("holds-none", delete=knows_nobody),
        a_vendor("defective", delete=defective),
        a_vendor("small", max_bytes=3),
        a_vendor("no-secret", given={"key": "secret:never-made"}),
    )

    destinations = said(world)

    assert destinations == {
        "asked": "asked",
        "no-call": "manual: no call to erase",
        "off": "manual: switched off",
        "holds-none": "holds none of the ids",
        "defective": "manual: ZeroDivisionError",
        "small": "manual: too_large",
        "no-secret": "manual: DependencyError",
    }
    assert len(world.http.sent) == CALLS * PASSES
    # What the operator was told before is what it says afterwards.
    for destination in world.configured:
        assert unasked(destination) in ("", destinations[destination.id])


@pytest.mark.parametrize(
    ("answers", "ended"),
    [
        ([202], "asked"),
        ([404], "asked"),  # it never knew them
        ([400], "manual: http_400"),
        ([501], "manual: http_501"),
        ([503, 200], "asked"),
        ([429, 0, 401, 200], "asked"),
        ([503], "manual: http_503"),
        ([401], "manual: http_401"),
    ],
)
def test_what_passes_is_asked_again_and_what_does_not_is_left_to_somebody(
    world: World, answers: list[int], ended: str
) -> None:
    of(world, *(HttpResponse(status, fault="" if status else "timeout") for status in answers))

    assert said(world) == {"crm": ended}


def test_a_vendor_that_is_down_is_asked_by_every_run_and_not_once_more_when_it_has_answered(
    world: World,
) -> None:
    vendor = of(world, *[HttpResponse(503)] * 3, HttpResponse(200))
    world.ask()
    asked = []
    for _ in range(8):
        work_off(world.outside())
        asked.append(len(vendor.asked))
        world.now += timedelta(minutes=15)

    # A call a run while it is down; then all of them, and no more, long before the second pass.
    assert asked == [1, 2, 3, *[3 + CALLS] * 5]
    assert world.finish()["destinations"] == {"crm": "asked"}
    assert len(vendor.asked) == 3 + CALLS * PASSES


@pytest.mark.parametrize("kind", [Kind.SUPPRESS, Kind.UNSUPPRESS, Kind.EXPORT])
def test_nobody_is_asked_to_erase_for_what_erases_nothing(
    seed: World, tmp_path: Path, kind: Kind
) -> None:
    world = seed.copied(tmp_path, kind=kind)
    of(world)

    assert said(world) == {}
    assert world.http.sent == []


@pytest.mark.parametrize("runs_out_after", [1, 2, 3])
def test_time_that_ends_between_two_vendors_leaves_none_out(
    world: World, runs_out_after: int
) -> None:
    world.configured = tuple(a_vendor(f"crm-{number}") for number in range(4))
    world.ask()
    work_off(world.outside(may_go_on=lambda: len(world.http.sent) < CALLS * runs_out_after))
    assert len(world.http.sent) == CALLS * runs_out_after

    destinations = world.finish()["destinations"]

    assert destinations == {f"crm-{number}": "asked" for number in range(4)}
    assert len(world.http.sent) == CALLS * 4 * PASSES


def test_without_time_for_the_last_vendor_no_receipt_is_written(world: World) -> None:
    world.configured = (a_vendor("first"), a_vendor("last"))
    world.vendor = vendor = Vendors([HttpResponse(503)])
    world.ask()
    work_off(world.outside())
    world.now += timedelta(hours=27)
    asked = len(vendor.asked)

    def until_the_first_is_asked() -> bool:
        return len(vendor.asked) == asked

    work_off(world.outside(may_go_on=until_the_first_is_asked))
    assert not any("receipts" in key for key in world.store.objects)

    assert world.finish()["destinations"] == {
        "first": "manual: http_503",
        "last": "manual: http_503",
    }
