"""Which place the visitor's address stands for, as CloudFront knows it.

No look-up is made and no address leaves the account: CloudFront sends the place beside the request
(`CloudFront-Viewer-Country` and its kin). Whoever asked to send no address has no place either.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html, read
2026-11-27.
"""

from functools import lru_cache
from urllib.parse import unquote

from headwater.enrichments.finding import Changes, found, text_at
from headwater.record import StoredEvent
from headwater.wire.request import Received

_HEADERS = {
    "country": "cloudfront-viewer-country",
    "countryName": "cloudfront-viewer-country-name",
    "region": "cloudfront-viewer-country-region",
    "regionName": "cloudfront-viewer-country-region-name",
    "city": "cloudfront-viewer-city",
    "postalCode": "cloudfront-viewer-postal-code",
    "latitude": "cloudfront-viewer-latitude",
    "longitude": "cloudfront-viewer-longitude",
    "metroCode": "cloudfront-viewer-metro-code",
    "timezone": "cloudfront-viewer-time-zone",
}
_DEGREES = {"latitude": 90, "longitude": 180}
_MAX_CHARACTERS = 100
_NO_ADDRESS = frozenset({None, "0.0.0.0", "::"})  # noqa: S104 - what clients send, nothing we bind


def geo(event: StoredEvent, received: Received) -> Changes:
    """Find the place of a browser's visitor: `country` and `region` (ISO 3166), `city` and the rest.

    `latitude` and `longitude` are numbers, of the city and never of the house.
    """
    if event.source.kind == "server" or text_at(event.context, "ip") in _NO_ADDRESS:
        return _NOWHERE
    return received.once(_place, None)


_NOWHERE = found("geo", None)


def _place(received: Received, _: None) -> Changes:
    headers = received.headers
    place = {
        name: read
        for name, header in _HEADERS.items()
        if (said := headers.get(header)) and (read := _read(name, said)) is not None
    }
    return found("geo", place)


@lru_cache(maxsize=2048)
def _read(name: str, said: str) -> str | float | None:
    if name in _DEGREES:
        return _degrees(said, _DEGREES[name])
    return _text(said[: 4 * _MAX_CHARACTERS])[:_MAX_CHARACTERS].strip() or None


def _degrees(said: str, most: int) -> float | None:
    try:
        degrees = float(said)
    except ValueError:
        return None
    # Four digits are eleven metres, which an address never knows.
    return round(degrees, 4) if abs(degrees) <= most else None


def _text(said: str) -> str:
    """Undo what a header did to letters beyond ASCII: percent signs, or UTF-8 read as Latin-1."""
    if "%" in said:
        said = unquote(said)
    if said.isascii():
        return said
    try:
        return said.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return said
