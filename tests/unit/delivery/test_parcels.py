"""Requests of several events become as few bodies as the vendor's limits allow."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from headwater.delivery.parcels import pack
from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.sheet import AnyDestination
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON


def a_sheet(**overrides: Any) -> AnyDestination:
    sheet: AnyDestination = Destination(
        slug="vendor",
        name="Vendor",
        docs="https://vendor.example/docs",
        settings=DestinationSettings,
        build=lambda event, settings: [],
        max_events=3,
        max_bytes=1_000,
    )
    return replace(sheet, **overrides)


def a_request(*items: Any, key: str = "one") -> Request:
    return Request(url="https://vendor.example/in", json={"api_key": key}, lists={"events": items})


def bodies(requests: list[Request], sheet: AnyDestination) -> list[Any]:
    parcels, _ = pack(enumerate(requests), sheet, now=NOON)
    return [orjson.loads(parcel.body(now=NOON) or b"null") for parcel in parcels]


def test_requests_alike_but_for_their_items_travel_together() -> None:
    sent = bodies([a_request("a"), a_request("b", key="two"), a_request("c")], a_sheet())

    assert sent == [
        {"api_key": "one", "events": ["a", "c"]},
        {"api_key": "two", "events": ["b"]},
    ]


def test_a_body_holds_no_more_items_than_the_vendor_takes() -> None:
    sent = bodies([a_request("a", "b"), a_request("c", "d")], a_sheet())

    assert [body["events"] for body in sent] == [["a", "b", "c"], ["d"]]


def test_a_list_without_a_name_is_the_body() -> None:
    request = Request(url="https://vendor.example/in", lists={"": ("a", "b")})

    assert bodies([request], a_sheet()) == [["a", "b"]]


def test_each_sending_has_an_id_of_its_own_where_the_vendor_wants_one() -> None:
    request = Request(
        url="https://vendor.example", json={"a": 1}, sent_at_key="at", request_id_key="id"
    )
    ((parcel,), _) = pack([(0, request)], a_sheet(), now=NOON)

    ids = [
        UUID(orjson.loads(parcel.body(now=moment) or b"")["id"])
        for moment in (NOON, NOON + timedelta(days=2), NOON)
    ]

    assert [one.version for one in ids] == [4, 4, 4]
    assert ids[0] == ids[2] != ids[1]


def test_lists_of_several_names_share_a_body() -> None:
    request = Request(url="https://vendor.example", lists={"events": ("a",), "attributes": ("b",)})

    assert bodies([request], a_sheet()) == [{"events": ["a"], "attributes": ["b"]}]


def test_an_event_too_large_for_any_body_is_told_apart() -> None:
    requests = [
        a_request("a"),
        a_request("x" * 2_000),
        Request(url="https://v", content=b"x" * 2_000),
    ]

    parcels, too_large = pack(enumerate(requests), a_sheet(), now=NOON)

    assert ([parcel.owners for parcel in parcels], too_large) == (
        [frozenset({0})],
        frozenset({1, 2}),
    )


@given(st.lists(st.lists(st.text(max_size=400), max_size=4), max_size=12))
def test_packing_loses_nothing_repeats_nothing_and_keeps_every_limit(
    items: list[list[str]],
) -> None:
    sheet = a_sheet()

    parcels, too_large = pack(
        ((owner, a_request(*texts)) for owner, texts in enumerate(items)), sheet, now=NOON
    )

    packed = [(item.owner, orjson.loads(item.json)) for parcel in parcels for item in parcel.items]
    expected = [(owner, text) for owner, texts in enumerate(items) for text in texts]
    assert packed == [pair for pair in expected if pair in packed]
    assert {owner for owner, _ in set(expected) - set(packed)} == too_large
    for parcel in parcels:
        assert len(parcel.items) <= sheet.max_events
        assert len(parcel.body(now=NOON) or b"") <= sheet.max_bytes
        assert parcel.owners == {item.owner for item in parcel.items}


def test_halves_are_the_whole_in_order() -> None:
    (parcel,), _ = pack([(0, a_request("a", "b")), (1, a_request("c"))], a_sheet(), now=NOON)

    halves = parcel.halves()

    assert halves is not None
    first, second = halves
    assert first.items + second.items == parcel.items
    assert (first.owners, second.owners) == (frozenset({0}), frozenset({0, 1}))
    assert first.halves() is None


def test_whose_item_stands_where_is_known_list_by_list() -> None:
    requests = [
        Request(url="https://v", lists={"events": ("a",), "attributes": ("b",)}),
        Request(url="https://v", lists={"attributes": ("c",), "events": ()}),
    ]
    (parcel,), _ = pack(enumerate(requests), a_sheet(), now=NOON)

    assert parcel.owner_of() == {("events", 0): 0, ("attributes", 0): 0, ("attributes", 1): 1}


def test_a_request_becomes_http_as_it_says() -> None:
    request = Request(
        url="https://vendor.example/in",
        params={"key": "a b"},
        form={"name": "Ada & Co", "empty": ""},
        headers={"Accept": "text/plain"},
    )
    (parcel,), _ = pack([(0, request)], a_sheet(), now=NOON)

    http = parcel.to_http(a_sheet(), now=NOON)

    assert (http.url, http.body) == ("https://vendor.example/in?key=a+b", b"name=Ada+%26+Co&empty=")
    assert http.headers == {
        "User-Agent": "Headwater",
        "Accept": "text/plain",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_only_a_body_worth_it_is_compressed_and_only_where_the_vendor_takes_it() -> None:
    def encoding(size: int, *, takes_gzip: bool) -> str | None:
        sheet = a_sheet(gzip=takes_gzip, max_bytes=10_000)
        (parcel,), _ = pack([(0, a_request("x" * size))], sheet, now=NOON)
        return parcel.to_http(sheet, now=NOON).headers.get("Content-Encoding")

    found = [
        encoding(size, takes_gzip=takes)
        for size, takes in [(10, True), (5_000, True), (5_000, False)]
    ]

    assert found == [None, "gzip", None]


@given(sizes=st.lists(st.integers(1, 300), min_size=1, max_size=40))
def test_an_item_that_is_named_by_its_place_has_it_and_still_fits(sizes: list[int]) -> None:
    items = [{"text": "x" * size} for size in sizes]
    request = replace(a_request(*items), position_key="Id")
    sheet = a_sheet(max_events=12)

    parcels, too_large = pack([(0, request)], sheet, now=NOON)

    assert not too_large
    named = [orjson.loads(parcel.body(now=NOON) or b"")["events"] for parcel in parcels]
    assert all(item["Id"] == str(place) for part in named for place, item in enumerate(part))
    assert [item["text"] for part in named for item in part] == [item["text"] for item in items]
    assert all(len(parcel.body(now=NOON) or b"") <= sheet.max_bytes for parcel in parcels)
