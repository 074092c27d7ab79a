"""The story of a delivery, with the outside world in memory."""

import gzip
import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from headwater.deliver import deliver
from headwater.delivery import redelivery
from headwater.delivery.breaker import FAILURES_TO_OPEN, Breakers
from headwater.delivery.outside import Outside, Received, Report
from headwater.delivery.pace import Pace
from headwater.delivery.parking import bring_back
from headwater.delivery.redelivery import Choice
from headwater.delivery.slowness import Slowness
from headwater.destination import (
    Configured,
    Delivery,
    Destination,
    DestinationSettings,
    Request,
    Result,
    Unsendable,
)
from headwater.destination.shaping import shape
from headwater.outcomes import Verdict
from headwater.ports import HttpRequest, HttpResponse
from headwater.privacy.suppressed import Suppressed, hashed
from headwater.record import Identity, StoredEvent
from pydantic import SecretStr

from tests.examples import NOON, a_stored_track
from tests.fakes import (
    MemoryQueue,
    MemorySecrets,
    MemoryStore,
    MemoryTable,
    RefusingStore,
    ScriptedHttp,
)


class Settings(DestinationSettings):
    key: SecretStr = SecretStr("test-key")


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    return [
        Request(
            url="https://vendor.example/in",
            headers={"Authorization": settings.key.get_secret_value()},
            json={},
            lists={"events": (event.message_id,)},
        )
    ]


def a_destination(**overrides: Any) -> Configured:
    sheet: Destination[Any] = Destination(
        slug="vendor",
        name="Vendor",
        docs="https://vendor.example/docs",
        settings=Settings,
        build=build,
        max_events=8,
    )
    settings = overrides.pop("given", {})
    return Configured(
        id="crm",
        sheet=replace(sheet, **overrides),
        integration="Vendor",
        events=("track",),
        settings=settings,
    )


@dataclass
class World:
    """Everything outside, in memory, and what a delivery left there."""

    answer: Callable[[HttpRequest], HttpResponse]
    destination: Configured = field(default_factory=a_destination)
    now: datetime = NOON
    secrets: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    suppressed: Suppressed = field(default_factory=Suppressed)

    def __post_init__(self) -> None:
        self.http = ScriptedHttp(self.answer)
        self.queue, self.store = MemoryQueue(), MemoryStore()
        self.outcomes: MemoryStore = MemoryStore()
        self.breakers = Breakers(MemoryTable(), seconds=lambda: self.seconds)
        self.places = MemoryTable()
        self.slowness = self.slowness_of(1)

    def slowness_of(self, forwarder: int) -> Slowness:
        return Slowness(self.places, seconds=lambda: self.seconds, me=forwarder)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def deliver(self, delivery: Delivery | str) -> Report:
        body = delivery if isinstance(delivery, str) else delivery.to_message().body
        (report,) = deliver(
            [Received("m1", body)],
            {self.destination.id: self.destination},
            Outside(
                http=self.http,
                queue=self.queue,
                store=self.store,
                outcomes=self.outcomes,
                secrets=MemorySecrets(self.secrets),
                breakers=self.breakers,
                slowness=self.slowness,
                pace=Pace(seconds=lambda: self.seconds, sleep=self._sleep),
                now=lambda: self.now,
                seconds=lambda: self.seconds,
                random=lambda: 0.5,
                suppressed=lambda: self.suppressed,
            ),
            time_limit_seconds=20.0,
        )
        return report

    @property
    def noted(self) -> list[dict[str, Any]]:
        """The rows that the lake was told."""
        return [
            json.loads(line)
            for body in self.outcomes.objects.values()
            for line in gzip.decompress(body).splitlines()
        ]

    @property
    def kept(self) -> Mapping[str, str]:
        """What is in undeliverable/: messageId → reason."""
        lines = [
            json.loads(line)
            for key, body in self.store.objects.items()
            if key.startswith("undeliverable/crm/dt=2026-03-01/")
            for line in gzip.decompress(body).splitlines()
        ]
        return {line["event"]["messageId"]: line["reason"] for line in lines}

    @property
    def waiting(self) -> list[tuple[list[str], int, int]]:
        """What is on the queue: messageIds, attempt, delay."""
        return [
            (
                [event["messageId"] for event in orjson.loads(message.body)["events"]],
                orjson.loads(message.body)["attempt"],
                message.delay_seconds,
            )
            for message in self.queue.messages
        ]


