"""When an event counts as having happened, for deciding who was first and what is newest."""

from datetime import UTC, date, datetime, timedelta

from headwater.record import StoredEvent

# A clock that is older than this was never set (R7). Without the rule one dead clock owns a device
# for ever, because the first owner wins.
_PLAUSIBLE_FROM = datetime(2000, 1, 1, tzinfo=UTC)

# A browser's key is public: whoever knows it could date an event before everybody else's and take
# over a device's history. Browser queues hold hours, not days; servers may import years.
BROWSER_MAX_AGE = timedelta(hours=24)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def effective_time(event: StoredEvent) -> int:
    """Return when the event happened, in milliseconds since 1970 (R7).

    The corrected timestamp; or the time it was received, when that timestamp is in the future,
    before 2000, or more than a day back under a browser's key.
    """
    said, received = event.timestamp, event.received_at
    earliest = received - BROWSER_MAX_AGE if event.source.kind == "browser" else _PLAUSIBLE_FROM
    if not max(earliest, _PLAUSIBLE_FROM) <= said <= received:
        said = received
    return (said - _EPOCH) // _MILLISECOND


def moment(milliseconds: int) -> datetime:
    """Return an effective time as a moment."""
    return _EPOCH + milliseconds * _MILLISECOND


def day_of(number: int) -> date:
    """Return a day counted from 1970 as a date."""
    return (_EPOCH + timedelta(days=number)).date()
