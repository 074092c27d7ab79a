"""The edge hands a function what AWS hands it: payload 2.0 in, the function's answer out."""

import base64
import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import gateway
from local.serving import Reply, Request

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


def payload(request: Request) -> dict[str, Any]:
    return gateway.payload(request, now=NOW, request_id="request-1")


def test_a_page_call_becomes_the_event_that_aws_would_build() -> None:
    event = payload(
        Request(
            method="POST",
            target="/ev/v1/p?a=1&a=2&b=%20",
            headers=(
                ("Host", "127.0.0.1:8787"),
                ("Content-Type", "text/plain"),
                ("User-Agent", "Firefox"),
                ("Cookie", "ajs_anonymous_id=one; other=two"),
                ("X-Twice", "1"),
                ("x-twice", "2"),
            ),
            body='{"type":"page","name":"Tëa"}'.encode(),
            client=("127.0.0.1", 50123),
        )
    )

    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/ev/v1/p",
        "rawQueryString": "a=1&a=2&b=%20",
        "cookies": ["ajs_anonymous_id=one", "other=two"],
        "queryStringParameters": {"a": "1,2", "b": " "},
        "headers": {
            "host": "127.0.0.1:8787",
            "content-type": "text/plain",
            "user-agent": "Firefox",
            "x-twice": "1,2",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-proto": "http",
            "x-forwarded-port": "8787",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "127.0.0.1:8787",
            "domainPrefix": "local",
            "http": {
                "method": "POST",
                "path": "/ev/v1/p",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "Firefox",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Mar/2026:12:30:15 +0000",
            "timeEpoch": 1772368215000,
        },
        "body": '{"type":"page","name":"Tëa"}',
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
        (("Content-Type", "application/json"),),
        (("Content-Type", "application/octet-stream"),),
        (),
    ],
)
def test_a_gzipped_body_arrives_whole_whatever_its_headers_say(
    headers: tuple[tuple[str, str], ...],
) -> None:
    body = gzip.compress(b'{"batch":[]}', mtime=0)

    event = payload(Request("POST", "/v1/batch", headers=headers, body=body))

    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


@given(body=st.binary(min_size=1), kind=st.sampled_from(["text/plain", "image/png", "", "a"]))
def test_no_byte_of_any_body_is_lost(body: bytes, kind: str) -> None:
    event = payload(Request("POST", "/", headers=(("Content-Type", kind),), body=body))

    carried = event["body"]
    assert (base64.b64decode(carried) if event["isBase64Encoded"] else carried.encode()) == body


def test_a_request_without_body_cookies_or_query_carries_none() -> None:
    assert {"body", "cookies", "queryStringParameters"} & set(payload(Request("GET", "/"))) == set()


def test_an_answer_goes_back_with_its_headers_cookies_and_bytes() -> None:
    reply = gateway.reply(
        {
            "statusCode": 200,
            "headers": {"Content-Type": "image/gif", "Retry-After": 3, "Content-Length": "999"},
            "cookies": ["a=1; Path=/", "b=2; HttpOnly"],
            "body": base64.b64encode(b"GIF89a\x00").decode(),
            "isBase64Encoded": True,
        }
    )

    assert reply == Reply(
        200,
        (
            ("Content-Type", "image/gif"),
            ("Retry-After", "3"),
            ("Set-Cookie", "a=1; Path=/"),
            ("Set-Cookie", "b=2; HttpOnly"),
        ),
        b"GIF89a\x00",
    )


def test_a_bare_value_is_a_200_in_json() -> None:
    assert gateway.reply({"success": True}) == Reply(
        200, (("Content-Type", "application/json"),), b'{"success": true}'
    )


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "no number"},
        {"statusCode": None},
        {"statusCode": 200, "body": {"an": "object"}},
        {"statusCode": 200, "body": "not base64!", "isBase64Encoded": True},
    ],
)
def test_an_answer_the_gateway_cannot_read_is_its_own_500(answer: object) -> None:
    assert gateway.reply(answer) == Reply(
        500, (("Content-Type", "application/json"),), b'{"message":"Internal Server Error"}'
    )
