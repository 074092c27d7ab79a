"""Reading what was bought, shown or searched: Segment's ecommerce spec, as vendors ask for it."""

from collections.abc import Mapping
from typing import Any

from headwater.destination.reading import number, products, text
from headwater.record import StoredEvent


def money(event: StoredEvent, *names: str) -> int | float | None:
    """Return the first of these properties that is an amount; a currency sign may stand before it."""
    for name in names:
        amount = event.properties.get(name)
        if isinstance(amount, str):
            amount = amount.strip().lstrip("$€£")
        if (found := number(amount)) is not None:
            return found
    return None


def currency(event: StoredEvent) -> str | None:
    """Return the ISO 4217 code in capitals, or None for what is none."""
    code = (text(event.properties.get("currency")) or "").strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else None


def product_id(product: Mapping[str, Any]) -> str | None:
    """Return the product's id in the shop's catalogue."""
    return text(product.get("product_id")) or text(product.get("id")) or text(product.get("sku"))


def known_products(event: StoredEvent) -> list[Mapping[str, Any]]:
    """Return the products that have an id: a catalogue cannot use any other."""
    return [product for product in products(event) if product_id(product)]


def bought(event: StoredEvent) -> list[Mapping[str, Any]]:
    """Return the products of a completed order; none of any other event."""
    ordered = event.type == "track" and event.event == "Order Completed"
    return products(event) if ordered else []


def searched(event: StoredEvent) -> str | None:
    """Return the words that were searched for."""
    return text(event.properties.get("query"))


def order_id(event: StoredEvent) -> str | None:
    """Return the order's number."""
    return text(event.properties.get("order_id"))


def shopped(event: StoredEvent) -> dict[str, Any]:
    """Tell which products, in which order or search, under Meta's names; Snap and Pinterest took them over."""
    return {
        "content_ids": [product_id(product) for product in known_products(event)] or None,
        "currency": currency(event),
        "order_id": order_id(event),
        "search_string": searched(event),
    }
