"""Puts the console together for one deployment."""

import secrets
import time
from datetime import UTC, datetime

from headwater.destinations import check

from local.console.application import Console
from local.console.event_view import EventView
from local.console.journey import Answers, Ways
from local.console.live import Live
from local.console.person import People
from local.console.questions import Questions
from local.console.reach import Reach
from local.console.safety import guarded
from local.serving import Application


def opened(reach: Reach, *, port: int, answers: Answers, key: str = "") -> Application:
    """Return the console of what is reached, for a server on this port; a `key` locks it."""
    destinations = check(reach.workspace)
    live = Live(reach.reader, pause_seconds=reach.pause_seconds)
    people = People(reach.table, reach.workspace.identity.max_users_per_device)
    ways = Ways(reach.store, reach.lake, people, destinations, answers)
    console = Console(
        about={
            "stage": reach.stage,
            "workspace": reach.workspace.name,
            "destinations": [one.id for one in destinations],
        },
        epoch=secrets.token_hex(4),
        live=live,
        people=people,
        events=EventView(live, ways, reach.lake),
        questions=Questions(reach.lake, seconds=time.monotonic),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )
    return guarded(console, port=port, key=key)
