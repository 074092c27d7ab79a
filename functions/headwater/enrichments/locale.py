"""In which language and time zone the visitor lives, written one way whoever sent it.

analytics.js sends `en-US`, headless browsers `en-US@posix`, servers `en_US.UTF-8`, RudderStack
`GMT+0530`. Language tags: RFC 5646, section 2.1.1 (case); zones: the names of the IANA database.
"""

import re
from functools import lru_cache
from typing import Any

from headwater.enrichments.finding import Changes, found, text_at
from headwater.record import StoredEvent
from headwater.wire.request import Received

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?=$|[-@.])",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_MAX_CHARACTERS = 64


def locale(event: StoredEvent, received: Received) -> Changes:
    """Find `tag`, its `language` and `region`, and the `timezone`: a name, or an offset `+05:30`."""
    context = event.context
    return received.once(_said, (context.get("locale"), context.get("timezone")))


def _said(_: Received, said: tuple[Any, Any]) -> Changes:
    tag, zone = (text_at(each) for each in said)
    finding = dict(_language(tag[:_MAX_CHARACTERS]) if tag else ())
    if zone and (named := _timezone(zone[: _MAX_CHARACTERS + 1])):
        finding["timezone"] = named
    return found("locale", finding)


@lru_cache(maxsize=512)
def _language(tag: str) -> tuple[tuple[str, str], ...]:
    found = _TAG.match(tag.strip().replace("_", "-"))
    if found is None:
        return ()
    language, script, region = found.group("language", "script", "region")
    language, region = language.lower(), region and region.upper()
    whole = "-".join(part for part in (language, script and script.title(), region) if part)
    parts = (("tag", whole), ("language", language), ("region", region))
    return tuple((name, part) for name, part in parts if part)


@lru_cache(maxsize=512)
def _timezone(zone: str) -> str | None:
    zone = zone.strip()
    if offset := _OFFSET.fullmatch(zone):
        sign, hours, minutes = offset.groups(default="00")
        if int(hours) > 14 or int(minutes) > 59:
            return None
        if not int(hours) and not int(minutes):
            return "UTC"
        return f"{sign}{int(hours):02}:{minutes}"
    return zone if len(zone) <= _MAX_CHARACTERS and _ZONE.fullmatch(zone) else None
