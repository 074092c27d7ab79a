"""A second chance for what was given up: chosen, counted, queued once."""

import gzip
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from headwater.delivery.redelivery import REPLAYED, Choice, Found, Tally, find, keys, replay, tally
from headwater.delivery.undeliverable import kept, kept_malformed
from headwater.destination import Configured, Delivery, Result
from headwater.destinations import DESTINATIONS
from headwater.outcomes import Verdict
from headwater.ports import ObjectStore, Queue
from headwater.record import SourceReference
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON, a_stored_track
from tests.fakes import CrashError, CrashingStore, MemoryQueue, MemoryStore

LATER = NOON + timedelta(days=2)


def a_webhook(name: str, **overrides: Any) -> Configured:
    fields: dict[str, Any] = {"sheet": DESTINATIONS["webhook"], "events": ("track",), **overrides}
    return Configured(id=name, integration="Webhooks", **fields)


CONFIGURED = {name: a_webhook(name) for name in ("crm", "ads")}


def keep(store: MemoryStore, destination_id: str, *events: tuple[str, str], **of: Any) -> str:
    """Give up some events, `(messageId, reason)` each, and return their object's key."""
    at: datetime = of.pop("at", NOON)
    stored = [a_stored_track(message_id, **of) for message_id, _ in events]
    delivery = Delivery(
        destination_id=destination_id, events=tuple(stored), first_at=at - timedelta(hours=4)
    )
    results = [Result(Verdict.DROP, reason) for _, reason in events]
    written = kept(delivery, list(zip(stored, results, strict=True)), now=at)
    store.put(written.key, written.body)
    return written.key


def found(choice: Choice, store: ObjectStore) -> list[Found]:
    return [find(key, choice, store, CONFIGURED, now=LATER) for key in keys(choice, store)]


def replayed(choice: Choice, store: ObjectStore, queue: Queue) -> int:
    return sum(replay(one, store, queue, now=LATER) for one in found(choice, store))


def queued(queue: MemoryQueue) -> list[str]:
    return [
        event["messageId"]
        for message in queue.messages
        for event in orjson.loads(message.body)["events"]
    ]


def test_what_was_given_up_is_queued_as_if_it_had_just_come() -> None:
    store, queue = MemoryStore(), MemoryQueue()
    keep(store, "crm", ("a", "http_400"), ("b", "http_400"))

    assert replayed(Choice(), store, queue) == 2

    (message,) = queue.messages
    delivery = Delivery.from_json(orjson.loads(message.body))
    assert (delivery.destination_id, delivery.first_at, delivery.attempt) == ("crm", LATER, 0)
    assert delivery.events == (a_stored_track("a"), a_stored_track("b"))


def test_it_is_not_queued_twice_and_not_lost_either() -> None:
    store, queue = MemoryStore(), MemoryQueue()
    key = keep(store, "crm", ("a", "http_400"))
    before = gzip.decompress(store.objects[key])
    replayed(Choice(), store, queue)

    assert replayed(Choice(), store, queue) == 0
    assert queued(queue) == ["a"]
    ((copy, body),) = store.objects.items()
    assert copy.startswith(f"{REPLAYED}crm/dt=2026-03-01/")
    assert gzip.decompress(body) == before


def test_of_an_object_only_the_chosen_events_go() -> None:
    store, queue = MemoryStore(), MemoryQueue()
    key = keep(store, "crm", ("a", "http_400"), ("b", "http_404"), ("c", "http_400"))

    assert replayed(Choice(reason="http_400"), store, queue) == 2
    assert queued(queue) == ["a", "c"]
    left = gzip.decompress(store.objects[key]).splitlines()
    assert [orjson.loads(line)["event"]["messageId"] for line in left] == ["b"]

    assert replayed(Choice(reason="http_404"), store, queue) == 1
    assert queued(queue) == ["a", "c", "b"]
    assert len(store.objects) == 2


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), ["ads", "crm", "other", "tomorrow"]),
        (Choice(destination_id="ads"), ["ads"]),
        (Choice(destination_id="ad"), []),
        (Choice(source_id="shop-server"), ["other"]),
        (Choice(reason="http_404"), []),
        (Choice(since=NOON + timedelta(hours=1)), ["tomorrow"]),
        (Choice(until=NOON + timedelta(hours=1)), ["ads", "crm", "other"]),
        (Choice(until=NOON), []),
    ],
)
def test_the_choice_is_by_destination_source_reason_and_time(
    choice: Choice, expected: list[str]
) -> None:
    store, queue = MemoryStore(), MemoryQueue()
    keep(store, "crm", ("crm", "http_400"))
    keep(store, "ads", ("ads", "http_400"))
    keep(store, "crm", ("other", "http_400"), source=SourceReference("shop-server", "server"))
    keep(store, "crm", ("tomorrow", "http_400"), at=NOON + timedelta(days=1))

    replayed(choice, store, queue)

    assert sorted(queued(queue)) == expected


