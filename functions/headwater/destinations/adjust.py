"""Adjust: tracks that have an event token there, as server-to-server events of a device.

Limits: one event a request. Each needs a device's id and an event token; a track without a token is not
sent. No dedup key. Amounts have two decimals here. Its erasure knows devices by their own and advertising
ids only, which no deletion has.
Source: dev.adjust.com/en/api/s2s-api/events, read 2026-11-27, and data-erasure-api, read 2026-11-28. The
regional hosts are Adjust's data residency; only the default one is on that page.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request, Unsendable
from headwater.destination.commerce import currency, money
from headwater.destination.device import (
    advertising_id,
    device,
    event_platform,
    ip,
    user_agent,
)
from headwater.destination.flattening import flattened, json_text, scalar_text
from headwater.destination.reading import epoch_ms, number, present, text
from headwater.record import StoredEvent

_HOSTS = {
    "default": "https://s2s.adjust.com",
    "eu": "https://s2s.eu.adjust.com",
    "tr": "https://s2s.tr.adjust.com",
    "us": "https://s2s.us.adjust.com",
}
# Adjust has parameters of its own for these.
_NOT_CALLBACK = {"revenue", "currency"}


class Settings(DestinationSettings):
    """The app's token, each event's token by its name, and the S2S security token where it is on."""

    app_token: SecretStr
    events: Mapping[str, str]
    partner_parameters: Mapping[str, str] = {}
    environment: Literal["production", "sandbox"] = "production"
    security_token: SecretStr | None = None
    region: Literal["default", "eu", "tr", "us"] = "default"


def build(event: StoredEvent, settings: Settings) -> Sequence[Request] | Unsendable:
    """Send the event under its token."""
    token = settings.events.get(event.event or "")
    if token is None:
        return []
    ids = _device_ids(event)
    if not ids:
        return Unsendable("no_device_id")
    key = settings.security_token
    return [
        Request(
            url=f"{_HOSTS[settings.region]}/event",
            headers={"Accept": "*/*"}
            | ({"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}),
            params={
                "s2s": "1",
                "app_token": settings.app_token.get_secret_value(),
                "event_token": token,
                "environment": settings.environment,
                **ids,
                **_parameters(event, settings),
            },
        )
    ]


def _device_ids(event: StoredEvent) -> Mapping[str, str]:
    on = event_platform(event)
    if on is None:
        return {}
    names = ("idfv", "idfa") if on == "ios" else ("android_id", "gps_adid")
    values = (text(device(event).get("id")), advertising_id(event))
    return present(dict(zip(names, values, strict=True)))


def _parameters(event: StoredEvent, settings: Settings) -> Mapping[str, str]:
    revenue = money(event, "revenue")
    tracked = device(event).get("adTrackingEnabled")
    own = {name: value for name, value in event.properties.items() if name not in _NOT_CALLBACK}
    partner = {
        theirs: scalar_text(event.properties[name])
        for name, theirs in settings.partner_parameters.items()
        if event.properties.get(name) is not None
    }
    return present(
        {
            "created_at_unix": str(epoch_ms(event) // 1000),
            "ip_address": ip(event),
            "user_agent": user_agent(event),
            "revenue": str(round(revenue, 2)) if revenue else None,
            "currency": (currency(event) or "USD") if revenue else None,
            "att_status": text(number(device(event).get("attTrackingStatus"))),
            "tracking_enabled": str(int(tracked)) if isinstance(tracked, bool) else None,
            "callback_params": _json(flattened(own, index="[{}]")),
            "partner_params": _json(partner),
        }
    )


def _json(values: Mapping[str, Any]) -> str | None:
    return json_text(values) if values else None


DESTINATION = Destination(
    slug="adjust",
    name="Adjust",
    docs="https://dev.adjust.com/en/api/s2s-api/events",
    settings=Settings,
    build=build,
    event_types=("track",),
    consent=("Advertising",),
    advertising=True,
)
