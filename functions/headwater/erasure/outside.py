"""What a request is worked off with: every store that may hold a person, a clock, and how long it may take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from headwater.destination import Configured
from headwater.ports import Http, ObjectStore, Secrets, WaitingQueue, WholeTable


def _silent(what: str, done: int, total: int) -> None:
    """Show nobody how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The world as an erasure sees it.

    `queues` by name; `retention` is how long the stream keeps a line. `lease_for` must be longer than
    the process can live; `may_go_on` is asked between any two things.
    """

    store: ObjectStore
    identity: WholeTable
    suppressions: WholeTable
    queues: Mapping[str, WaitingQueue]
    configured: tuple[Configured, ...]
    secrets: Secrets
    http: Http
    directory: Path
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    max_users_per_device: int
    retention: timedelta
    lease_for: timedelta
    may_go_on: Callable[[], bool] = lambda: True
    show: Callable[[str, int, int], None] = field(default=_silent)
