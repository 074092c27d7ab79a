"""One plan in its three forms: TOML files, Segment's Public API, Segment's Config API before it."""

import json
from pathlib import Path
from typing import Any

from headwater.tracking_plan import Plan, load

_ORDER = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "total": {"type": "number"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "shipping": {"enum": ["post", "pickup"]},
        "ordered_at": {"type": "string", "format": "date-time"},
        "products": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"price": {"type": "number"}},
                "required": ["price"],
            },
        },
    },
    "required": ["order_id"],
}
_TRAITS = {
    "type": "object",
    "properties": {"email": {"type": "string"}, "plan": {"enum": ["free", "paid"]}},
    "required": ["email"],
}
_LIBRARY = {
    "type": "object",
    "properties": {"locale": {"type": "string", "pattern": "^[a-z]{2}"}},
    "required": ["locale"],
}


def _whole(part: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {part: schema},
        "required": [part],
    }


OWN = {
    "order_completed.toml": """
name = "Order Completed"
[properties]
order_id = { type = "string", required = true }
total = { type = "number" }
currency = { type = "string", pattern = "^[A-Z]{3}$" }
shipping = { enum = ["post", "pickup"] }
ordered_at = { type = "string", format = "date-time" }
[properties.products]
type = "array"
[properties.products.items]
type = "object"
[properties.products.items.properties]
price = { type = "number", required = true }
""",
    "identify.toml": """
type = "identify"
[traits]
email = { type = "string", required = true }
plan = { enum = ["free", "paid"] }
""",
    "common.toml": """
type = "common"
[context.locale]
type = "string"
pattern = "^[a-z]{2}"
required = true
""",
}
PUBLIC_API = {
    "data": {
        "rules": [
            {
                "type": "TRACK",
                "key": "Order Completed",
                "version": 1,
                "jsonSchema": _whole("properties", _ORDER),
                "createdAt": "2026-01-01T00:00:00.000Z",
            },
            {"type": "IDENTIFY", "version": 1, "jsonSchema": _whole("traits", _TRAITS)},
            {"type": "COMMON", "version": 1, "jsonSchema": _whole("context", _LIBRARY)},
        ]
    }
}
CONFIG_API = {
    "name": "workspaces/shop/tracking-plans/rs_1",
    "display_name": "Shop",
    "rules": {
        "events": [
            {
                "name": "Order Completed",
                "version": 1,
                "description": "An order was paid.",
                "rules": _whole("properties", _ORDER),
            }
        ],
        "identify": _whole("traits", _TRAITS),
        "global": _whole("context", _LIBRARY),
        "identify_traits": [],
        "group_traits": [],
    },
}
FORMS = ("own", "public API", "config API")


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write a plan's files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        folder.joinpath(name).write_text(text, "utf-8")
    return folder


def a_plan(folder: Path, files: dict[str, str] = OWN) -> Plan:
    """Write a plan's files and load them."""
    plan = load(written(folder / "shop.plan", files))
    assert plan is not None
    return plan


def in_form(folder: Path, form: str) -> Plan:
    """Return the plan, read from one of its forms."""
    exported = {"public API": PUBLIC_API, "config API": CONFIG_API}.get(form)
    files = OWN if exported is None else {"segment.json": json.dumps(exported, indent=2)}
    return a_plan(folder, files)