def a_delivery(*message_ids: str, **overrides: Any) -> Delivery:
    events = tuple(a_stored_track(message_id) for message_id in message_ids or ("a",))
    return replace(Delivery(destination_id="crm", events=events, first_at=NOON), **overrides)


def always(status: int, **headers: str) -> Callable[[HttpRequest], HttpResponse]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: HttpResponse(status, names)


def asked_for(request: HttpRequest) -> list[str]:
    items: list[str] = json.loads(request.body or b"{}")["events"]
    return items


def test_events_that_the_vendor_takes_are_delivered_in_one_request() -> None:
    world = World(always(200))

    report = world.deliver(a_delivery("a", "b", "c"))

    assert report == Report(id="m1", destination_id="crm", delivered=3)
    assert [asked_for(request) for request in world.http.sent] == [["a", "b", "c"]]
    assert (world.waiting, world.kept) == ([], {})


def test_a_vendor_that_is_down_is_asked_again_later() -> None:
    world = World(always(503))

    report = world.deliver(a_delivery("a", "b", attempt=2))

    assert report == Report(id="m1", destination_id="crm", waiting=2, wait_reason="http_503")
    # Half of the interval of the third wait: 10 s · 2².
    assert world.waiting == [(["a", "b"], 3, 20)]


def test_a_vendor_that_throttles_is_asked_when_it_says_and_no_attempt_is_counted() -> None:
    world = World(always(429, retry_after="100"))

    world.deliver(a_delivery("a", attempt=2))

    assert world.waiting == [(["a"], 2, 105)]


def test_a_vendor_that_throttles_without_saying_how_long_is_left_longer_each_time() -> None:
    world = World(always(429))

    world.deliver(a_delivery("a", attempt=2))

    assert world.waiting == [(["a"], 3, 20)]


def test_what_the_vendor_will_never_take_is_kept_with_its_reason() -> None:
    world = World(lambda request: HttpResponse(404, body=b"no such list"))

    report = world.deliver(a_delivery("a"))

    assert report == Report(id="m1", destination_id="crm", undeliverable={"http_404": 1})
    ((key, body),) = world.store.objects.items()
    assert key.startswith("undeliverable/crm/dt=2026-03-01/")
    assert json.loads(gzip.decompress(body)) == {
        "destinationId": "crm",
        "reason": "http_404",
        "detail": "no such list",
        "firstAt": "2026-03-01T12:00:00.000Z",
        "attempt": 0,
        "keptAt": "2026-03-01T12:00:00.000Z",
        "event": a_stored_track("a").to_json(),
    }


def test_one_bad_event_in_a_batch_is_found_by_halving_and_the_others_are_delivered() -> None:
    world = World(lambda request: HttpResponse(400 if "e" in asked_for(request) else 200))

    report = world.deliver(a_delivery("a", "b", "c", "d", "e", "f", "g", "h"))

    assert report == Report(
        id="m1", destination_id="crm", delivered=7, undeliverable={"http_400": 1}
    )
    assert world.kept == {"e": "http_400"}
    assert [asked_for(request) for request in world.http.sent] == [
        list("abcdefgh"),
        list("abcd"),
        list("efgh"),
        list("ef"),
        list("e"),
        list("f"),
        list("gh"),
    ]


def test_a_partly_accepted_message_is_replaced_by_one_with_the_remainder() -> None:
    def classify(response: HttpResponse) -> Result:
        return Result(
            Verdict.OK,
            items={
                ("events", 1): Result(Verdict.DROP, "bad_email"),
                ("events", 2): Result(Verdict.RETRY, "busy"),
            },
        )

    world = World(always(207), a_destination(classify=classify))

    report = world.deliver(a_delivery("a", "b", "c", "d"))

    assert report == Report(
        id="m1",
        destination_id="crm",
        delivered=2,
        undeliverable={"bad_email": 1},
        waiting=1,
        wait_reason="busy",
    )
    assert (world.kept, world.waiting) == ({"b": "bad_email"}, [(["c"], 1, 5)])


def naming(*entries: Mapping[str, str]) -> Configured:
    def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        item = {"id": event.message_id, "name": event.event}
        return [Request(url="https://vendor.example/in", json={}, lists={"events": (item,)})]

    def classify(response: HttpResponse) -> Result:
        return Result(Verdict.OK, alike=[(one, Result(Verdict.DROP, "bad")) for one in entries])

    return a_destination(build=build, classify=classify)


