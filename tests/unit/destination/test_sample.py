"""A share of the people, the same ones each time."""

import pytest
from headwater.destination.sample import sampler
from headwater.record import Identity, StoredEvent

from tests.examples import a_stored_track


def of_device(number: int, **overrides: str) -> StoredEvent:
    identity = Identity(anonymous_id=f"device-{number}", user_id=overrides.get("user_id"))
    return a_stored_track(f"message-{number}", identity=identity)


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.9])
def test_the_share_of_many_devices_is_what_was_asked_for(share: float) -> None:
    sampled = sampler(share, destination_id="crm")

    part = sum(sampled(of_device(number)) for number in range(4_000)) / 4_000

    # Five standard deviations of a coin thrown 4,000 times.
    assert part == pytest.approx(share, abs=5 * (share * (1 - share) / 4_000) ** 0.5)


def test_a_device_is_in_or_out_with_all_its_events_before_and_after_log_in() -> None:
    sampled = sampler(0.5, destination_id="crm")

    for number in range(100):
        assert sampled(of_device(number)) is sampled(of_device(number, user_id=f"user-{number}"))


def test_a_larger_share_keeps_those_of_the_smaller() -> None:
    small, large = (sampler(share, destination_id="crm") for share in (0.2, 0.6))

    assert all(large(of_device(n)) for n in range(1_000) if small(of_device(n)))


def test_two_destinations_do_not_leave_out_the_same_people() -> None:
    one, two = (sampler(0.5, destination_id=name) for name in ("one", "two"))

    both = sum(one(of_device(number)) and two(of_device(number)) for number in range(4_000))
    assert both == pytest.approx(1_000, abs=150)


def test_who_has_no_device_is_told_by_user_and_who_has_neither_by_event() -> None:
    sampled = sampler(0.5, destination_id="crm")

    def answers(identity: Identity) -> set[bool]:
        return {
            sampled(a_stored_track(f"message-{number}", identity=identity)) for number in range(50)
        }

    assert len(answers(Identity(user_id="user-1"))) == 1
    assert answers(Identity()) == {True, False}
