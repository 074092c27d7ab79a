"""Stored events as hostile as the collector lets through: right at the top, anything inside."""

from datetime import UTC, datetime
from typing import Any

from headwater.destination import EVENT_TYPES
from headwater.ids import usable_id
from headwater.record import Identity, Privacy, SourceReference, StoredEvent
from hypothesis import strategies as st

# orjson, like our stored line, holds 64-bit integers and no lone surrogates.
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
    | st.sampled_from(
        ["", "0", "-1", "1e400", "NaN", "null", "2026-03-01", "a" * 600, "é\u0000\uffff"]
    )
)
_JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)

# The names that mappings look for: each may be missing, right, or anything at all.
_NAMES = {
    "properties": [
        "url",
        "path",
        "title",
        "referrer",
        "search",
        "name",
        "category",
        "products",
        "order_id",
        "revenue",
        "value",
        "total",
        "currency",
        "quantity",
        "price",
        "product_id",
        "sku",
        "query",
        "session_id",
        "email",
        "phone",
        "method",
        "plan",
        "coupon",
        "shipping",
        "tax",
        "text",
        "message",
        "headwater",
    ],
    "traits": [
        "email",
        "phone",
        "name",
        "firstName",
        "lastName",
        "first_name",
        "last_name",
        "address",
        "company",
        "createdAt",
        "birthday",
        "gender",
        "age",
        "avatar",
        "id",
        "plan",
    ],
    "context": [
        "page",
        "campaign",
        "userAgent",
        "ip",
        "locale",
        "timezone",
        "traits",
        "device",
        "os",
        "app",
        "library",
        "screen",
        "network",
        "location",
        "groupId",
        "sessionId",
        "session_id",
        "headwater",
        "consent",
        "active",
    ],
}


def _objects(of: str) -> st.SearchStrategy[dict[str, Any]]:
    named = st.dictionaries(st.sampled_from(_NAMES[of]), _JSON, max_size=5)
    return st.builds(
        lambda one, other: {**one, **other}, named, st.dictionaries(_TEXT, _JSON, max_size=2)
    )


_PRODUCTS = st.lists(
    st.dictionaries(
        st.sampled_from(["product_id", "sku", "name", "price", "quantity"]), _JSON, max_size=4
    )
    | _JSON,
    max_size=3,
)
_MOMENTS = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@st.composite
def stored_events(draw: st.DrawFn) -> StoredEvent:
    anonymous_id, user_id, previous_id, group_id = (draw(st.none() | _TEXT) for _ in range(4))
    properties = draw(_objects("properties"))
    if draw(st.booleans()):
        properties["products"] = draw(_PRODUCTS)
    context = draw(_objects("context"))
    if draw(st.booleans()):
        context["traits"] = draw(_objects("traits"))
    if draw(st.booleans()):
        context["page"] = draw(_objects("properties"))
    return StoredEvent(
        type=draw(st.sampled_from(EVENT_TYPES)),
        message_id=draw(
            _TEXT | st.just("ajs-next-1740830400000-6f1d2c3b-4a5e-4f60-8a7b-9c0d1e2f3a4b")
        ),
        timestamp=draw(_MOMENTS),
        received_at=draw(_MOMENTS),
        source=SourceReference("shop-web", "browser"),
        anonymous_id=anonymous_id,
        user_id=user_id,
        previous_id=previous_id,
        group_id=group_id,
        event=draw(st.none() | _TEXT | st.sampled_from(["Order Completed", "Product Added"])),
        name=draw(st.none() | _TEXT),
        category=draw(st.none() | _TEXT),
        properties=properties,
        traits=draw(_objects("traits")),
        context=context,
        integrations=draw(st.dictionaries(_TEXT, _JSON, max_size=2)),
        identity=Identity(
            anonymous_id=usable_id(anonymous_id),
            user_id=usable_id(user_id),
            previous_id=usable_id(previous_id),
            group_id=usable_id(group_id),
        ),
        enrichment=draw(st.dictionaries(st.sampled_from(["page", "campaign", "userAgent"]), _JSON)),
        privacy=Privacy(no_share=draw(st.booleans())),
        extra=draw(st.dictionaries(st.just("channel"), _JSON)),
    )