def test_what_the_vendor_names_by_its_content_is_found_and_the_others_are_not_sent_again() -> None:
    world = World(always(200), naming({"id": "b", "name": "Boots Tried"}))

    report = world.deliver(a_delivery("a", "b", "c"))

    assert (len(world.http.sent), report.delivered, world.kept) == (1, 2, {"b": "bad"})


def test_what_the_vendor_names_and_nobody_sent_is_looked_for_by_halving() -> None:
    world = World(always(200), naming({"id": "someone else's"}))

    report = world.deliver(a_delivery("a", "b"))

    assert (len(world.http.sent), report.delivered) == (3, 0)
    assert world.kept == {"a": "bad", "b": "bad"}


def test_of_a_batch_refused_for_some_the_others_are_sent_again() -> None:
    def classify(response: HttpResponse) -> Result:
        dropped = {("events", 0): Result(Verdict.DROP, "bad")}
        return Result(Verdict.RETRY, "partly_refused", wait_seconds=0.0, items=dropped)

    world = World(always(400), a_destination(classify=classify))

    world.deliver(a_delivery("a", "b"))

    assert (world.kept, world.waiting) == ({"a": "bad"}, [(["b"], 1, 0)])


def test_a_vendor_that_says_later_is_not_asked_again_for_the_same_message() -> None:
    world = World(always(503), a_destination(max_events=1))

    report = world.deliver(a_delivery("a", "b", "c"))

    assert (len(world.http.sent), report.waiting) == (1, 3)


