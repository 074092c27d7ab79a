"""The days' salts: tomorrow's is made before it is needed, and one that is over is destroyed.

Deleting the salt is the whole promise of a cookieless id: while it lives, whoever has it can try every
address. So the table has no backups, and a schedule deletes, because a TTL may take days. The privacy
reference, 4.4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from headwater.ports import WholeTable

PARTITION = "salt"
SALT_BYTES = 32
# Noon of the day after: no clock is that wrong, and no reader keeps a copy that long.
LIFE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Rotated:
    """The days whose salts were made, and those whose salts are gone."""

    made: tuple[str, ...]
    deleted: tuple[str, ...]


def rotate(table: WholeTable, *, now: datetime, new_salt: Callable[[], bytes]) -> Rotated:
    """Make the salts of today and tomorrow where there are none, and delete those that are over.

    A day's salt is written once and never changed, whoever comes first; `now` decides which are over.
    """
    today = now.astimezone(UTC).date()
    made = []
    for day in (today, today + timedelta(days=1)):
        written = table.update(
            PARTITION,
            day.isoformat(),
            update="SET salt=:salt",
            condition="attribute_not_exists(pk)",
            names={},
            values={":salt": new_salt().hex()},
        )
        if written.applied:
            made.append(day.isoformat())
    over = [
        str(item["sk"])
        for item in table.query(PARTITION, consistent=True)
        if _began(str(item["sk"])) + LIFE <= now
    ]
    for day_over in over:
        table.delete(PARTITION, day_over)
    return Rotated(tuple(made), tuple(over))


def _began(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
