"""Whatever the interleaving, the crashes and the replays: one answer. And each guard is needed.

The same examples each time; `FUZZ=50` plays 50 times as many, and new ones.
"""

import os
from typing import Any

import pytest
from headwater.identity.device import Claim, Device
from headwater.identity.store import IdentityStore
from headwater.ports import WriteResult
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.identity.machine import IdentityMachine

_STEADY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
_TIMES = int(os.environ.get("FUZZ", "0"))


def tried(examples: int) -> settings:
    return settings(_STEADY, max_examples=examples * (_TIMES or 1), derandomize=not _TIMES)


def test_any_interleaving_ends_as_the_reference_resolver_says() -> None:
    run_state_machine_as_test(IdentityMachine, settings=tried(100))


class WithoutCondition(IdentityStore):
    """A store whose table believes a weaker condition."""

    weaker: tuple[str, str | None] = ("", None)

    def __init__(self, table: Any, **settings: Any) -> None:
        super().__init__(_Weakened(table, *self.weaker), **settings)


class _Weakened:
    def __init__(self, table: Any, prefix: str, condition: str | None) -> None:
        self._table = table
        self._prefix = prefix
        self._condition = condition
        self.get, self.query = table.get, table.query

    def update(self, pk: str, sk: str, **expressions: Any) -> WriteResult:
        if pk.startswith(self._prefix):
            expressions["condition"] = self._condition
        result: WriteResult = self._table.update(pk, sk, **expressions)
        return result


class FirstArrivalOwns(IdentityStore):
    """The first user to be written owns the device, whenever it happened."""

    def claim(self, claim: Claim) -> None:
        device = self._device(claim.anonymous_id)
        if device.owner is None:
            device = self._set_owner(device, claim)
        if device.missing(claim.users):
            self._remember_users(device, claim)


class LastWriteOwns(IdentityStore):
    """The owner is written whenever it looks smaller than what was read, with no condition."""

    def _set_owner(self, device: Device, claim: Claim) -> Device:
        result = self._table.update(
            f"A#{claim.anonymous_id}",
            "O",
            update="SET #o=:u, ots=:t, k=:k, v=if_not_exists(v,:zero)+:one ADD us :us",
            condition=None,
            names={"#o": "owner"},
            values={
                ":u": claim.owner,
                ":t": claim.since,
                ":k": 2,
                ":zero": 0,
                ":one": 1,
                ":us": set(claim.users),
            },
        )
        return self._keep(claim.anonymous_id, result)


class TraitsWithoutVersion(WithoutCondition):
    """Read, join and write back, hoping nobody else does."""

    weaker = ("T#", None)


class UnionOfWhatMayBeNoRoot(WithoutCondition):
    """A parent is written over whatever parent there is."""

    weaker = ("P#", None)


class ParentsMayOnlyDecrease(WithoutCondition):
    """Plausible and wrong: a second, smaller parent drops the branch that hung on the first."""

    weaker = ("P#", "attribute_not_exists(parent) OR parent>:low")


@pytest.mark.parametrize(
    ("unsafe", "kind"),
    [
        (FirstArrivalOwns, "track"),
        (LastWriteOwns, "track"),
        (TraitsWithoutVersion, "identify"),
        (UnionOfWhatMayBeNoRoot, "alias"),
        (ParentsMayOnlyDecrease, "alias"),
    ],
)
def test_each_unsafe_variant_is_caught(unsafe: type[IdentityStore], kind: str) -> None:
    machine = type("UnsafeMachine", (IdentityMachine,), {"store": unsafe, "kinds": (kind,)})

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            machine,
            settings=settings(_STEADY, max_examples=3_000, phases=[Phase.generate]),
        )


@pytest.mark.parametrize("kind", ["track", "identify", "alias"])
def test_the_same_machine_finds_nothing_against_the_store_as_it_is(kind: str) -> None:
    machine = type("OneKindMachine", (IdentityMachine,), {"kinds": (kind,)})

    run_state_machine_as_test(machine, settings=tried(40))
