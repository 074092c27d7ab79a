"""An HTTP request as API Gateway's HTTP API hands it to a function (payload format 2.0)."""

import base64
from collections.abc import Mapping
from typing import Any

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def invocation(
    method: str, path: str, headers: Mapping[str, str], body: bytes, *, source_ip: str = "192.0.2.1"
) -> dict[str, Any]:
    """Build the event: lower-case names, cookies apart, text as text and everything else encoded."""
    lower = {name.lower(): value for name, value in headers.items()}
    cookies = [cookie.strip() for cookie in lower.pop("cookie", "").split(";") if cookie.strip()]
    raw_path, _, query = path.partition("?")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": lower,
        "requestContext": {
            "http": {"method": method, "path": raw_path, "sourceIp": source_ip},
            "requestId": "request-1",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if not body:
        return event
    is_text = lower.get("content-type", "").startswith(_TEXT) and "content-encoding" not in lower
    try:
        text = body.decode() if is_text else None
    except UnicodeDecodeError:
        text = None
    if text is None:
        return event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return event | {"body": text}
