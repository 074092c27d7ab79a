"""A 200 is a promise, whatever the stream and the bucket do, and whenever the process dies."""

import pytest

from tests.faults.schedule import Played

_BLOCKS = 20
_SCHEDULES_A_BLOCK = 110


def broken(played: Played, lost: set[str]) -> str:
    diary = "\n  ".join(played.schedule.diary)
    return f"Played({played.schedule.seed}) lost {sorted(lost)}:\n  {diary}"


@pytest.mark.parametrize("block", range(_BLOCKS))
def test_every_event_that_got_a_200_is_in_the_stream_or_the_spill(block: int) -> None:
    for seed in range(block * _SCHEDULES_A_BLOCK, (block + 1) * _SCHEDULES_A_BLOCK):
        played = Played(seed)

        assert not (lost := played.promised - played.kept()), broken(played, lost)
        assert not (lost := played.promised - played.redriven()), broken(played, lost)
        assert not [key for key in played.store.objects if key.startswith("spill/")]


def test_the_schedules_reach_every_ending() -> None:
    diaries = "\n".join("\n".join(Played(seed).schedule.diary) for seed in range(200))

    for ending in (
        ": 200",
        ": 503",
        ": no answer",
        "kinesis: throttled",
        "kinesis: half accepted, then timed out",
        "s3 put: done, then failed",
        "s3 put: died after",
    ):
        assert ending in diaries


def test_a_schedule_is_the_same_every_time() -> None:
    first, again = Played(7), Played(7)

    assert first.schedule.diary == again.schedule.diary
    assert first.kept() == again.kept()
