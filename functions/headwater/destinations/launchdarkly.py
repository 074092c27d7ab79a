"""LaunchDarkly: custom events for the metrics of its experiments, in batches.

Limits: none published; any age. Dedup: none of single events. The client-side ID in the path is no
secret, and needs none beside it; a wrong one is answered with 202 all the same or with 404. What it
erases are context instances, by an id of its own.
Source: docs.launchdarkly.com/sdk/concepts/events and launchdarkly.com/docs/integrations/segment, read
2026-11-27, and launchdarkly.com/docs/api/contexts, read 2026-11-28.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.reading import epoch_ms, number, present, viewed, who
from headwater.destination.result import by_status_where_settings_lead
from headwater.record import StoredEvent

_HOSTS = {
    "us": "https://events.launchdarkly.com",
    "eu": "https://events.eu.launchdarkly.com",
    "federal": "https://events.launchdarkly.us",
}
_SCHEMA = "4"


class Settings(DestinationSettings):
    """The environment's client-side ID, its region, and the context kinds of your users and visitors."""

    client_id: str
    region: Literal["us", "eu", "federal"] = "us"
    user_kind: str = "user"
    visitor_kind: str = "unauthenticatedUser"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, or tell that two keys are one person."""
    item = _alias(event) if event.type in ("identify", "alias") else _event(event, settings)
    if item is None:
        return []
    return [
        Request(
            url=f"{_HOSTS[settings.region]}/events/bulk/{quote(settings.client_id, safe='')}",
            headers={"X-LaunchDarkly-Event-Schema": _SCHEMA},
            lists={"": [item]},
        )
    ]


def _event(event: StoredEvent, settings: Settings) -> Mapping[str, Any] | None:
    # A visitor is a user of LaunchDarkly's too: by the same key, as its SDKs name an anonymous one.
    keys = {
        settings.user_kind: who(event),
        settings.visitor_kind: event.identity.anonymous_id,
    }
    revenue = number(event.properties.get("revenue"))
    if not any(keys.values()):
        return None
    return present(
        {
            "kind": "custom",
            "key": viewed(event),
            "contextKeys": present(keys),
            "creationDate": epoch_ms(event),
            "metricValue": number(event.properties.get("value")) if revenue is None else revenue,
            "data": event.properties,
        }
    )


def _alias(event: StoredEvent) -> Mapping[str, Any] | None:
    known = event.identity.user_id
    before = event.identity.previous_id or event.identity.anonymous_id
    if not (known and before):
        return None
    return {
        "kind": "alias",
        "key": known,
        "contextKind": "user",
        "previousKey": before,
        "previousContextKind": "anonymousUser",
        "creationDate": epoch_ms(event),
    }


DESTINATION = Destination(
    slug="launchdarkly",
    name="LaunchDarkly (Actions)",
    aliases=("LaunchDarkly",),
    docs="https://launchdarkly.com/docs/integrations/segment",
    settings=Settings,
    build=build,
    classify=by_status_where_settings_lead,
    event_types=("track", "page", "screen", "identify", "alias"),
    max_events=500,
)
