"""API Gateway's HTTP API events (payload format 2.0) in, its responses out.

Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs", read 2025-11-07.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from headwater.wire.replies import Reply
from headwater.wire.request import Request


def request_of(event: Mapping[str, Any]) -> Request:
    """Read the invocation event; cookies come in their own list on AWS, in the header elsewhere."""
    context = event["requestContext"]
    http = context["http"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    cookie_header = headers.pop("cookie", "")
    return Request(
        method=http["method"].upper(),
        path=_path(event.get("rawPath") or "/", context.get("stage", "$default")),
        id=context["requestId"],
        query=event.get("rawQueryString") or "",
        headers=headers,
        cookies=tuple(event.get("cookies") or filter(None, (cookie_header,))),
        body=_body(event.get("body"), encoded=bool(event.get("isBase64Encoded"))),
        address=http.get("sourceIp") or None,
    )


def response_of(reply: Reply) -> dict[str, Any]:
    """Write the reply as the gateway wants it."""
    response: dict[str, Any] = {"statusCode": reply.status, "headers": dict(reply.headers)}
    if reply.cookies:
        response["cookies"] = list(reply.cookies)
    if reply.binary:
        return response | {
            "body": base64.b64encode(reply.body).decode("ascii"),
            "isBase64Encoded": True,
        }
    return response | {"body": reply.body.decode("utf-8"), "isBase64Encoded": False}


def _path(raw_path: str, stage: str) -> str:
    # A named stage is the first segment of rawPath; the stage `$default` leaves no trace.
    return raw_path.removeprefix(f"/{stage}") if stage != "$default" else raw_path


def _body(body: str | None, *, encoded: bool) -> bytes:
    if body is None:
        return b""
    if not encoded:
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body)
    except binascii.Error:
        # Not from AWS, then. What is left is no JSON either, and is refused as such.
        return body.encode("utf-8", "surrogatepass")
