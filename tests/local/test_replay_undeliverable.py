"""What `make replay-undeliverable` says, and what it does to a deployment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from headwater.delivery.redelivery import Choice
from headwater.delivery.undeliverable import kept
from headwater.destination import Delivery, Result
from headwater.outcomes import Verdict

from local.deployment import Deployment
from local.replay_undeliverable import moment, run, told
from tests.examples import NOON, a_stored_track, a_workspace
from tests.fakes import MemoryQueue, MemoryStore


@dataclass
class Deployed:
    """A deployment in memory, with thirty objects of one event each."""

    store: MemoryStore = field(default_factory=MemoryStore)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    workspace: Any = field(
        default_factory=lambda: a_workspace(
            destinations=[
                {"id": "crm", "type": "webhook", "settings": {"url": "https://hooks.example.com"}}
            ]
        )
    )

    def __post_init__(self) -> None:
        for number in range(30):
            name = "crm" if number else "gone"
            event = a_stored_track(f"m-{number}")
            delivery = Delivery(destination_id=name, events=(event,), first_at=NOON)
            one = kept(delivery, [(event, Result(Verdict.DROP, "http_400"))], now=NOON)
            self.store.put(one.key, one.body)


def test_a_dry_run_counts_and_sends_nothing() -> None:
    deployed = Deployed()
    before = dict(deployed.store.objects)

    found = run(cast("Deployment", deployed), Choice(), send=False)

    assert list(told(found, sent=False)) == [
        "      29  crm  shop-web  http_400",
        "      29  would be sent",
        "       1  left, not_in_the_workspace",
        "nothing was sent: add SEND=1 to send them",
    ]
    assert (deployed.queue.messages, deployed.store.objects) == ([], before)


def test_in_earnest_each_goes_once_however_often_it_is_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = Deployed()

    first = run(cast("Deployment", deployed), Choice(), send=True)
    again = run(cast("Deployment", deployed), Choice(), send=True)

    assert list(told(first, sent=True))[1] == "      29  sent"
    assert list(told(again, sent=True)) == [
        "       0  sent",
        "       1  left, not_in_the_workspace",
    ]
    assert len(deployed.queue.messages) == 29
    assert "100% sent" in capsys.readouterr().out


def test_a_day_is_its_first_moment_in_utc() -> None:
    assert moment("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)
    assert moment("2026-03-01T12:00+02:00") == datetime(
        2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))
    )
