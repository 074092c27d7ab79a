"""Segment relay: the call as it was made, to any collector that speaks Segment's `/v1/batch`.

Another Headwater, Segment itself or RudderStack. Ids, messageId and times are the original ones, so
the receiver drops what it has already and dates events as we do; `sentAt` is fresh, because a
receiver corrects clocks by it.
Limits: 500 KB a batch, 32 KB an event, 2,500 events; about 1,000 requests a second. Segment answers
200 even for content it discards later.
Source: segment.com/docs/connections/sources/catalog/libraries/server/http-api, read 2025-11-07.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, SecretStr

from headwater.destination import Destination, Request, Unsendable
from headwater.destination.authorization import basic
from headwater.destination.own_address import OwnAddress
from headwater.record import StoredEvent, to_iso

# What a relayed event carries in its context, so that two collectors that relay to each other stop.
HOPS_KEY = "headwater"


class Settings(OwnAddress):
    """Whose collector. `url` is its root: `/v1/batch` is added (EU: https://events.eu1.segmentapis.com)."""

    url: SecretStr = SecretStr("https://api.segment.io")
    write_key: SecretStr
    max_hops: Annotated[int, Field(ge=1, le=10)] = 2


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Relay the event, unless it says of nobody (the receiver would refuse it) or goes in circles."""
    if not (event.anonymous_id or event.user_id):
        return []
    hops = _hops(event.context)
    if hops >= settings.max_hops:
        return Unsendable("relayed_too_often")
    return [
        Request(
            url=settings.url.get_secret_value().rstrip("/") + "/v1/batch",
            headers=basic(settings.write_key),
            json={},
            lists={"batch": (_call(event, hops=hops + 1),)},
            sent_at_key="sentAt",
            allow_private_addresses=settings.allow_private_addresses,
        )
    ]


def _call(event: StoredEvent, *, hops: int) -> Mapping[str, Any]:
    """Write the event as the client's call: Segment's fields, and none of what we found out."""
    call = {
        **event.extra,
        "type": event.type,
        "messageId": event.message_id,
        "anonymousId": event.anonymous_id,
        "userId": event.user_id,
        "previousId": event.previous_id,
        "groupId": event.group_id,
        "event": event.event,
        "name": event.name,
        "category": event.category,
        "properties": event.properties,
        # RudderStack's clients put traits into the context only, Segment's readers want them here.
        "traits": event.traits or event.context.get("traits"),
        "context": {**event.context, HOPS_KEY: {"hops": hops}},
        "integrations": event.integrations,
        "timestamp": to_iso(event.timestamp),
    }
    return {key: value for key, value in call.items() if value not in (None, {})}


def _hops(context: Mapping[str, Any]) -> int:
    mark = context.get(HOPS_KEY)
    hops = mark.get("hops") if isinstance(mark, Mapping) else None
    return hops if isinstance(hops, int) and hops > 0 else 0


DESTINATION = Destination(
    slug="segment_relay",
    name="Segment Relay",
    aliases=("RudderStack", "Headwater"),
    docs="https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/",
    settings=Settings,
    dedup="`messageId`",
    build=build,
    max_events=2_500,
    max_bytes=500_000,
    gzip=True,
)
