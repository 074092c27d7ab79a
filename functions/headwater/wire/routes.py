"""Which call a path means: long and short, with and without the prefix, with or without a slash.

Every path real Segment, RudderStack and Jitsu clients call is in `_PATHS`; the reference, 2.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from headwater.events import MESSAGE_TYPES, MessageType
from headwater.outcomes import RefuseCode, Refused


@dataclass(frozen=True, slots=True)
class Upload:
    """One event of the given type, or a batch when `type` is None."""

    type: MessageType | None


@dataclass(frozen=True, slots=True)
class Pixel:
    """An event in the address of an image."""

    type: MessageType


@dataclass(frozen=True, slots=True)
class SettingsDocument:
    """What analytics.js and the mobile clients ask before they send; `key` is None in odd paths."""

    key: str | None


@dataclass(frozen=True, slots=True)
class AnalyticsJs:
    """The script that Segment's snippet loads, for the page whose write key is in the path."""

    key: str


@dataclass(frozen=True, slots=True)
class AnalyticsJsChunk:
    """A part of that script, which it loads itself."""

    name: str


@dataclass(frozen=True, slots=True)
class TagJs:
    """Headwater's own tag; `hash` is None for the name that never changes."""

    hash: str | None


@dataclass(frozen=True, slots=True)
class Canary:
    """The image that blocklists block on purpose: whether a browser's person blocks measurement."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What RudderStack's client asks before it sends."""


@dataclass(frozen=True, slots=True)
class ClientMetrics:
    """A client's own counters, which nobody needs."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """A person wants to be out, or in again."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A person says which categories of use they consent to."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A page wants its visitor to be a new one."""


@dataclass(frozen=True, slots=True)
class Health:
    """Somebody asks whether anybody is there."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody asks what of a request arrives here, to find fault with a proxy on the way."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """A browser asks whether it may send."""


Route = (
    Upload
    | Pixel
    | SettingsDocument
    | AnalyticsJs
    | AnalyticsJsChunk
    | TagJs
    | Canary
    | SourceConfig
    | ClientMetrics
    | OptOut
    | Consent
    | Reset
    | Health
    | Arrival
    | Preflight
)

_BATCH = Upload(None)
_METHODS: Mapping[type[Route], Literal["GET", "POST"]] = {
    Upload: "POST",
    ClientMetrics: "POST",
    OptOut: "POST",
    Consent: "POST",
    Reset: "POST",
    Pixel: "GET",
    SettingsDocument: "GET",
    AnalyticsJs: "GET",
    AnalyticsJsChunk: "GET",
    TagJs: "GET",
    Canary: "GET",
    SourceConfig: "GET",
    Health: "GET",
    Arrival: "POST",
}
# RudderStack's web client also marks a page with a beacon; Jitsu's bulk route is server to server.
_PATHS: Mapping[str, Route] = {
    **{f"/v1/{type_}": Upload(type_) for type_ in MESSAGE_TYPES},
    **{f"/v1/{type_[0]}": Upload(type_) for type_ in MESSAGE_TYPES},
    "/v1/batch": _BATCH,
    "/v1/b": _BATCH,
    "/v1/import": _BATCH,
    "/v1/m": ClientMetrics(),
    "/v1/health": Health(),
    "/v1/doctor": Arrival(),
    "/tag.js": TagJs(None),
    "/px.gif": Canary(),
    "/v1/optout": OptOut(),
    "/v1/consent": Consent(),
    "/v1/reset": Reset(),
    **{f"/v1/pixel/{type_}": Pixel(type_) for type_ in MESSAGE_TYPES},
    # RudderStack
    "/beacon/v1/batch": _BATCH,
    "/sourceConfig": SourceConfig(),
    **{f"/pixel/v1/{type_}": Pixel(type_) for type_ in MESSAGE_TYPES},
    # Jitsu
    **{f"/api/s/{type_}": Upload(type_) for type_ in MESSAGE_TYPES},
    **{f"/api/s/s2s/{type_}": Upload(type_) for type_ in MESSAGE_TYPES},
    "/api/s/s2s/batch": _BATCH,
    **{f"/api/px/{type_}": Pixel(type_) for type_ in MESSAGE_TYPES},
    # React Native joins its proxy address in different ways by version.
    "/b": _BATCH,
    "/batch": _BATCH,
    "/batch/b": _BATCH,
    "/v1/batch/b": _BATCH,
    "/projects": SettingsDocument(None),
    "/v1/projects": SettingsDocument(None),
}
_SETTINGS = re.compile(r"(?:/v1)?/projects(?:/projects)?/([^/]{1,200})/settings")
_ANALYTICS_JS = re.compile(r"/analytics\.js/v1/([^/]{1,200})/analytics\.min\.js")
_TAG_JS = re.compile(r"/tag\.([0-9a-f]{16})\.js")
_CHUNK = re.compile(r"/analytics-next/bundles/([A-Za-z0-9.-]{1,100})")


def route(method: str, path: str, prefix: str) -> Route | Refused:
    """Find what a request asks for; the site's own prefix may be there or not."""
    found = _find(path) or (
        _find(path[len(prefix) :]) if prefix and path.startswith(prefix + "/") else None
    )
    if method == "OPTIONS":
        return Preflight()
    if found is None:
        return Refused(RefuseCode.NOT_FOUND, "there is nothing under this path")
    # HEAD asks what GET would answer (RFC 9110, 9.3.2); but a pixel's GET is an event, and no HEAD is.
    asked = "GET" if method == "HEAD" and not isinstance(found, Pixel) else method
    if asked != _METHODS[type(found)]:
        return Refused(
            RefuseCode.METHOD_NOT_ALLOWED, f"this path answers {_METHODS[type(found)]} only"
        )
    return found


def _find(path: str) -> Route | None:
    bare = path.removesuffix("/")
    if (known := _PATHS.get(bare)) is not None:
        return known
    if matched := _SETTINGS.fullmatch(bare):
        return SettingsDocument(matched[1])
    if matched := _ANALYTICS_JS.fullmatch(bare):
        return AnalyticsJs(matched[1])
    if matched := _TAG_JS.fullmatch(bare):
        return TagJs(matched[1])
    matched = _CHUNK.fullmatch(bare)
    return AnalyticsJsChunk(matched[1]) if matched else None