def test_what_would_only_be_given_up_again_stays_and_is_counted() -> None:
    store, queue = MemoryStore(), MemoryQueue()
    configured = {
        "off": a_webhook("off", enabled=False),
        "young": a_webhook(
            "young", sheet=replace(DESTINATIONS["webhook"], max_age=timedelta(hours=72))
        ),
    }
    keep(store, "gone", ("a", "http_400"))
    keep(store, "off", ("b", "http_400"))
    keep(store, "young", ("c", "http_400"), timestamp=NOON - timedelta(days=3))
    keep(store, "young", ("d", "http_400"))
    store.put("undeliverable/young/dt=2026-03-01/x.json.gz", gzip.compress(b"half a li"))

    those = [find(key, Choice(), store, configured, now=LATER) for key in keys(Choice(), store)]

    barred = sum((Counter(one.barred) for one in those), Counter[str]())
    assert barred == {"not_in_the_workspace": 2, "too_old_by_now": 1, "unreadable": 1}
    assert sum(replay(one, store, queue, now=LATER) for one in those) == 1
    assert queued(queue) == ["d"]
    assert sum(key.startswith("undeliverable/young/") for key in store.objects) == 2


def test_a_message_that_is_no_delivery_is_left_for_somebody_to_look_at() -> None:
    store = MemoryStore()
    malformed = kept_malformed("what is this", now=NOON)
    store.put(malformed.key, malformed.body)

    assert list(keys(Choice(), store)) == []


def test_a_dry_run_counts_by_destination_source_and_reason_and_shows_nobody() -> None:
    store = MemoryStore()
    keep(store, "crm", ("a", "http_400"), ("b", "http_400"), ("c", "http_404"))
    before = dict(store.objects)

    those = found(Choice(), store)

    assert tally(those) == [
        Tally("crm", "shop-web", "http_400", 2),
        Tally("crm", "shop-web", "http_404", 1),
    ]
    assert store.objects == before
    assert "user-1" not in repr(those)


def test_when_the_queue_is_down_everything_stays_where_it_was() -> None:
    store = MemoryStore()
    keep(store, "crm", ("a", "http_400"))
    before = dict(store.objects)

    with pytest.raises(Exception, match="the queue is down"):
        replayed(Choice(), store, MemoryQueue(down=True))

    assert store.objects == before


@given(crash_at=st.integers(1, 30), reason=st.sampled_from([None, "http_400"]))
def test_a_replay_that_died_anywhere_is_run_again_and_loses_nothing(
    crash_at: int, reason: str | None
) -> None:
    store, queue = MemoryStore(), MemoryQueue()
    for number in range(4):
        keep(store, "crm", (f"a{number}", "http_400"), (f"b{number}", "http_404"))
    choice = Choice(reason=reason)

    try:
        replayed(choice, CrashingStore(store, crash_at=crash_at), queue)
    except CrashError:
        replayed(choice, store, queue)

    times = Counter(queued(queue))
    chosen = {f"a{number}" for number in range(4)}
    chosen |= set() if reason else {f"b{number}" for number in range(4)}
    assert set(times) == chosen
    # One object's events at most went twice.
    assert sum(times.values()) - len(times) <= (1 if reason else 2)
    assert not found(choice, store) or not any(one.going for one in found(choice, store))
