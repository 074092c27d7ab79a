"""A 200 is a promise, whatever the stream and the bucket do, and whenever the process dies.

`SEED=17` plays one schedule again, `SCHEDULES=20000` so many of them.
"""

from pathlib import Path

import pytest
from headwater.adapters.s3 import S3ObjectStore

from tests.fakes import MemoryStore
from tests.faults.lake import landed
from tests.faults.over_http import PlayedOverHttp, clouded
from tests.faults.over_ports import PlayedOverPorts
from tests.faults.promises import Promises
from tests.faults.schedule import blocks, schedules

_OVER_PORTS = blocks(schedules(), size=250)
_OVER_HTTP = blocks(schedules() // 20, size=25)


@pytest.mark.parametrize("block", _OVER_PORTS, ids=str)
def test_every_event_that_got_a_200_is_kept_and_once_in_the_lake(
    block: range, tmp_path: Path
) -> None:
    bucket = MemoryStore()
    promises = Promises(bucket, tmp_path)
    for seed in block:
        played = PlayedOverPorts(seed)
        promises.check(played)
        # Each schedule has its own bucket, so that thousands of faults stay apart: one lake of all.
        bucket.objects |= {
            key: body
            for key, body in played.store.objects.items()
            if key.startswith(("raw/", "rejected/"))
        }
        if seed == block[len(block) * 3 // 4]:
            promises.lake.compact(played.schedule)
            # What was compacted already comes once more, as it may.
            landed(played.records, bucket, played.schedule)

    promises.check_lake()
    promises.lake.compact(played.schedule)
    promises.check_lake()
    assert not list(bucket.list("raw/"))


@pytest.mark.enable_socket
@pytest.mark.parametrize("block", _OVER_HTTP, ids=str)
def test_it_is_so_over_http_with_the_real_clients(block: range, tmp_path: Path) -> None:
    with clouded() as over:
        bucket = S3ObjectStore(over.s3, "lake")
        promises = Promises(bucket, tmp_path)
        for seed in block:
            played = PlayedOverHttp(seed, over)
            promises.check(played)
            if seed == block[len(block) * 3 // 4]:
                promises.lake.compact(played.schedule)
                landed(played.records, bucket, played.schedule)

        played.schedule.healthy = True
        promises.check_lake()
        promises.lake.compact(played.schedule)
        played.schedule.healthy = True
        promises.check_lake()
        assert not list(bucket.list("raw/"))


def test_the_schedules_reach_every_ending() -> None:
    diaries = "\n".join("\n".join(PlayedOverPorts(seed).schedule.diary) for seed in range(150))

    for ending in (
        ": 200",
        ": 400",
        ": 503",
        ": no answer",
        "kinesis: throttled",
        "kinesis: half accepted, then timed out",
        "s3 put: done, then failed",
        "s3 put: died before",
        "s3 put: died after",
    ):
        assert ending in diaries


def test_a_schedule_is_the_same_every_time() -> None:
    first, again = PlayedOverPorts(7), PlayedOverPorts(7)

    assert first.schedule.diary == again.schedule.diary
    assert first.kept() == again.kept()
