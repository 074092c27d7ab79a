"""The steps together: alone in failure, idempotent, and leaving their input as it was."""

import copy
from dataclasses import replace
from typing import Any

from headwater.enrichments import ENRICHMENTS, enrich, through
from headwater.enrichments.draft import Draft
from headwater.enrichments.finding import Changes
from headwater.enrichments.usable_ids import usable_ids
from headwater.enrichments.user_agent import user_agent
from headwater.outcomes import Dropped, DropReason, RejectCode, Rejected
from headwater.record import Identity, StoredEvent
from headwater.wire.request import Received
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON, a_received, a_stored_track, enriched_by

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=12)
    | st.sampled_from(["https://a.example/?utm_source=x&gclid=1", "http://[", "0.0.0.0", "curl/8"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["url", "search", "referrer", "name", "ip", "page"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)
_contexts = st.dictionaries(
    st.sampled_from(
        ["page", "campaign", "referrer", "userAgent", "userAgentData", "ip", "locale", "timezone"]
    ),
    _values,
)
_events = st.builds(
    a_stored_track,
    type=st.sampled_from(["track", "page", "identify"]),
    context=_contexts,
    properties=_contexts,
    anonymous_id=st.none() | st.text(max_size=300) | st.sampled_from(["null", "a-1", "undefined"]),
    original_timestamp=st.none() | st.text(max_size=30),
    identity=st.just(Identity()),
)
_received = st.builds(
    a_received,
    address=st.none() | st.sampled_from(["1.2.3.4", "2001:db8::1", "no address"]),
    headers=st.dictionaries(
        st.sampled_from(
            ["user-agent", "x-ip-policy", "sec-purpose", "sec-ch-ua", "cloudfront-viewer-city"]
        ),
        st.text(max_size=30),
    ),
)


@given(_events, _received)
def test_enriching_twice_is_enriching_once(event: StoredEvent, received: Received) -> None:
    once = enrich(event, received)

    assert isinstance(once, StoredEvent)
    assert enrich(once, received) == once


@given(_events, _received)
def test_no_step_changes_what_it_was_given(event: StoredEvent, received: Received) -> None:
    before = copy.deepcopy(event)

    for _, step in ENRICHMENTS:
        step(event, received)

    assert event == before


@given(_events, st.builds(a_received, address=st.none() | st.just("1.2.3.4")))
def test_no_event_makes_a_step_fail(event: StoredEvent, received: Received) -> None:
    enriched = enrich(event, received)

    assert isinstance(enriched, StoredEvent)
    assert "errors" not in enriched.enrichment
    assert enriched.to_line().endswith(b"\n")


@given(st.lists(_events, min_size=2, max_size=4), _received)
def test_what_a_batch_shares_is_read_as_if_each_event_came_alone(
    events: list[StoredEvent], received: Received
) -> None:
    batch = [events[0], *events, *events[::-1]]

    assert [enrich(event, received) for event in batch] == [
        enrich(event, replace(received)) for event in batch
    ]


def test_hints_that_only_equal_each_other_are_not_taken_for_the_same() -> None:
    received, said = a_received(), {"platform": "Android", "brands": [{"brand": "Opera GX"}]}
    batch = [
        a_stored_track(context={"userAgentData": {**said, "mobile": is_}}) for is_ in (True, 1)
    ]

    kinds = [
        enriched_by(user_agent, event, received).enrichment["userAgent"]["kind"] for event in batch
    ]

    assert kinds == ["mobile", "other"]


def test_a_step_that_breaks_is_named_and_the_event_goes_on() -> None:
    def broken(event: StoredEvent, received: Received) -> Changes:
        raise LookupError("no such place")

    event = through(
        (("broken", broken), ("usableIds", usable_ids)), Draft(a_stored_track()), a_received()
    )

    assert isinstance(event, StoredEvent)
    assert event.enrichment == {"errors": ["broken"]}
    assert event.identity.anonymous_id == "device-1"


def test_an_event_that_is_dropped_goes_no_further() -> None:
    def dropping(event: StoredEvent, received: Received) -> Dropped:
        return Dropped(DropReason.BOT)

    def unreachable(event: StoredEvent, received: Received) -> Any:
        raise AssertionError

    steps = (("dropping", dropping), ("unreachable", unreachable))

    assert through(steps, Draft(a_stored_track()), a_received()) == Dropped(DropReason.BOT)


def test_placeholder_ids_stay_in_the_event_and_stand_for_nobody() -> None:
    event = enriched_by(
        usable_ids,
        a_stored_track(anonymous_id="null", user_id="u-1", previous_id="undefined", group_id=" "),
        a_received(),
    )

    assert (event.anonymous_id, event.previous_id) == ("null", "undefined")
    assert event.identity == Identity(user_id="u-1")


def test_a_landing_page_view_has_every_finding() -> None:
    event = a_stored_track(
        type="page",
        context={
            "page": {
                "url": "https://shop.example/p?utm_source=s&gclid=g",
                "search": "?utm_source=s&gclid=g",
                "referrer": "https://search.example/",
                "title": "P",
            },
            "userAgent": "curl/8.5.0",
        },
    )

    enriched = enrich(event, a_received(address="203.0.113.66"))

    assert isinstance(enriched, StoredEvent)
    assert enriched.timestamp == NOON
    assert enriched.context["ip"] == "203.0.113.66"
    assert enriched.enrichment == {
        "bot": {"is": True, "name": "curl", "kind": "http-library"},
        "userAgent": {
            "browser": "curl",
            "browserVersion": "8.5.0",
            "os": "Other",
            "device": "Other",
            "kind": "other",
        },
        "page": {
            "url": "https://shop.example/p?utm_source=s",
            "host": "shop.example",
            "path": "/p",
            "title": "P",
        },
        "referrer": {"url": "https://search.example/", "host": "search.example", "kind": "other"},
        "campaign": {"source": "s"},
        "clickIds": {"gclid": "g"},
        "channel": "Unassigned",
    }


def test_a_rejected_event_that_a_later_step_drops_is_kept_nowhere() -> None:
    def rejecting(event: StoredEvent, received: Received) -> Rejected:
        return Rejected(RejectCode.UNPLANNED, "event", "not in the plan", None)

    def dropping(event: StoredEvent, received: Received) -> Dropped:
        return Dropped(DropReason.CHOICE)

    steps = (("trackingPlan", rejecting), ("usableIds", usable_ids))

    assert isinstance(through(steps, Draft(a_stored_track()), a_received()), Rejected)
    assert through((*steps, ("privacy", dropping)), Draft(a_stored_track()), a_received()) == (
        Dropped(DropReason.CHOICE)
    )
