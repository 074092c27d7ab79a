"""Mixpanel: tracks as events, identify and group as profiles.

Limits: 2,000 events and 10 MB a request of `/import`, 1 MB an event, any age since 1971; profiles one
a request here. Dedup: (event, time, distinct_id, $insert_id), 36 characters of letters, digits and `-`.
A 400 of `/import` keeps the good rows and names the others; `/track` and `/engage` answer 200 with `0`
or an `error` for a refusal. An erasure takes 2,000 ids and weeks. Advertising ids are not sent.
Source: docs.mixpanel.com/reference/import-events, read 2026-11-23, and openapi/gdpr.openapi.yaml (the
regions' hosts), read 2026-11-28.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any, Literal

from pydantic import SecretStr

from headwater.destination import (
    Destination,
    DestinationSettings,
    Request,
    Result,
    Subject,
    Unsendable,
)
from headwater.destination.answer import refusals, said
from headwater.destination.authorization import basic, bearer
from headwater.destination.commerce import bought
from headwater.destination.device import read_of_user_agent
from headwater.destination.flattening import json_text
from headwater.destination.message_id import digest
from headwater.destination.reading import (
    at,
    campaign,
    epoch_ms,
    full_name,
    page,
    present,
    renamed,
    text,
    traits,
    viewed,
    who,
)
from headwater.destination.result import by_status, excerpt
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent

# Where a region takes events, and where it takes requests of privacy.
_HOSTS = {
    "us": ("https://api.mixpanel.com", "https://mixpanel.com"),
    "eu": ("https://api-eu.mixpanel.com", "https://eu.mixpanel.com"),
    "in": ("https://api-in.mixpanel.com", "https://in.mixpanel.com"),
}
_PRODUCT = "Product Purchased"
_INSERT_ID = r"[A-Za-z0-9-]{1,36}"

# Segment's trait → Mixpanel's reserved profile property (docs.mixpanel.com, "reserved properties").
_PROFILE = {
    "email": "$email",
    "name": "$name",
    "phone": "$phone",
    "avatar": "$avatar",
    "username": "$username",
    "created": "$created",
    "first_name": "$first_name",
    "firstName": "$first_name",
    "last_name": "$last_name",
    "lastName": "$last_name",
    "createdAt": "$created",
    "created_at": "$created",
}
_GROUP = {name: _PROFILE[name] for name in ("name", "createdAt", "created_at")}

# What belongs to an order and to none of its products.
_OF_ORDER = {"products", "total", "subtotal", "revenue", "tax", "shipping", "discount", "coupon"}
_OF_ORDER |= {"affiliation", "currency"}

_CONTEXT = {
    "$app_build_number": ("app", "build"),
    "$app_name": ("app", "name"),
    "$app_namespace": ("app", "namespace"),
    "$app_version_string": ("app", "version"),
    "$carrier": ("network", "carrier"),
    "$bluetooth_enabled": ("network", "bluetooth"),
    "$cellular_enabled": ("network", "cellular"),
    "$wifi_enabled": ("network", "wifi"),
    "$device": ("device", "name"),
    "$device_type": ("device", "type"),
    "$device_name": ("device", "name"),
    "$manufacturer": ("device", "manufacturer"),
    "$model": ("device", "model"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$screen_width": ("screen", "width"),
    "$screen_height": ("screen", "height"),
    "$screen_density": ("screen", "density"),
    "$locale": ("locale",),
    "ip": ("ip",),
    "mp_country_code": ("location", "country"),
    "timezone": ("timezone",),
}
_OF_BROWSER = {"$browser": "browser", "$browser_version": "browserVersion", "$os": "os"}


class Settings(DestinationSettings):
    """The project's token, its API secret for imports, and where the project lives.

    `product_events` sends a "Product Purchased" for each product of an order, as Segment does;
    `privacy_token` is the OAuth token of an owner (Data & Privacy), which erasures need.
    """

    token: SecretStr
    api_secret: SecretStr | None = None
    privacy_token: SecretStr | None = None
    region: Literal["us", "eu", "in"] = "us"
    group_key: str = "$group_id"
    product_events: bool = True


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Import events; set profiles; join a device to its user, and a user to its group."""
    identity = event.identity
    match event.type:
        case "alias" if identity.user_id and identity.previous_id:
            # Mixpanel's `alias` is the new name, its `distinct_id` the one that is known already.
            names = {"distinct_id": identity.previous_id, "alias": identity.user_id}
            return [_told(settings, "$create_alias", names)]
        case "group" if identity.group_id and who(event):
            return _group(event, settings, identity.group_id)
        case "identify" if who(event):
            return _identify(event, settings)
        case "track" | "page" | "screen" if who(event):
            return [_import(event, settings)]
        case _:
            return []


