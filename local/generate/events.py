"""Visitors who come back, sign up, buy, share devices, and send twice, late or with a bad clock; and a bot."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from headwater.record import Identity, SourceReference, StoredEvent

from local.generate.shop import AGENTS, COUNTRIES, CRAWLER, ORIGINS, PRODUCTS, Agent, Origin

_BROWSER = SourceReference("shop-web", "browser")
_SERVER = SourceReference("shop-server", "server")
_NO_CURRENCY = {
    "type": "Required",
    "field": "properties.currency",
    "description": "missing required property: currency",
}


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Somebody with devices; `user_id` from the moment of signing up, if ever."""

    number: int
    devices: tuple[tuple[str, Agent], ...]
    user_id: str | None
    signs_up_on: int  # visit


def generate(*, events: int, days: int, seed: int, until: datetime) -> Iterator[StoredEvent]:
    """Yield about so many events of the days before `until`, visitor by visitor, copies included."""
    random = Random(seed)  # noqa: S311  # made-up visitors need no secrets
    made = number = 0
    while made < events:
        number += 1
        visitor = _visitor(random, number)
        start = until - timedelta(seconds=random.uniform(0, days * 86_400))
        life = (
            _crawl(number, start, until)
            if number % 30 == 7
            else _life(random, visitor, start, until)
        )
        for event in life:
            for copy in _deliveries(random, event, until):
                made += 1
                yield copy


def _visitor(random: Random, number: int) -> _Visitor:
    devices = [(f"device-{number}-{place}", random.choice(AGENTS)) for place in range(2)]
    if number % 40 == 0:
        # A kiosk: more users than a device may have before it counts as nobody's.
        devices[0] = (f"kiosk-{number // 400}", AGENTS[5])
    elif number % 9 == 0:
        devices[0] = (f"device-{number - 1}-0", AGENTS[0])  # the neighbour's tablet
    return _Visitor(
        number,
        tuple(devices[: 1 + (random.random() < 0.3)]),  # three in ten have two
        f"user-{number}" if random.random() < 0.45 else None,
        random.randint(1, 3),
    )


def _life(
    random: Random, visitor: _Visitor, start: datetime, until: datetime
) -> Iterator[StoredEvent]:
    moment, known = start, False
    for visit in range(1, random.randint(2, 7)):
        device, agent = random.choice(visitor.devices)
        if visit == 1:
            device, agent = visitor.devices[0]
        signs_up = visitor.user_id is not None and visit == visitor.signs_up_on
        story = _visit(random, visitor, signs_up=signs_up, known=known)
        origin = random.choice(ORIGINS)
        for step, fields in enumerate(story):
            moment += timedelta(milliseconds=random.randint(1_000, 240_000))
            if moment >= until:
                return
            event = _event(f"{visitor.number}-{visit}-{step}", moment, device, agent, **fields)
            yield _with_origin(event, origin if step == 0 else None)
        known = known or signs_up
        moment += timedelta(seconds=random.expovariate(1 / 200_000) + 1_900)
    if known and visitor.number % 25 == 0:
        yield from _renamed(visitor, moment, until)


def _crawl(number: int, start: datetime, until: datetime) -> Iterator[StoredEvent]:
    """Read every product's page as a crawler does: a new device each time, and nothing else."""
    for step, product in enumerate(PRODUCTS):
        moment = start + timedelta(seconds=2 * step)
        if moment < until:
            device, path = f"crawler-{number}-{step}", f"/products/{product['sku']}"
            yield _with_origin(
                _event(
                    f"{number}-0-{step}",
                    moment,
                    device,
                    CRAWLER,
                    type="page",
                    path=path,
                    name="Product",
                ),
                ORIGINS[0],
            )


def _visit(
    random: Random, visitor: _Visitor, *, signs_up: bool, known: bool
) -> Iterator[dict[str, Any]]:
    user = {"user_id": visitor.user_id} if known and random.random() < 0.8 else {}
    yield {"type": "page", "name": "Home", "path": "/", **user}
    for product in random.sample(PRODUCTS, random.randint(0, 3)):
        path = f"/products/{product['sku']}"
        yield {"type": "page", "name": "Product", "path": path, **user}
        yield {"type": "track", "event": "Product Viewed", "properties": product, **user}
    if signs_up:
        user = {"user_id": visitor.user_id}
        traits = {"email": f"{visitor.user_id}@shop.example", "plan": "free"}
        yield {"type": "identify", "traits": traits, **user}
        yield {"type": "track", "event": "Signed Up", **user}
    if user and random.random() < 0.5:
        basket = [
            product | {"quantity": random.randint(1, 3)}
            for product in random.sample(PRODUCTS, random.randint(1, 3))
        ]
        total = sum(product["price"] * product["quantity"] for product in basket)
        order = {"order_id": f"o{visitor.number}", "total": total, "products": basket}
        yield {"type": "track", "event": "Order Completed", "properties": order, **user}
        plan: Any = random.choice(["gold", "silver", None])
        yield {"type": "identify", "traits": {"plan": plan, "orders": 1}, **user, "source": _SERVER}


