"""What each enrichment costs an event of a browser's batch, warm; the floor is the line written."""

from collections.abc import Iterator
from copy import replace
from datetime import UTC, datetime

from headwater.enrichments import ENRICHMENTS, Enrichment
from headwater.enrichments.draft import Draft
from headwater.enrichments.finding import Changes
from headwater.outcomes import Dropped, Rejected
from headwater.record import SourceReference, StoredEvent
from headwater.tracking_plan import SourcePlan
from headwater.wire.request import Received

from benchmarks.measure import Case

# Each event of a hundred is another object, as in a batch; the page, the browser and the visit are one.
_EVENTS = 100

_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
_SEARCH = "?utm_source=google&utm_medium=cpc&utm_campaign=spring+sale&gclid=Cj0KCQ"
_BRANDS = [
    {"brand": "Chromium", "version": "142"},
    {"brand": "Google Chrome", "version": "142"},
    {"brand": "Not_A Brand", "version": "99"},
]


def steps(plan: SourcePlan | None) -> Iterator[tuple[str, Case, Case]]:
    """Yield each step's name, its case and its floor, on the event as the steps before it left it."""
    received = _received(plan)
    drafts = [Draft(_landing(at, received.at)) for at in range(_EVENTS)]
    for name, step in ENRICHMENTS:
        yield name, *_cases(name, step, [replace(draft.event) for draft in drafts], received)
        for draft in drafts:
            draft.take(_kept(step(draft.event, received)))


def _cases(
    name: str, step: Enrichment, events: list[StoredEvent], received: Received
) -> tuple[Case, Case]:
    def enriched() -> None:
        for event in events:
            step(event, received)

    def written() -> None:
        for event in events:
            event.to_line()

    return Case(f"step {name}", enriched, _EVENTS), Case(f"{name}, line", written, _EVENTS)


def _kept(ended: Changes | Rejected | Dropped) -> Changes:
    if isinstance(ended, Rejected | Dropped):
        raise TypeError(f"the benchmark's own event was not kept: {ended}")
    return ended


def _received(plan: SourcePlan | None) -> Received:
    place = {"country": "NL", "country-region": "NH", "city": "Amsterdam", "latitude": "52.37", "longitude": "4.89"}  # fmt: skip
    return Received(
        at=datetime.now(UTC),
        source=SourceReference("shop-web", "browser"),
        request_id="bench",
        address="203.0.113.66",
        headers={
            "user-agent": _CHROME,
            "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
            **{f"cloudfront-viewer-{name}": said for name, said in place.items()},
        },
        plan=plan,
        own_hosts=frozenset({"shop.example", "help.example"}),
    )


def _landing(at: int, now: datetime) -> StoredEvent:
    return StoredEvent(
        type="page",
        message_id=f"bench-{at}",
        timestamp=now,
        received_at=now,
        source=SourceReference("shop-web", "browser"),
        anonymous_id="8aa50242-4f0a-42e1-afae-070ce389373c",
        original_timestamp=now.isoformat(),
        sent_at=now,
        context={
            "locale": "en-US",
            "timezone": "Europe/Amsterdam",
            "userAgent": _CHROME,
            "userAgentData": {"brands": _BRANDS, "mobile": False, "platform": "Windows"},
            "page": {
                "url": f"https://shop.example/spring{_SEARCH}",
                "path": "/spring",
                "search": _SEARCH,
                "referrer": "https://www.google.com/",
                "title": "Spring",
            },
        },
    )
