"""Invocations of the collector as API Gateway makes them: five browsers, 5,000 addresses.

The message is analytics-next's `track` from a page with a campaign, in the size and shape that its
clients send, and as the demo's tracking plan has it: what is not as planned has a row of its own. The
mix is the one the peers were measured with.
"""

import base64
import gzip
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import orjson

WRITE_KEY = "demoBrowserKey000000000000000001"
ADDRESSES = 5_000
WHOLE_BODY_BYTES = 500 * 1024

_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
)
_PAGE = "/shoes/runner-7?utm_source=newsletter&utm_medium=email&utm_campaign=spring+sale&gclid=xyz"


def single_events(count: int = ADDRESSES) -> Iterator[dict[str, Any]]:
    """Yield invocations of one event each, for ever; `count` of them are different."""
    return cycle([_invocation(at, "/ev/v1/t", orjson.dumps(_message(at))) for at in range(count)])


def batches(size: int, count: int = 50) -> Iterator[dict[str, Any]]:
    """Yield invocations of one visitor's batch each, for ever; `count` of them are different."""
    return cycle(
        [
            _invocation(at, "/ev/v1/b", _batch([_message(at, n) for n in range(size)]))
            for at in range(count)
        ]
    )


def whole_body() -> tuple[dict[str, Any], int]:
    """Make the largest invocation that is taken, and say how many events it has."""
    messages: list[dict[str, Any]] = []
    room = WHOLE_BODY_BYTES - len(_batch([]))
    while (room := room - len(orjson.dumps(_message(7, len(messages)))) - 1) >= 0:
        messages.append(_message(7, len(messages)))
    return _invocation(7, "/ev/v1/b", _batch(messages)), len(messages)


def bombs() -> Iterator[dict[str, Any]]:
    """Yield small bodies that would inflate to hundreds of megabytes."""
    for plain in (b"0" * 256_000_000, b"[" * 64_000_000, b'{"batch":[' + b"{}," * 8_000_000):
        yield _invocation(0, "/ev/v1/batch", gzip.compress(plain, mtime=0), encoded=True)


def hostile() -> Iterator[dict[str, Any]]:
    """Yield JSON made to fill a collector's memory or its time, each kind once."""
    for body in (
        b"[" * 5_000_000,
        b'{"batch":[' + b"[" * 400_000,
        b'{"batch":[' + b",".join([b"{}"] * 170_000) + b"]}",
        b'{"a":"' + rb"\ud800" * 80_000 + b'"}',
        b'{"event":' + b"9" * 500_000 + b"}",
        b'{"batch":[{"type":"track","event":"x","context":{"userAgent":"'
        + b"(" * 400_000
        + b'"}}]}',
    ):
        yield _invocation(0, "/ev/v1/batch", body)


def _batch(messages: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"batch": messages, "sentAt": "2026-11-23T17:02:37.611Z"})


def _message(visitor: int, number: int = 0) -> dict[str, Any]:
    url = f"http://localhost:8787{_PAGE}"
    return {
        "timestamp": "2026-11-23T17:02:37.604Z",
        "integrations": {},
        "event": "Product Added",
        "type": "track",
        "properties": {
            "product_id": f"p-{visitor}",
            "sku": f"R7-42-{visitor}",
            "name": "Runner 7",
            "category": "shoes/running/neutral/men",
            "price": 89.9,
            "currency": "EUR",
            "quantity": number + 1,
        },
        "context": {
            "page": {
                "path": "/shoes/runner-7",
                "referrer": "https://www.google.com/",
                "search": _PAGE.partition("?")[2],
                "title": "Runner 7",
                "url": url,
            },
            "userAgent": _BROWSERS[visitor % len(_BROWSERS)],
            "locale": "en-GB",
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
            "campaign": {"source": "newsletter", "medium": "email", "name": "spring sale"},
            "timezone": "Europe/Berlin",
        },
        "messageId": f"ajs-next-1795453357604-{visitor:08d}-{number:04d}-4fae-870c-e389373c1122",
        "anonymousId": f"8aa50242-4f0a-42e1-afae-{visitor:012d}",
        "writeKey": WRITE_KEY,
        "userId": f"user-{visitor}" if visitor % 3 == 0 else None,
        "sentAt": "2026-11-23T17:02:37.611Z",
        "_metadata": {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []},
    }


def _invocation(visitor: int, path: str, body: bytes, *, encoded: bool = False) -> dict[str, Any]:
    address = f"198.{18 + visitor // 65_536}.{visitor // 256 % 256}.{visitor % 256}"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "cookies": [f"ajs_anonymous_id=8aa50242-4f0a-42e1-afae-{visitor:012d}"],
        "headers": {
            "accept": "*/*",
            "accept-encoding": "gzip, deflate, br, zstd",
            "accept-language": "en-GB,en;q=0.9",
            "content-length": str(len(body)),
            "content-type": "text/plain",
            "host": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
            "origin": "http://localhost:8787",
            "referer": "http://localhost:8787/",
            "sec-fetch-dest": "empty",
            "sec-fetch-mode": "cors",
            "sec-fetch-site": "same-origin",
            "user-agent": _BROWSERS[visitor % len(_BROWSERS)],
            "x-amzn-trace-id": "Root=1-6743f2a0-5f1c1d2e3b4a59687a6b5c4d",
            "x-forwarded-for": address,
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": _BROWSERS[visitor % len(_BROWSERS)],
            },
            "requestId": f"B{visitor:08d}FiAEMbg=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:17:02:37 +0000",
            "timeEpoch": 1_795_453_357_604,
        },
        "body": base64.b64encode(body).decode("ascii") if encoded else body.decode("utf-8"),
        "isBase64Encoded": encoded,
    }
