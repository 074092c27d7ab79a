"""Which place the visitor's address stands for, as CloudFront knows it.

No look-up is made and no address leaves the account: CloudFront sends the place beside the request
(`CloudFront-Viewer-Country` and its kin). Whoever asked to send no address has no place either.
"""

from headwater.enrichments.finding import text_at, with_finding
from headwater.record import StoredEvent
from headwater.wire.request import Received

_HEADERS = {
    "country": "cloudfront-viewer-country",
    "region": "cloudfront-viewer-country-region",
    "city": "cloudfront-viewer-city",
    "timezone": "cloudfront-viewer-time-zone",
}
_MAX_CHARACTERS = 100
_NO_ADDRESS = frozenset({None, "0.0.0.0", "::"})  # noqa: S104 - what clients send, nothing we bind


def geo(event: StoredEvent, received: Received) -> StoredEvent:
    """Find `country` and `region` (ISO 3166), `city` and `timezone` of a browser's visitor."""
    if event.source.kind == "server" or text_at(event.context, "ip") in _NO_ADDRESS:
        return with_finding(event, "geo", None)
    place = {
        name: received.headers[header][:_MAX_CHARACTERS]
        for name, header in _HEADERS.items()
        if received.headers.get(header)
    }
    return with_finding(event, "geo", place)
