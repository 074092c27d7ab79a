from datetime import UTC, datetime, timedelta

import pytest
from headwater.identity.effective_time import effective_time
from headwater.record import SourceKind, SourceReference

from tests.examples import a_stored_track

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
MILLISECONDS = 1_772_366_400_000


def at(ago: timedelta, kind: SourceKind) -> int:
    event = a_stored_track(
        timestamp=RECEIVED - ago, received_at=RECEIVED, source=SourceReference("shop", kind)
    )
    return effective_time(event) - MILLISECONDS


@pytest.mark.parametrize(
    ("ago", "browser", "server"),
    [
        (timedelta(0), 0, 0),
        (timedelta(minutes=1), -60_000, -60_000),
        (timedelta(hours=24), -86_400_000, -86_400_000),
        (timedelta(hours=24, milliseconds=1), 0, -86_400_001),
        (timedelta(days=365), 0, -31_536_000_000),
        (timedelta(milliseconds=-1), 0, 0),
        (timedelta(days=-3650), 0, 0),
    ],
)
def test_an_event_counts_when_it_happened_unless_its_key_or_clock_cannot_be_believed(
    ago: timedelta, browser: int, server: int
) -> None:
    assert (at(ago, "browser"), at(ago, "server")) == (browser, server)


def test_a_clock_before_2000_is_no_clock() -> None:
    just_before = RECEIVED - datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)
    just_then = RECEIVED - datetime(2000, 1, 1, tzinfo=UTC)

    assert at(just_before, "server") == 0
    assert at(just_then, "server") == 946_684_800_000 - MILLISECONDS