def _renamed(visitor: _Visitor, moment: datetime, until: datetime) -> Iterator[StoredEvent]:
    """Give the customer a second user id, and say that both are one, as a shop's server does."""
    new = f"customer-{visitor.number}"
    steps: tuple[dict[str, Any], ...] = (
        {"type": "alias", "user_id": new, "previous_id": visitor.user_id},
        {"type": "track", "event": "Invoice Paid", "user_id": new, "properties": {"total": 9}},
    )
    for step, fields in enumerate(steps):
        at = moment + timedelta(hours=step)
        if at < until:
            yield _event(
                f"{visitor.number}-renamed-{step}", at, None, None, source=_SERVER, **fields
            )


def _event(  # a made-up event has as many parts as a real one
    message_id: str,
    moment: datetime,
    device: str | None,
    agent: Agent | None,
    *,
    type: str,  # Segment's word
    user_id: str | None = None,
    previous_id: str | None = None,
    path: str | None = None,
    source: SourceReference = _BROWSER,
    **fields: Any,
) -> StoredEvent:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    seen = None if source is _SERVER else device
    enrichment: dict[str, Any] = {}
    if path is not None:
        url = f"https://shop.example{path}"
        enrichment["page"] = {"url": url, "host": "shop.example", "path": path}
    if agent is not None and source is _BROWSER:
        enrichment["userAgent"] = {
            "kind": agent.kind,
            "browser": agent.browser,
            "os": agent.os,
            "device": "Other",
        }
        crawls = {"name": agent.browser, "kind": "search-engine"} if agent is CRAWLER else {}
        enrichment["bot"] = {"is": agent is CRAWLER, **crawls}
        # By the device's number, so that it does not travel.
        enrichment["geo"] = {"country": COUNTRIES[int((device or "0-0").split("-")[1]) % 3]}
    broken = fields.get("event") == "Order Completed" and message_id.endswith("1")
    return StoredEvent(
        type=type,
        message_id=message_id,
        timestamp=moment,
        received_at=moment,
        source=source,
        anonymous_id=seen,
        user_id=user_id,
        previous_id=previous_id,
        identity=Identity(anonymous_id=seen, user_id=user_id, previous_id=previous_id),
        enrichment=enrichment,
        violations=(_NO_CURRENCY,) if broken else (),
        **fields,
    )


def _with_origin(event: StoredEvent, origin: Origin | None) -> StoredEvent:
    """Say where the page was come to from; None: from another of the shop's own."""
    if "page" not in event.enrichment:
        return event
    found = dict(event.enrichment)
    if origin is None:
        found["referrer"] = {
            "url": "https://shop.example/",
            "host": "shop.example",
            "kind": "internal",
        }
        return replace(event, enrichment=found)
    found["referrer"] = {"kind": "direct"}
    found["channel"] = origin.channel
    if origin.referrer_host is not None:
        host = origin.referrer_host
        found["referrer"] = {"url": f"https://{host}/", "host": host, "kind": origin.referrer_kind}
        if origin.referrer_name is not None:
            found["referrer"]["name"] = origin.referrer_name
    if origin.source is not None:
        found["campaign"] = {
            "source": origin.source,
            "medium": origin.medium,
            "name": origin.campaign,
        }
    return replace(event, enrichment=found)


def _deliveries(random: Random, event: StoredEvent, until: datetime) -> Iterator[StoredEvent]:
    """How the event arrives: at once, hours later, with a bad clock, or a second time."""
    fate = random.random()
    if fate < 0.02:  # a phone without a network
        event = replace(
            event, received_at=event.received_at + timedelta(hours=random.uniform(0, 20))
        )
    elif fate < 0.03:  # a clock that is ahead, beyond what sentAt could correct
        event = replace(event, timestamp=event.timestamp + timedelta(hours=2))
    event = replace(event, received_at=min(event.received_at, until - timedelta(milliseconds=1)))
    yield event
    if random.random() < 0.02:  # the answer was lost, so the client sent it again
        later = event.received_at + timedelta(seconds=random.randint(1, 7_200))
        if later < until:
            yield replace(event, received_at=later)
