"""KISSmetrics: tracks, pages and screens as events, identify as properties, alias as an alias.

Limits: one event or set of properties a request, names of 255 characters, values of 8 KiB. It answers
200 to everything, also to a wrong key, so nothing it refuses is ever seen. Dedup: an identical event of
the same second, which is why each carries its time. An alias cannot be undone, and no call erases.
Source: support.kissmetrics.io/reference/api-specifications, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.commerce import money
from headwater.destination.flattening import flattened, scalar_text
from headwater.destination.reading import epoch_ms, mapping, text, traits, who
from headwater.record import StoredEvent

_API = "https://trk.kissmetrics.io"
_MAX_NAME, _MAX_VALUE = 255, 8_192


class Settings(DestinationSettings):
    """The product's API key; `prefix_properties` puts the event's name before its properties' (advised)."""

    api_key: SecretStr
    prefix_properties: bool = True


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Record the event and each of its products, or set properties, or join two names."""
    if event.type == "alias":
        return _alias(event, settings)
    person = who(event)
    if person is None:
        return []
    moment = {"_t": str(epoch_ms(event) // 1000), "_d": "1"}
    if event.type == "identify":
        return [_request("/s", settings, _clean(traits(event)), {"_p": person, **moment})]
    name = _name(event)
    own = {key: value for key, value in event.properties.items() if key != "products"}
    if (revenue := money(event, "revenue")) is not None:
        own["revenue"] = revenue
    prefix = _prefix(event, settings, name)
    return [
        _request("/e", settings, _prefixed(own, prefix), {"_p": person, "_n": name, **moment}),
        *(
            _request("/s", settings, _prefixed(product, prefix), {"_p": person, **moment})
            for product in _products(event)
        ),
    ]


def _alias(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    identity = event.identity
    if identity.user_id is None or identity.previous_id is None:
        return []
    return [_request("/a", settings, {}, {"_p": identity.previous_id, "_n": identity.user_id})]


def _name(event: StoredEvent) -> str:
    """Name the event; a page or screen by its category and its name."""
    if event.type == "track":
        return (text(event.event) or "Unnamed")[:_MAX_NAME]
    name = text(event.name)
    if name is None:
        return f"Loaded a {event.type.capitalize()}"
    category = text(event.properties.get("category"))
    # A screen with a category is called a page there, as KISSmetrics' own reports know it.
    what = "page" if category else event.type
    return " ".join(filter(None, ("Viewed", category, name, what)))[:_MAX_NAME]


def _prefix(event: StoredEvent, settings: Settings, name: str) -> str | None:
    if not settings.prefix_properties or event.type == "screen":
        return None
    return "Page" if event.type == "page" else name


def _products(event: StoredEvent) -> Sequence[Mapping[str, object]]:
    listed = event.properties.get("products")
    if event.type != "track" or not isinstance(listed, list):
        return []
    return [product for product in map(mapping, listed) if product]


def _prefixed(own: Mapping[str, object], prefix: str | None) -> Mapping[str, str]:
    clean = _clean(own)
    if prefix is None:
        return clean
    named = {
        f"{prefix} - {key}" if key == "revenue" else f"{prefix}-{key}": value
        for key, value in clean.items()
        if key != "Billing Amount"
    }
    # KISSmetrics sums this one name into its revenue reports.
    amount = clean.get("revenue") or clean.get("Billing Amount")
    return {**named, **({"Billing Amount": amount} if amount else {})}


def _clean(entries: Mapping[str, object]) -> Mapping[str, str]:
    """Write each value as text: lists joined by commas, objects flattened by dots."""
    flat = flattened({key: _joined(value) for key, value in entries.items()})
    return {
        key[:_MAX_NAME]: scalar_text(value)[:_MAX_VALUE]
        for key, value in flat.items()
        if value is not None
    }


def _joined(value: object) -> object:
    if isinstance(value, list) and not any(isinstance(inner, Mapping | list) for inner in value):
        return ",".join(map(scalar_text, value))
    return value


def _request(
    path: str, settings: Settings, own: Mapping[str, str], told: Mapping[str, str]
) -> Request:
    return Request(
        method="GET",
        url=_API + path,
        params={**own, "_k": settings.api_key.get_secret_value(), **told},
    )


DESTINATION = Destination(
    slug="kissmetrics",
    name="KISSmetrics",
    aliases=("Kissmetrics",),
    docs="https://support.kissmetrics.io/reference/api-specifications",
    settings=Settings,
    dedup="the same event of the same second",
    build=build,
    event_types=("track", "page", "screen", "identify", "alias"),
)
