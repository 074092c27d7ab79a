"""When it happened, whatever the client's clock says."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from headwater.enrichments.timestamps import timestamps
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON, a_received, a_stored_track, enriched_by


def happened(original: str | None, sent_at: datetime | None) -> datetime:
    event = a_stored_track(original_timestamp=original, sent_at=sent_at)
    enriched = enriched_by(timestamps, event, a_received())
    assert enriched.original_timestamp == original
    return enriched.timestamp


def test_a_wrong_clock_is_corrected_by_what_it_said_on_sending() -> None:
    ten_years_slow = NOON.replace(year=2016)

    moment = happened((ten_years_slow - timedelta(minutes=5)).isoformat(), ten_years_slow)

    assert moment == NOON - timedelta(minutes=5)


def test_a_clock_that_runs_fast_is_corrected_too() -> None:
    fast = NOON + timedelta(hours=3)

    assert happened((fast - timedelta(seconds=1)).isoformat(), fast) == NOON - timedelta(seconds=1)


def test_an_import_keeps_its_old_times() -> None:
    assert happened("2012-12-02T00:30:12.984Z", NOON) == datetime(
        2012, 12, 2, 0, 30, 12, 984_000, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("original", "sent_at", "moment"),
    [
        (None, None, NOON),
        (None, NOON, NOON),
        ("soon", NOON, NOON),
        ("0", None, NOON),
        ("2026-03-01T11:00:00Z", None, NOON - timedelta(hours=1)),
        ("2026-03-01T13:00:00Z", None, NOON),
        ("2026-03-01T13:00:00Z", NOON, NOON),
        ("9999-12-31T23:59:59Z", datetime(1, 1, 1, tzinfo=UTC), NOON),
        ("2026-03-01T11:00:00Z", datetime(9999, 12, 31, tzinfo=UTC), NOON - timedelta(hours=1)),
        ("2026-03-01T11:00:00Z", datetime(2126, 3, 1, tzinfo=UTC), NOON - timedelta(hours=1)),
        ("0099-01-01T00:00:00Z", NOON, NOON),
        ("1969-12-31T23:59:59Z", None, NOON),
    ],
)
def test_what_is_missing_or_absurd_falls_back_to_the_next_simpler_answer(
    original: str | None, sent_at: datetime | None, moment: datetime
) -> None:
    assert happened(original, sent_at) == moment


_moments = st.datetimes(timezones=st.just(UTC))


@given(st.none() | st.text() | _moments.map(datetime.isoformat), st.none() | _moments)
def test_the_answer_is_always_between_1970_and_the_arrival(
    original: str | None, sent_at: datetime | None
) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) <= happened(original, sent_at) <= NOON


# How clients write a time (the reference of their sources): JavaScript, Python, PHP in its own zone, .NET.
_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "javascript": lambda moment: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    "python": lambda moment: moment.isoformat(timespec="microseconds"),
    "php": lambda moment: moment.astimezone(timezone(timedelta(hours=-5, minutes=-30))).isoformat(),
    "dotnet": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z",
}
_SKEWS = {
    "right": timedelta(0),
    "a second fast": timedelta(seconds=1),
    "an hour slow": -timedelta(hours=1),
    "a day fast": timedelta(days=1),
    "a zone taken for UTC": timedelta(hours=-8),
    "a year slow": -timedelta(days=365),
    "ten years fast": timedelta(days=3_650),
    "at the battery's first day, 2001": datetime(2001, 1, 1, tzinfo=UTC) - NOON,
}
_WAITS = (timedelta(0), timedelta(seconds=30), timedelta(hours=9), timedelta(days=6))


@pytest.mark.parametrize("written", _FORMATS)
@pytest.mark.parametrize("skew", _SKEWS)
def test_whatever_the_clock_says_the_moment_is_the_arrival_less_the_wait(
    skew: str, written: str
) -> None:
    for wait in _WAITS:
        clock_on_sending = NOON + _SKEWS[skew]

        moment = happened(_FORMATS[written](clock_on_sending - wait), clock_on_sending)

        assert moment == NOON - wait
