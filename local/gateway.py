"""What API Gateway makes of a request on its way to a function, and of its answer.

The emulator's own HTTP API mangles binary bodies sent as JSON, so the edge builds the payload
itself, as AWS does: format 2.0 of https://docs.aws.amazon.com/apigateway/latest/developerguide/
http-api-develop-integrations-lambda.html (read 2025-11-20).
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from local.serving import Reply, Request

# Headers of one connection, which no proxy passes on (RFC 9110, section 7.6.1).
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "content-length",
        "date",
        "server",
    }
)
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")
_FAULT = Reply(500, (("Content-Type", "application/json"),), b'{"message":"Internal Server Error"}')


def payload(request: Request, *, now: datetime, request_id: str) -> dict[str, Any]:
    """Return the event that a function behind an HTTP API gets for the request."""
    headers = _headers(request)
    cookies = headers.pop("cookie", "")
    body, is_base64 = _body(request, headers)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host", "localhost"),
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.client[0],
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";") if cookie.strip()]
    query = _query(request.query)
    if query:
        event["queryStringParameters"] = query
    if body is not None:
        event["body"] = body
    return event


def reply(answer: Any) -> Reply:
    """Translate a function's answer back to HTTP; one that API Gateway could not read is its 500."""
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        # API Gateway infers a reply from a bare value: 200, JSON.
        inferred = answer if isinstance(answer, str) else json.dumps(answer)
        return Reply(200, (("Content-Type", "application/json"),), inferred.encode())
    body = answer.get("body") or ""
    try:
        status = int(answer["statusCode"])
        content = (
            base64.b64decode(body, validate=True)
            if answer.get("isBase64Encoded")
            else body.encode()
        )
    except (ValueError, TypeError, AttributeError):
        return _FAULT
    headers = [
        (name, str(value))
        for name, value in (answer.get("headers") or {}).items()
        if name.lower() not in _HOP_BY_HOP
    ]
    if content and "content-type" not in {name.lower() for name, _ in headers}:
        headers.append(("Content-Type", "text/plain"))
    cookies = [("Set-Cookie", cookie) for cookie in answer.get("cookies") or ()]
    return Reply(status, (*headers, *cookies), content)


def _headers(request: Request) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        if key in {"connection", "keep-alive"}:
            continue
        separator = "; " if key == "cookie" else ","
        joined[key] = f"{joined[key]}{separator}{value}" if key in joined else value
    address = request.client[0]
    forwarded = joined.get("x-forwarded-for")
    return {
        **joined,
        "x-forwarded-for": f"{forwarded}, {address}" if forwarded else address,
        "x-forwarded-proto": "http",
        "x-forwarded-port": joined.get("host", "").rpartition(":")[2] or "80",
    }


def _body(request: Request, headers: Mapping[str, str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    is_text = headers.get("content-type", "").lower().startswith(_TEXT)
    if is_text:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # bytes that only say they are text: base64 keeps them whole
    return base64.b64encode(request.body).decode(), True


def _query(raw: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
