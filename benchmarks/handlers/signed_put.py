"""The floor of a collector that commits without boto3: the standard library signs and sends.

Signature Version 4 with its day's key kept, over one kept connection: no less can be done. It tries
nothing again, refreshes no credentials and reads no fault, so it is a floor and no client.
"""

import hashlib
import hmac
import json
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

_NAMES = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"


@cache
def _connection() -> HTTPConnection:
    return HTTPConnection(urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc, timeout=5)


@cache
def _key(day: str) -> bytes:
    key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    for part in (day, os.environ["AWS_REGION"], "kinesis", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def put(records: Sequence[bytes]) -> None:
    listed = [{"PartitionKey": "key", "Data": b64encode(record).decode()} for record in records]
    body = json.dumps({"StreamName": "stream", "Records": listed}).encode()
    connection = _connection()
    connection.request("POST", "/", body, _headers(body, f"{connection.host}:{connection.port}"))
    answer = json.loads(connection.getresponse().read())
    assert answer["FailedRecordCount"] == 0


def _headers(body: bytes, host: str) -> dict[str, str]:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    signed = {
        "content-type": "application/x-amz-json-1.1",
        "host": host,
        "x-amz-date": stamp,
        "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
        "x-amz-target": "Kinesis_20131202.PutRecords",
    }
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    request = f"POST\n/\n\n{lines}\n{_NAMES}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{os.environ['AWS_REGION']}/kinesis/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.digest(_key(stamp[:8]), text.encode(), "sha256").hex()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    return signed | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={_NAMES}, Signature={signature}"
    }


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    put([event["body"].encode()])
    return {"statusCode": 200, "headers": {}, "body": '{"success":true}'}
