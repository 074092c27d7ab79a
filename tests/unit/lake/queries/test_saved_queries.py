"""Every saved query, against an independent computation from the generated events."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from headwater.lake.views import saved_queries
from headwater.record import StoredEvent

from tests.unit.lake.queries.shop import (
    UNTIL,
    Seen,
    Shop,
    by_person,
    enriched,
    grouped,
    is_bot,
    touch,
    visits,
    week,
)

type Answer = list[tuple[Any, ...]]


def visitors(shop: Shop, days: int) -> list[Seen]:
    """What people did in browsers: neither servers nor bots."""
    return [
        seen
        for seen in shop.since(days)
        if seen.event.source.kind == "browser" and not is_bot(seen)
    ]


def sessions(shop: Shop) -> Answer:
    browser = visitors(shop, 30)
    rows = []
    for day, of_day in sorted(grouped(browser, lambda seen: seen.dt).items()):
        people = by_person(of_day)
        all_visits = [visit for theirs in people.values() for visit in visits(theirs)]
        pages = [sum(seen.event.type == "page" for seen in visit) for visit in all_visits]
        seconds = [(visit[-1].at - visit[0].at) // timedelta(seconds=1) for visit in all_visits]
        count = len(all_visits)
        bounced = sum(len(visit) == 1 for visit in all_visits)
        rows.append(
            (
                day,
                count,
                len(people),
                sum(pages) / count,
                sum(seconds) / count,
                100 * bounced / count,
            )
        )
    return rows


def funnel(shop: Shop) -> Answer:
    fortnight = timedelta(days=14)
    weeks: dict[Any, list[tuple[bool, bool]]] = {}
    for theirs in by_person(_people(shop, 60)).values():
        came = _first(theirs, lambda seen: seen.event.type in ("page", "screen"))
        signed = _first(theirs, lambda seen: seen.event.event == "Signed Up")
        ordered = _first(theirs, lambda seen: seen.event.event == "Order Completed")
        if came is None:
            continue
        signed_up = signed is not None and came <= signed < came + fortnight
        bought = (
            signed_up
            and signed is not None
            and ordered is not None
            and signed <= ordered < signed + fortnight
        )
        weeks.setdefault(week(came), []).append((signed_up, bought))
    rows: Answer = []
    for monday, reached in sorted(weeks.items()):
        came_in, signed_in = len(reached), sum(one for one, _ in reached)
        bought_in = sum(two for _, two in reached)
        percents = (100 * signed_in / came_in, 100 * bought_in / came_in)
        rows.append((monday, came_in, signed_in, bought_in, *percents))
    return rows


def _people(shop: Shop, days: int) -> list[Seen]:
    return [seen for seen in shop.since(days) if not is_bot(seen)]


def _first(events: Sequence[Seen], wanted: Callable[[Seen], bool]) -> datetime | None:
    return min((seen.at for seen in events if wanted(seen)), default=None)


def weekly_retention(shop: Shop) -> Answer:
    browser = visitors(shop, 60)
    weeks = {
        person: {week(seen.at) for seen in theirs} for person, theirs in by_person(browser).items()
    }
    sizes = Counter(min(active) for active in weeks.values())
    counts = Counter(
        (min(active), (monday - min(active)).days // 7)
        for active in weeks.values()
        for monday in active
    )
    return [
        (cohort, sizes[cohort], later, people, 100 * people / sizes[cohort])
        for (cohort, later), people in sorted(counts.items())
    ]


def attribution(shop: Shop) -> Answer:
    first: Counter[tuple[str, str]] = Counter()
    last: Counter[tuple[str, str]] = Counter()
    for theirs in by_person(_people(shop, 60)).values():
        bought = _first(theirs, lambda seen: seen.event.event == "Order Completed")
        if bought is None:
            continue
        touches = [
            found
            for seen in theirs
            if seen.at <= bought and (found := touch(seen.event)) is not None
        ] or [("Direct", "(direct)")]
        first[touches[0]] += 1
        last[touches[-1]] += 1
    rows = [(*place, first[place], last[place]) for place in first.keys() | last.keys()]
    return sorted(rows, key=lambda row: (-row[2], -row[3], row[:2]))


def product_lines(shop: Shop) -> Answer:
    lines: dict[str, list[dict[str, Any]]] = {}
    for seen in _orders(shop, 30):
        for product in seen.event.properties["products"]:
            lines.setdefault(product["product_id"], []).append(product)
    rows = [
        (
            product_id,
            sold[0]["name"],
            len(sold),
            sum(product["quantity"] for product in sold),
            sum(product["price"] * product["quantity"] for product in sold),
        )
        for product_id, sold in lines.items()
    ]
    return sorted(rows, key=lambda row: (-row[4], row[0]))


def _orders(shop: Shop, days: int) -> list[Seen]:
    return [seen for seen in shop.since(days) if seen.event.event == "Order Completed"]


def path_to_sign_up(shop: Shop) -> Answer:
    paths: Counter[str] = Counter()
    for theirs in by_person(shop.since(30)).values():
        signed = _first(theirs, lambda seen: seen.event.event == "Signed Up")
        if signed is None:
            continue
        before = [
            seen.event.event or seen.event.name or "?"
            for seen in theirs
            if seen.at < signed and seen.event.type in ("page", "track")
        ]
        paths[" > ".join(before[-5:]) or "(nothing before)"] += 1
    return sorted(paths.items(), key=lambda row: (-row[1], row[0]))


def events_before_first_identify(shop: Shop) -> Answer:
    identified: dict[str | None, Seen] = {}
    for seen in sorted(shop.events, key=lambda seen: seen.order):
        if seen.event.user_id is not None:
            identified.setdefault(seen.person, seen)
    rows = [
        (
            seen.person,
            identified[seen.person].event.user_id,
            identified[seen.person].at,
            seen.at,
            seen.event.type,
            seen.event.event or seen.event.name or enriched(seen.event, "page", "path"),
            seen.event.anonymous_id,
            (identified[seen.person].at - seen.at) // timedelta(minutes=1),
        )
        for seen in shop.since(30)
        if seen.person in identified
        and seen.event.user_id is None
        and seen.at < identified[seen.person].at
    ]
    return sorted(rows, key=lambda row: (row[2], row[0], row[3]))


def trait_history(shop: Shop) -> Answer:
    first = (UNTIL.date() - timedelta(days=30)).isoformat()
    said: dict[tuple[str, str], dict[tuple[str, str], datetime]] = {}
    for seen in shop.copies:
        if seen.event.type == "identify" and seen.dt >= first and seen.person is not None:
            for trait, value in seen.event.traits.items():
                steps = said.setdefault((seen.person, trait), {})
                step = (seen.event.message_id, json.dumps(value))
                steps[step] = max(steps.get(step, seen.effective_at), seen.effective_at)
    rows: Answer = []
    for (person, trait), steps in sorted(said.items()):
        before = None
        for at, (_, value) in sorted((at, step) for step, at in steps.items()):
            if value != before:
                rows.append((person, trait, before, value, at))
            before = value
    return rows


def device_breakdown(shop: Shop) -> Answer:
    def kind(seen: Seen) -> tuple[str, str | None, str | None]:
        agent = enriched(seen.event, "userAgent") or {}
        bot = "bot" if is_bot(seen) else None
        name = enriched(seen.event, "bot", "name") if bot else agent.get("browser")
        return (bot or agent.get("kind", "server"), agent.get("os"), name)

    rows = [
        (*key, len(by_person(theirs)), len(theirs))
        for key, theirs in grouped(shop.since(30), kind).items()
    ]
    return sorted(rows, key=lambda row: (-row[3], -row[4], row[0], row[1] or "~", row[2] or "~"))


def campaign_performance(shop: Shop) -> Answer:
    people = by_person(_people(shop, 60))
    touched: dict[tuple[Any, ...], dict[str, datetime]] = {}
    for person, theirs in people.items():
        for seen in theirs:
            campaign = enriched(seen.event, "campaign")
            if campaign:
                key = (
                    enriched(seen.event, "channel"),
                    campaign["source"],
                    campaign["medium"],
                    campaign["name"],
                )
                touched.setdefault(key, {}).setdefault(person, seen.at)
    rows = []
    for key, since in touched.items():
        later = [seen for person, at in since.items() for seen in people[person] if seen.at >= at]
        orders = [seen for seen in later if seen.event.event == "Order Completed"]
        signed = {seen.person for seen in later if seen.event.event == "Signed Up"}
        revenue = sum(seen.event.properties["total"] for seen in orders)
        rows.append((*key, len(since), len(signed), len(by_person(orders)), float(revenue)))
    return sorted(rows, key=lambda row: (-row[4], row[:4]))


def violations(shop: Shop) -> Answer:
    found = [seen for seen in shop.since(30) if seen.event.violations]
    rows = [
        (
            *key,
            "Required",
            "properties.currency",
            "missing required property: currency",
            len(those),
            max(seen.event.received_at.replace(tzinfo=None) for seen in those),
        )
        for key, those in grouped(
            found, lambda seen: (seen.event.source.id, seen.event.type, seen.event.event)
        ).items()
    ]
    return sorted(rows, key=lambda row: (-row[6], row[:5]))


def delivery_health(shop: Shop) -> Answer:
    first = (UNTIL - timedelta(days=7)).strftime("%Y-%m-%d")
    rows = []
    for destination_id in sorted({row.destination_id for row in shop.tries}):
        tries: dict[str, list[str]] = {}
        faults: Counter[str] = Counter()
        for row in shop.tries:
            if row.destination_id == destination_id and row.tried_at[:10] >= first:
                tries.setdefault(row.message_id, []).append(row.outcome)
                faults.update([row.reason] if row.reason else [])
        took = [outcomes for outcomes in tries.values() if "delivered" in outcomes]
        lost = [
            outcomes
            for outcomes in tries.values()
            if "delivered" not in outcomes and "undeliverable" in outcomes
        ]
        rows.append(
            (
                destination_id,
                len(tries),
                len(took),
                len(lost),
                len(tries) - len(took) - len(lost),
                100 * len(took) / len(tries),
                sum(map(len, tries.values())) / len(tries),
                min(faults, key=lambda reason: (-faults[reason], reason), default=None),
            )
        )
    return rows


def rejected_events(shop: Shop) -> Answer:
    first = UNTIL - timedelta(days=7)
    sources: dict[str, list[StoredEvent]] = {}
    for event in shop.refused:
        if event.received_at.date() >= first.date():
            sources.setdefault(event.source.id, []).append(event)
    rows = []
    for source_id, events in sources.items():
        last = max(events, key=lambda event: event.received_at)
        times = sorted(event.received_at.replace(tzinfo=None) for event in events)
        original = {"type": "track", "messageId": f"nameless-{last.message_id}"}
        rows.append(
            (
                source_id,
                "event_not_defined",
                "event",
                len(events),
                times[0],
                times[-1],
                "A track call needs the event's name.",
                json.dumps(original, separators=(",", ":")),
            )
        )
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def nothing(_shop: Shop) -> Answer:
    return []


COMPUTED: dict[str, Callable[[Shop], Answer]] = {
    "attribution": attribution,
    "campaign_performance": campaign_performance,
    "delivery_health": delivery_health,
    "device_breakdown": device_breakdown,
    "events_before_first_identify": events_before_first_identify,
    "funnel": funnel,
    "identity_audit": nothing,  # the log says what the events say
    "path_to_sign_up": path_to_sign_up,
    "product_lines": product_lines,
    "rejected_events": rejected_events,
    "sessions": sessions,
    "trait_history": trait_history,
    "violations": violations,
    "weekly_retention": weekly_retention,
}


def test_every_saved_query_is_computed_here() -> None:
    assert sorted(COMPUTED) == [query.name for query in saved_queries()]


@pytest.mark.parametrize("query", saved_queries(), ids=lambda query: query.name)
def test_a_saved_query_answers_what_the_events_say(shop: Shop, query: Any) -> None:
    answer = shop.lake.query(query.sql).rows

    expected = COMPUTED[query.name](shop)
    assert len(answer) == len(expected)
    for row, wanted in zip(answer, expected, strict=True):
        assert row == tuple(
            # SQL rounds a percentage to a tenth, an average to two or no decimals.
            pytest.approx(value, abs=0.51 if value > 101 else 0.051)
            if isinstance(value, float)
            else value
            for value in wanted
        )


def test_every_event_has_the_person_of_the_identity_model(shop: Shop) -> None:
    answer = shop.lake.query("SELECT message_id, person_id, effective_at FROM events_resolved").rows

    assert sorted(answer) == sorted(
        (seen.event.message_id, seen.person, seen.effective_at) for seen in shop.events
    )


def test_every_person_has_the_traits_of_the_identity_model(shop: Shop) -> None:
    rows = shop.lake.query("SELECT person_id, trait, value FROM traits").rows

    traits = shop.identity.traits
    # Each person is asked of the nodes that are theirs: of all nodes, a million events took hours.
    nodes: dict[str, set[str]] = {}
    for seen in shop.events:
        if seen.event.type == "identify" and seen.person is not None:
            user, device = seen.event.identity.user_id, seen.event.identity.anonymous_id
            nodes.setdefault(seen.person, set()).update({f"u:{user}", f"a:{device}"})
    known = {
        person: replace(
            shop.identity, traits={node: traits[node] for node in theirs & traits.keys()}
        )
        for person, theirs in nodes.items()
    }
    assert sorted((person, trait, json.loads(value)) for person, trait, value in rows) == sorted(
        (person, trait, value)
        for person, of_person in known.items()
        for trait, value in of_person.traits_of(person).items()
    )
