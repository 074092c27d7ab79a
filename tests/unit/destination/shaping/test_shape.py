"""What a destination does not get to see."""

from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest
from headwater.destination.shaping import PathError, shape
from headwater.record import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import a_stored_track
from tests.unit.destinations.hostile import stored_events

ORDER = a_stored_track(
    event="Order Completed",
    properties={
        "total": 12,
        "ssn": "123",
        "cart": {"id": 1, "note": "x"},
        "products": [{"sku": "a", "price": 1}, {"sku": "b", "price": 2}, "odd"],
    },
    traits={"email": " Ada@Example.com", "plan": "pro"},
    context={"ip": "203.0.113.9", "traits": {"email": "ada@example.com", "plan": "pro"}},
)
ADA = sha256(b"ada@example.com").hexdigest()


def shaped(event: StoredEvent = ORDER, **rules: Any) -> StoredEvent:
    shape_it = shape(**rules)
    assert shape_it is not None
    return shape_it(event)


def test_without_a_rule_there_is_nothing_to_do() -> None:
    assert shape() is None


def test_what_is_dropped_is_gone_wherever_the_path_leads() -> None:
    event = shaped(drop=["properties.ssn", "properties.products.sku", "context.ip", "traits.email"])

    assert event.properties == {
        "total": 12,
        "cart": {"id": 1, "note": "x"},
        "products": [{"price": 1}, {"price": 2}, "odd"],
    }
    assert event.traits == {"plan": "pro"}
    # Clients repeat traits in the context: one rule governs both.
    assert event.context == {"traits": {"plan": "pro"}}


def test_only_what_is_allowed_stays_in_the_objects_that_a_rule_names() -> None:
    event = shaped(allow=["properties.total", "properties.products.price", "properties.cart.id"])

    assert event.properties == {
        "total": 12,
        "products": [{"price": 1}, {"price": 2}, {}],
        "cart": {"id": 1},
    }
    assert (event.traits, event.context) == (ORDER.traits, ORDER.context)


@pytest.mark.parametrize(
    ("allow", "context"),
    [
        (["traits.plan"], {"ip": "203.0.113.9", "traits": {"plan": "pro"}}),
        (["traits.plan", "context.ip"], {"ip": "203.0.113.9", "traits": {"plan": "pro"}}),
        (["context.ip"], {"ip": "203.0.113.9"}),
        (["traits.plan", "context.traits.email"], {"traits": {"email": "ada@example.com"}}),
    ],
)
def test_what_is_allowed_of_the_traits_governs_their_copy(
    allow: list[str], context: dict[str, Any]
) -> None:
    assert shaped(allow=allow).context == context


def test_what_is_allowed_as_a_whole_is_not_narrowed_by_a_part() -> None:
    for allow in (
        ["properties.cart", "properties.cart.id"],
        ["properties.cart.id", "properties.cart"],
    ):
        assert shaped(allow=allow).properties == {"cart": {"id": 1, "note": "x"}}


def test_a_value_where_an_object_was_allowed_does_not_slip_through() -> None:
    assert shaped(allow=["properties.ssn.last"]).properties == {"ssn": {}}


def test_a_hash_is_of_the_address_as_vendors_match_it() -> None:
    event = shaped(hashed=["traits.email"])

    assert event.traits == {"email": ADA, "plan": "pro"}
    assert event.context["traits"] == {"email": ADA, "plan": "pro"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ada  ", sha256(b"Ada").hexdigest()),
        (ADA, ADA),
        (None, None),
        (12, sha256(b"12").hexdigest()),
        (["a@b.c", None], [sha256(b"a@b.c").hexdigest(), None]),
        ({"b": 1, "a": 2}, sha256(b'{"a":2,"b":1}').hexdigest()),
    ],
)
def test_any_value_can_be_hashed(value: Any, expected: Any) -> None:
    event = shaped(a_stored_track(properties={"it": value}), hashed=["properties.it"])

    assert event.properties == {"it": expected}


def test_an_event_has_another_name_there() -> None:
    names = {"Order Completed": "Purchase", "Home": "Start"}

    assert shaped(events=names).event == "Purchase"
    assert shaped(a_stored_track(), events=names).event == "Boots Tried"
    page = shaped(a_stored_track(type="page", event=None, name="Home"), events=names)
    assert (page.event, page.name) == (None, "Start")
    identify = a_stored_track(type="identify", event="Order Completed")
    assert shaped(identify, events=names) == identify


def test_a_property_has_another_name_there_and_the_old_bearer_gives_way() -> None:
    event = shaped(properties={"properties.total": "ssn", "properties.cart.note": "remark"})

    assert event.properties == {
        "ssn": 12,
        "cart": {"id": 1, "remark": "x"},
        "products": ORDER.properties["products"],
    }


def test_every_rule_names_what_the_site_sends() -> None:
    event = shaped(
        allow=["properties.total", "properties.ssn"],
        drop=["properties.total"],
        hashed=["properties.ssn"],
        properties={"properties.ssn": "id"},
    )

    assert event.properties == {"id": sha256(b"123").hexdigest()}


@pytest.mark.parametrize("path", ["", "email", "properties", "properties.", "userId", "x.y"])
@pytest.mark.parametrize("rule", ["allow", "drop", "hashed"])
def test_a_path_from_nowhere_is_refused(rule: str, path: str) -> None:
    rules: dict[str, Any] = {rule: [path]}
    with pytest.raises(PathError, match="is no path of a property; write it from its root, one of"):
        shape(**rules)


def test_a_new_name_is_a_name_and_no_path() -> None:
    with pytest.raises(PathError, match="give its last name alone"):
        shape(properties={"properties.total": "properties.amount"})


_PATHS = st.sampled_from(
    [
        "properties.products.price",
        "properties.total",
        "properties.url",
        "traits.email",
        "traits.address.city",
        "context.page.url",
        "context.traits",
        "enrichment.page",
    ]
)


@given(
    event=stored_events(),
    allow=st.lists(_PATHS, max_size=3),
    drop=st.lists(_PATHS, max_size=3),
    hashed=st.lists(_PATHS, max_size=3),
    renamed=st.dictionaries(_PATHS, st.just("other"), max_size=2),
)
def test_no_event_makes_a_rule_raise_or_is_changed_by_it(
    event: StoredEvent,
    allow: list[str],
    drop: list[str],
    hashed: list[str],
    renamed: dict[str, str],
) -> None:
    before = deepcopy(event)
    shape_it = shape(allow=allow, drop=drop, hashed=hashed, properties=renamed)

    if shape_it is not None:
        after = shape_it(event)
        after.to_line()
        assert after.message_id == event.message_id
        for path in drop:
            root, name, *further = path.split(".")
            assert further or name not in getattr(after, root)
    assert event == before