def test_an_event_that_makes_two_requests_waits_until_both_were_taken() -> None:
    def two(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        return [Request(url="https://vendor.example/1"), Request(url="https://vendor.example/2")]

    world = World(
        lambda request: HttpResponse(200 if request.url.endswith("1") else 503),
        a_destination(build=two),
    )

    report = world.deliver(a_delivery("a"))

    assert (report.delivered, report.waiting) == (0, 1)


def test_an_event_older_than_the_vendor_takes_is_not_sent() -> None:
    world = World(always(200), a_destination(max_age=timedelta(days=3)))
    old = a_stored_track("old", timestamp=NOON - timedelta(days=3, seconds=1))
    young = a_stored_track("young", timestamp=NOON - timedelta(days=3))

    world.deliver(Delivery(destination_id="crm", events=(old, young), first_at=NOON))

    assert [asked_for(request) for request in world.http.sent] == [["young"]]
    assert world.kept == {"old": "too_old"}


def test_an_event_too_large_for_the_vendor_is_not_sent() -> None:
    world = World(always(200), a_destination(max_bytes=250))

    world.deliver(a_delivery("a", "b" * 250))

    assert [asked_for(request) for request in world.http.sent] == [["a"]]
    assert world.kept == {"b" * 250: "too_large"}


def test_an_event_the_destination_has_no_word_for_is_done() -> None:
    world = World(always(200), a_destination(build=lambda event, settings: []))

    report = world.deliver(a_delivery("a"))

    assert (report, world.http.sent) == (Report(id="m1", destination_id="crm", delivered=1), [])


def test_an_event_that_can_never_be_sent_there_is_kept_with_the_reason() -> None:
    world = World(always(200), a_destination(build=lambda event, settings: Unsendable("no_email")))

    world.deliver(a_delivery("a"))

    assert world.kept == {"a": "no_email"}


def test_a_defect_of_a_mapping_ends_its_event_and_no_other() -> None:
    def faulty(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
        if event.message_id == "b":
            raise ZeroDivisionError("ada@example.com")
        return build(event, settings)

    world = World(always(200), a_destination(build=faulty))

    report = world.deliver(a_delivery("a", "b", "c"))

    assert report.delivered == 2
    assert world.kept == {"b": "build_failed_ZeroDivisionError"}


def test_after_four_hours_what_still_waits_is_kept_with_the_last_reason() -> None:
    world = World(always(503), now=NOON + timedelta(hours=4))

    report = world.deliver(a_delivery("a"))

    assert report.undeliverable == {"expired_http_503": 1}
    assert (world.kept, world.waiting) == ({"a": "expired_http_503"}, [])


def test_however_late_the_vendor_wants_to_be_asked_it_is_asked_once_before_we_give_up() -> None:
    world = World(always(429, retry_after="86400"), now=NOON + timedelta(hours=3, minutes=55))

    world.deliver(a_delivery("a"))

    assert world.waiting == [(["a"], 0, 300)]


def test_a_message_without_time_left_comes_back_untouched() -> None:
    world = World(always(200))
    world.seconds = 0.0

    def slow(request: HttpRequest) -> HttpResponse:
        world.seconds += 25.0
        return HttpResponse(200)

    world.http = ScriptedHttp(slow)
    world.destination = a_destination(max_events=1)

    report = world.deliver(a_delivery("a", "b", attempt=4))

    assert report == Report(
        id="m1", destination_id="crm", delivered=1, waiting=1, wait_reason="out_of_time"
    )
    assert world.waiting == [(["b"], 4, 2)]


def test_a_secret_that_cannot_be_read_is_waited_for() -> None:
    world = World(always(200), a_destination(given={"key": "secret:shop/key"}))

    report = world.deliver(a_delivery("a"))

    assert (report.wait_reason, world.http.sent) == ("secret_unavailable", [])


def test_settings_that_a_secret_spoils_wait_for_a_human() -> None:
    world = World(
        always(200),
        a_destination(given={"key": "secret:shop/key", "surplus": 1}),
        secrets={"shop/key": "value"},
    )

    report = world.deliver(a_delivery("a"))

    assert (report.wait_reason, world.waiting) == ("settings_invalid", [(["a"], 1, 315)])


def test_the_vendor_gets_the_secret_and_the_report_does_not() -> None:
    world = World(
        always(401),
        a_destination(given={"key": "secret:shop/key"}),
        secrets={"shop/key": "hunter2"},
    )

    report = world.deliver(a_delivery("a"))

    assert world.http.sent[0].headers["Authorization"] == "hunter2"
    assert "hunter2" not in repr(report)
    assert (report.wait_reason, world.waiting) == ("http_401", [(["a"], 1, 315)])


def test_events_for_a_destination_that_is_no_more_are_kept() -> None:
    world = World(always(200))

    report = world.deliver(a_delivery("a", destination_id="gone"))

    assert report.undeliverable == {"destination_unknown": 1}
    assert [key.split("dt=")[0] for key in world.store.objects] == ["undeliverable/gone/"]


def test_events_for_a_destination_that_was_switched_off_are_kept() -> None:
    world = World(always(200), replace(a_destination(), enabled=False))

    report = world.deliver(a_delivery("a"))

    assert (report.undeliverable, world.http.sent) == ({"destination_disabled": 1}, [])


def test_a_message_that_is_no_delivery_is_kept_as_it_came() -> None:
    world = World(always(200))

    report = world.deliver('{"v": 1}')

    ((key, body),) = world.store.objects.items()
    assert report == Report(id="m1", undeliverable={"malformed": 1})
    assert key.startswith("undeliverable/malformed/dt=2026-03-01/")
    assert gzip.decompress(body) == b'{"v": 1}'


def test_a_queue_that_refuses_the_remainder_leaves_the_message_where_it_is() -> None:
    world = World(always(503))
    world.queue.down = True

    report = world.deliver(a_delivery("a"))

    assert report == Report(id="m1", destination_id="crm", failed="the queue is down")


def test_the_lake_is_told_how_every_try_of_every_event_ended() -> None:
    def by_content(request: HttpRequest) -> HttpResponse:
        status = {"a": 200, "b": 400, "c": 503}[asked_for(request)[0]]
        return HttpResponse(status, body=b'{"error": "person@shop.example is no person"}')

    world = World(by_content, a_destination(max_events=1))

    world.deliver(a_delivery("a", "b", "c", attempt=2))

    said = {
        "destination_id": "crm",
        "source_id": "shop-web",
        "attempt": 2,
        "tried_at": "2026-03-01T12:00:00.000Z",
    }
    (key,) = world.outcomes.objects
    assert re.fullmatch(r"deliveries/dt=2026-03-01/[0-9a-f]{32}\.ndjson\.gz", key)
    assert world.noted == [
        said | {"message_id": "a", "outcome": "delivered", "reason": ""},
        said | {"message_id": "b", "outcome": "undeliverable", "reason": "http_400"},
        said | {"message_id": "c", "outcome": "waiting", "reason": "http_503"},
    ]


def test_a_lake_that_cannot_be_told_costs_no_delivery() -> None:
    world = World(always(200))
    world.outcomes = RefusingStore()

    report = world.deliver(a_delivery("a", "b"))

    assert report == Report(id="m1", destination_id="crm", delivered=2, unnoted="SlowDown")
    assert (world.waiting, world.kept) == ([], {})


def test_a_message_that_must_be_received_again_is_not_noted_yet() -> None:
    world = World(always(503))
    world.queue.down = True

    world.deliver(a_delivery("a"))

    assert world.outcomes.objects == {}


def test_a_destination_that_asks_first_gets_its_answer_and_then_sends() -> None:
    def asking(
        event: StoredEvent, settings: Settings
    ) -> Generator[Request, HttpResponse, Sequence[Request]]:
        found = yield Request(url="https://vendor.example/find", method="GET")
        method = "POST" if found.status == 404 else "PATCH"
        return [Request(url="https://vendor.example/contact", method=method, json={"a": 1})]

    world = World(
        lambda request: HttpResponse(404 if request.method == "GET" else 200),
        a_destination(build=asking),
    )

    report = world.deliver(a_delivery("a"))

    assert report.delivered == 1
    assert [(request.method, request.url, request.body) for request in world.http.sent] == [
        ("GET", "https://vendor.example/find", None),
        ("POST", "https://vendor.example/contact", b'{"a":1}'),
    ]


def test_a_look_up_that_is_told_later_makes_its_event_wait() -> None:
    def asking(
        event: StoredEvent, settings: Settings
    ) -> Generator[Request, HttpResponse, Sequence[Request]]:
        yield Request(url="https://vendor.example/find", method="GET")
        raise AssertionError("nothing is built on an answer that is none")

    world = World(always(503), a_destination(build=asking))

    report = world.deliver(a_delivery("a"))

    assert (report.waiting, report.wait_reason) == (1, "http_503")


def test_a_vendor_that_fails_five_times_is_left_alone() -> None:
    world = World(always(503))

    reports = [world.deliver(a_delivery(str(number))) for number in range(7)]

    assert len(world.http.sent) == 5
    assert [report.wait_reason for report in reports[4:]] == ["http_503"] + ["breaker_open"] * 2
    # 30 seconds and a little more, drawn.
    assert world.waiting[5:] == [(["5"], 0, 32), (["6"], 0, 32)]


def at_the_end_of_a_break(**given: Any) -> World:
    """Return a world whose vendor failed until it was left alone, a moment after that."""
    world = World(always(503), **given)
    failed = [Result(Verdict.RETRY)]
    for _ in range(FAILURES_TO_OPEN):
        world.breakers.note("crm", failed, now=world.now)
    world.now += timedelta(seconds=world.breakers.wait_seconds("crm", now=world.now))
    return world


def test_a_forwarder_without_a_place_leaves_the_probe_to_another() -> None:
    world = at_the_end_of_a_break()
    for forwarder in (1, 2, 3):
        slowness = world.slowness if forwarder == 1 else world.slowness_of(forwarder)
        slowness.took("crm", 9.0)
        assert forwarder == 1 or slowness.may_ask("crm", now=world.now)

    report = world.deliver(a_delivery("a"))

    assert (report.wait_reason, world.http.sent) == ("slow_destination", [])
    assert world.breakers.wait_seconds("crm", now=world.now) == 0.0


def test_a_forwarder_without_the_secret_leaves_the_probe_to_another() -> None:
    world = at_the_end_of_a_break(destination=a_destination(given={"key": "secret:shop/key"}))

    report = world.deliver(a_delivery("a"))

    assert (report.wait_reason, world.http.sent) == ("secret_unavailable", [])
    assert world.breakers.wait_seconds("crm", now=world.now) == 0.0


def test_what_an_open_breaker_holds_back_is_given_up_in_time() -> None:
    world = World(always(401))
    world.deliver(a_delivery("a"))

    report = world.deliver(a_delivery("b", first_at=NOON - timedelta(hours=4)))

    assert report.undeliverable == {"expired_breaker_open": 1}


def test_a_long_break_or_a_long_wait_is_spent_in_the_bucket() -> None:
    for_a_break, for_a_wait = World(always(401)), World(always(429, retry_after="3600"))

    for_a_break.deliver(a_delivery("a"))
    for_a_break.deliver(a_delivery("b"))
    for_a_wait.deliver(a_delivery("c"))

    assert [message_ids for message_ids, _, _ in for_a_break.waiting] == [["a"]]
    assert for_a_wait.waiting == []
    gives_up, due = int(NOON.timestamp()) + 4 * 3600, int(NOON.timestamp()) + 3780
    assert [key.rsplit("-", 1)[0] for key in for_a_wait.store.objects] == [
        f"parked/crm/{gives_up}-{due}"
    ]
    assert [key.split("/")[:2] for key in for_a_break.store.objects] == [["parked", "crm"]]


def test_events_that_were_never_sent_are_no_sign_of_life() -> None:
    world = World(always(503), a_destination(max_age=timedelta(days=3)))
    old = a_stored_track("old", timestamp=NOON - timedelta(days=4))

    for number in range(6):
        events = (old, a_stored_track(str(number)))
        world.deliver(Delivery(destination_id="crm", events=events, first_at=NOON))

    assert len(world.http.sent) == 5


def test_a_declared_rate_is_kept_and_what_has_no_time_left_comes_again() -> None:
    def one_each(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        return [Request(url="https://vendor.example/in", json={"id": event.message_id})]

    # Five a second for the account are one a second for each of the five containers.
    world = World(always(200), destination=a_destination(build=one_each, rate=5.0))

    report = world.deliver(a_delivery(*(f"m{number}" for number in range(30))))

    # One at once and then one each second, up to half a second before the twenty are over.
    assert (report.delivered, report.waiting, report.wait_reason) == (20, 10, "out_of_time")
    assert world.seconds == 19.0
    assert world.waiting[0][1:] == (0, 2)


def test_the_destination_sees_the_shaped_event_and_what_it_never_took_is_kept_as_it_came() -> None:
    seen: list[StoredEvent] = []

    def looks(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        seen.append(event)
        return build(event, settings)  # type: ignore[return-value]

    world = World(always(404))
    destination = a_destination(build=looks)
    world.destination = replace(destination, shape=shape(drop=["properties.size"]))

    world.deliver(a_delivery("a"))

    assert [event.properties for event in seen] == [{}]
    ((_, body),) = world.store.objects.items()
    assert json.loads(gzip.decompress(body))["event"]["properties"] == {"size": 42}


def fixed_after(world: World, destination: Configured) -> None:
    """Deploy another mapping, and replay all that was given up."""
    world.destination = destination
    configured = {destination.id: destination}
    for key in list(redelivery.keys(Choice(), world.store)):
        found = redelivery.find(key, Choice(), world.store, configured, now=world.now)
        redelivery.replay(found, world.store, world.queue, now=world.now)


def test_a_replay_after_a_mapping_fix_delivers_what_was_given_up() -> None:
    def broken(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        raise KeyError(event.message_id)

    world = World(always(200), destination=a_destination(build=broken))
    world.deliver(a_delivery("a", "b"))
    assert world.kept == {"a": "build_failed_KeyError", "b": "build_failed_KeyError"}

    # Days later: longer than a message is tried, had it kept its age.
    world.now = NOON + timedelta(days=5)
    fixed_after(world, a_destination())
    (message,) = world.queue.messages
    report = world.deliver(message.body)

    assert report.delivered == 2
    assert [asked_for(request) for request in world.http.sent] == [["a", "b"]]
    assert world.kept == {}
    # And a second replay finds nothing.
    world.queue.messages.clear()
    fixed_after(world, a_destination())
    assert world.queue.messages == []


def test_what_was_parked_is_delivered_by_the_mapping_of_the_day_it_comes_back() -> None:
    def renamed(event: StoredEvent, settings: Settings) -> Sequence[Request]:
        return [Request(url="https://vendor.example/new", json={"id": event.message_id})]

    world = World(always(429, retry_after="3600"))
    world.deliver(a_delivery("a"))
    assert [key.partition("/")[0] for key in world.store.objects] == ["parked"]

    world.http = ScriptedHttp(always(200))
    world.destination = a_destination(build=renamed)
    world.now = NOON + timedelta(hours=2)
    bring_back(
        [world.destination],
        store=world.store,
        queue=world.queue,
        breakers=world.breakers,
        now=world.now,
    )
    (message,) = world.queue.messages

    assert world.deliver(message.body).delivered == 1
    assert [(one.url, one.body) for one in world.http.sent] == [
        ("https://vendor.example/new", b'{"id":"a"}')
    ]
    assert world.store.objects == {}


def test_who_was_suppressed_since_is_not_sent_on() -> None:
    key = b"k" * 32
    world = World(always(200), suppressed=Suppressed.of([hashed("user", "user-1", key)], key))
    other = a_stored_track("other", identity=Identity(user_id="user-10"))

    report = world.deliver(a_delivery(events=(a_stored_track("hers"), other)))
    alone = world.deliver(a_delivery("hers"))

    assert (report.delivered, alone.delivered) == (1, 0)
    assert [row["message_id"] for row in world.noted] == ["other"]
    assert len(world.http.sent) == 1
    assert (world.kept, world.waiting) == ({}, [])
