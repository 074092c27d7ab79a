"""Which destinations an event may go to."""

from typing import Any

import pytest
from headwater.destination import Configured, routes
from headwater.destination.filter import compile_filter
from headwater.destinations import DESTINATIONS
from headwater.record import Privacy, SourceReference

from tests.examples import a_stored_track


def a_destination(**overrides: Any) -> Configured:
    return Configured(
        **{
            "id": "crm",
            "sheet": DESTINATIONS["webhook"],
            "integration": "Mail Tool",
            "events": ("track", "identify"),
            **overrides,
        }
    )


def goes(event: Any = None, **overrides: Any) -> bool:
    destination = a_destination(**overrides)
    return routes(event or a_stored_track(), [destination]) == (destination,)


def test_an_event_goes_to_every_destination_that_is_set_up_for_it() -> None:
    first, off, third = (
        a_destination(id="first"),
        a_destination(id="off", enabled=False),
        a_destination(id="third"),
    )

    assert routes(a_stored_track(), [first, off, third]) == (first, third)


def test_a_type_that_is_not_listed_does_not_go() -> None:
    assert goes(a_stored_track(type="page")) is False


@pytest.mark.parametrize(
    ("sources", "expected"), [(None, True), (("shop-web",), True), (("shop-server",), False)]
)
def test_only_listed_sources_go(sources: tuple[str, ...] | None, expected: bool) -> None:
    event = a_stored_track(source=SourceReference("shop-web", "browser"))

    assert goes(event, sources=sources) is expected


@pytest.mark.parametrize(
    ("integrations", "expected"),
    [
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": None}, True),
        ({"Mail Tool": False}, False),
        ({"Mail Tool": None}, True),
        ({"All": False, "Mail Tool": True}, True),
        ({"All": False, "Mail Tool": {"option": 1}}, True),
        ({"All": False, "Mail Tool": {}}, True),
        ({"All": False, "mail_tool": True}, True),
        ({"All": True, "mailtool": False}, False),
        ({"Mail Tool": True, "mailtool": False}, True),
        ({"All": False, "Other": True}, False),
        ({"Other": False}, True),
        ({"Segment.io": False}, True),
        ({"All": False, "Webhook": True}, True),
    ],
)
def test_the_integrations_object_decides(integrations: dict[str, Any], expected: bool) -> None:
    assert goes(a_stored_track(integrations=integrations)) is expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({}, True),
        ({"consent": {"categoryPreferences": {"Email": True, "Ads": True}}}, True),
        ({"consent": {"categoryPreferences": {"Email": True, "Ads": False}}}, False),
        ({"consent": {"categoryPreferences": {"Email": True}}}, False),
        ({"consent": {"categoryPreferences": {}}}, False),
        ({"consent": {"categoryPreferences": {"Email": 1, "Ads": "true"}}}, False),
        ({"consent": None}, True),
        ({"consent": {}}, True),
        ({"consent": "yes"}, False),
        ({"consent": {"categoryPreferences": ["Email", "Ads"]}}, False),
        ({"consent": {"categoryPreferences": "all"}}, False),
        ({"consent": {"categoryPreferences": None}}, True),
    ],
)
def test_every_category_needs_consent_where_consent_was_asked(
    context: dict[str, Any], expected: bool
) -> None:
    assert goes(a_stored_track(context=context), consent=("Email", "Ads")) is expected


def test_a_destination_without_categories_needs_no_consent() -> None:
    event = a_stored_track(context={"consent": {"categoryPreferences": {}}})

    assert goes(event, consent=()) is True


@pytest.mark.parametrize(
    ("no_share", "advertising", "expected"),
    [(True, True, False), (True, False, True), (False, True, True)],
)
def test_who_objects_to_sharing_is_not_sent_to_advertisers(
    no_share: bool, advertising: bool, expected: bool
) -> None:
    event = a_stored_track(privacy=Privacy(no_share=no_share))

    assert goes(event, advertising=advertising) is expected


def test_only_what_the_filter_takes_goes() -> None:
    filtered = compile_filter('event != "Heartbeat" and properties.size > 40')

    assert goes(filter=filtered)
    assert not goes(a_stored_track(event="Heartbeat"), filter=filtered)
    assert not goes(a_stored_track(properties={}), filter=filtered)


def test_only_who_is_in_the_sample_goes() -> None:
    assert goes(sampled=lambda event: event.message_id == "message-1")
    assert not goes(a_stored_track("message-2"), sampled=lambda _: False)