def _import(event: StoredEvent, settings: Settings) -> Request:
    around, time, id_ = _around(event), epoch_ms(event), event.message_id
    insert_id = id_ if re.fullmatch(_INSERT_ID, id_) else digest(id_)[:36]
    items = [_item(viewed(event), {**event.properties, **around}, time, insert_id)]
    shared = {name: one for name, one in event.properties.items() if name not in _OF_ORDER}
    for place, product in enumerate(bought(event) if settings.product_events else (), start=1):
        own = {**shared, **product, **around}
        # Each before the order, so that a funnel meets them in this order.
        items.append(_item(_PRODUCT, own, time - place, digest(f"{id_} {place}")[:36]))
    return Request(
        url=f"{_HOSTS[settings.region][0]}/import",
        params={"strict": "1"},
        headers=basic(settings.api_secret or settings.token),
        lists={"": items},
    )


def _item(name: str, own: Mapping[str, Any], time: int, insert_id: str) -> Mapping[str, Any]:
    return {"event": name, "properties": {**own, "time": time, "$insert_id": insert_id}}


def _around(event: StoredEvent) -> Mapping[str, Any]:
    identity, seen = event.identity, page(event)
    return {
        **campaign(event),
        **present({name: read_of_user_agent(event, one) for name, one in _OF_BROWSER.items()}),
        **present({name: at(event.context, *path) for name, path in _CONTEXT.items()}),
        **present(
            {
                "$current_url": text(seen.get("url")),
                "$referrer": text(seen.get("referrer")),
                "event_original_name": event.event or event.name,
                # Both names of the person: Mixpanel joins a device to its user by them.
                "$device_id": identity.anonymous_id,
                "$anon_id": identity.anonymous_id,
                "$user_id": identity.user_id,
                "$identified_id": identity.user_id,
                "id": who(event),
            }
        ),
        "distinct_id": who(event),
    }


def _identify(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    identity, known = event.identity, traits(event)
    joined = {"$identified_id": identity.user_id, "$anon_id": identity.anonymous_id}
    requests = []
    if identity.user_id and identity.anonymous_id:
        requests.append(_told(settings, "$identify", joined))
    if known:
        profile = renamed(known, _PROFILE)
        profile.setdefault("$name", full_name(known))
        address = present({"$ip": at(event.context, "ip")})
        requests.append(_profile(event, settings, {**address, "$set": present(profile)}))
    return requests


def _profile(event: StoredEvent, settings: Settings, said: Mapping[str, Any]) -> Request:
    whose = {"$token": settings.token.get_secret_value(), "$distinct_id": who(event)}
    return _form(settings, "/engage", {**whose, **said})


def _group(event: StoredEvent, settings: Settings, group_id: str) -> Sequence[Request]:
    group = {
        "$token": settings.token.get_secret_value(),
        "$group_key": settings.group_key,
        "$group_id": group_id,
        "$set": renamed(event.traits, _GROUP),
    }
    member = {"$set": {settings.group_key: group_id}}
    return [_form(settings, "/groups", group), _profile(event, settings, member)]


def _told(settings: Settings, name: str, properties: Mapping[str, Any]) -> Request:
    token = settings.token.get_secret_value()
    return _form(settings, "/track", {"event": name, "properties": {**properties, "token": token}})


def _form(settings: Settings, path: str, content: Mapping[str, Any]) -> Request:
    return Request(url=_HOSTS[settings.region][0] + path, form={"data": json_text(content)})


def delete(subject: Subject, settings: Settings) -> Sequence[Request] | Unsendable:
    """Ask for the erasure of all that was done under each of the person's ids (GDPR API, version 3)."""
    if settings.privacy_token is None:
        return Unsendable("privacy_token_not_set")
    # What was done on a device before anybody was known there is filed under the second form.
    known = (*subject.ids, *(f"$device:{device}" for device in subject.anonymous_ids))
    return [
        Request(
            url=f"{_HOSTS[settings.region][1]}/api/app/data-deletions/v3.0/",
            params={"token": settings.token.get_secret_value()},
            headers=bearer(settings.privacy_token),
            json={"distinct_ids": some, "compliance_type": "GDPR"},
        )
        for some in batched(known, 2_000, strict=False)
    ]


def classify(response: HttpResponse) -> Result:
    """Read which rows of an import were refused; anything else by its status."""
    if response.status == 200 and (response.body.strip() == b"0" or at(said(response), "error")):
        return Result(Verdict.DROP, "refused", excerpt(response))
    failed = refusals(response, _failed) if response.status == 400 else None
    return Result(Verdict.OK, items=failed) if failed else by_status(response)


def _failed(answer: Any) -> Iterator[tuple[str, Any, str, str]]:
    for row in answer["failed_records"]:
        yield "", row["index"], "invalid_row", f"{row.get('field')}: {row.get('message')}"


DESTINATION = Destination(
    slug="mixpanel",
    name="Mixpanel (Actions)",
    aliases=("Mixpanel",),
    docs="https://docs.mixpanel.com/reference/import-events",
    settings=Settings,
    dedup="`$insert_id`",
    build=build,
    classify=classify,
    delete=delete,
    max_events=2_000,
    max_bytes=10_000_000,
    gzip=True,
)
