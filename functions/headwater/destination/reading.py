"""Reading an event for a vendor: what the spec leaves open may hold anything, and stays harmless here."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from headwater.ids import usable_id
from headwater.record import StoredEvent

# Moments beyond the year 9999 are none; a number beyond it in seconds counts milliseconds.
_LAST_MILLISECOND = 253_402_300_800_000


def mapping(value: object) -> Mapping[str, Any]:
    """Return the object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str | None:
    """Return a string that says something, or None; numbers are written out."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def texts(value: object) -> list[str] | None:
    """Return the strings that say something, of a list or of one alone; None when none does."""
    found = map(text, value if isinstance(value, list) else [value])
    return [one for one in found if one] or None


def number(value: object) -> int | float | None:
    """Return a finite number, also from a string of one, or None."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return value


def present(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not there."""
    return {key: value for key, value in entries.items() if value is not None}


def renamed(entries: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Give entries the vendor's names, and leave the others; of two that mean one, the later in `names` wins."""
    others = {name: value for name, value in entries.items() if name not in names}
    return others | {
        ours: entries[name] for name, ours in names.items() if entries.get(name) is not None
    }


def at(entries: object, *path: str) -> Any:
    """Follow the path through objects; None where it ends early."""
    for key in path:
        entries = mapping(entries).get(key)
    return entries


def who(event: StoredEvent) -> str | None:
    """Name the known user, else the device."""
    return event.identity.user_id or event.identity.anonymous_id


def user_id(event: StoredEvent) -> str | None:
    """Name the known user: as the call does, else as its traits do (mobile clients file the id there)."""
    said = traits(event) if event.type != "group" else {}
    return event.identity.user_id or usable_id(said.get("userId")) or usable_id(said.get("id"))


def email(event: StoredEvent) -> str | None:
    """Return the e-mail address an event is about: its own property, before the person's trait."""
    own = text(event.properties.get("email")) if event.type == "track" else None
    return own or text(traits(event).get("email"))


def traits(event: StoredEvent) -> Mapping[str, Any]:
    """Return all that is known of the person: the call's traits, before those its context repeats."""
    return {**mapping(event.context.get("traits")), **event.traits}


def full_name(known: Mapping[str, Any]) -> str | None:
    """Return the whole name of a person of these traits: as it is, or made of first and last."""
    parts = (text(known.get("firstName")), text(known.get("lastName")))
    return text(known.get("name")) or " ".join(filter(None, parts)) or None


def trait(event: StoredEvent, *names: str) -> Any:
    """Find the first of the names in the person's traits, then in the event's properties."""
    for entries in (traits(event), event.properties):
        for name in names:
            if entries.get(name) not in (None, ""):
                return entries[name]
    return None


def epoch(value: object) -> int | None:
    """Return a moment in seconds since 1970: from ISO 8601 text, from seconds or from milliseconds."""
    if isinstance(value, str) and "-" in value[1:]:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    seconds = number(value)
    if seconds is None or not 0 < seconds < _LAST_MILLISECOND:
        return None
    return int(seconds / 1000 if seconds > _LAST_MILLISECOND / 1000 else seconds)


def page(event: StoredEvent) -> Mapping[str, Any]:
    """Return the page it happened on: a page call's own properties, before its context."""
    own = event.properties if event.type == "page" else {}
    names = ("url", "path", "title", "referrer", "search")
    return {
        **mapping(event.context.get("page")),
        **{name: own[name] for name in names if text(own.get(name))},
    }


def page_url(event: StoredEvent) -> str | None:
    """Return what stood in the browser's bar, query and all: a page call may tell its canonical address."""
    return text(at(event.context, "page", "url")) or text(page(event).get("url"))


def campaign(event: StoredEvent) -> dict[str, str]:
    """Return the campaign as `utm_` parameters."""
    found = mapping(event.context.get("campaign"))
    names = {"source": "source", "medium": "medium", "name": "campaign", "term": "term"}
    values = {
        f"utm_{utm}": text(found.get(name)) for name, utm in {**names, "content": "content"}.items()
    }
    return present(values)


def viewed(event: StoredEvent) -> str:
    """Name a page or screen as an event, as Segment's presets do; a track has its own name."""
    if event.type in ("page", "screen"):
        return f"Viewed {text(event.name) or event.type.capitalize()}"
    return text(event.event) or "Unnamed"


def epoch_ms(event: StoredEvent) -> int:
    """Return when it happened, in milliseconds since 1970."""
    return round(event.timestamp.timestamp() * 1000)


def products(event: StoredEvent) -> list[Mapping[str, Any]]:
    """Return the products of an order or a cart; of a single product's event, that product."""
    listed = event.properties.get("products")
    if isinstance(listed, Iterable) and not isinstance(listed, str | Mapping):
        return [product for product in listed if isinstance(product, Mapping)]
    return [event.properties] if text(at(event.properties, "product_id")) else []
