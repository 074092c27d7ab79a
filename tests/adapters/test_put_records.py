"""The two clients that can put records, boto3's and the lean one, against one Kinesis on loopback.

Whatever one of them does, the other does: the stream's rules stand on either.
"""

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)
from headwater.adapters.kinesis import KinesisClient, KinesisStream
from headwater.adapters.put_records import put_records_client
from headwater.ports import StreamRecord

from tests.vendor import Asked, Vendor, reply, reset, vendor

pytestmark = pytest.mark.enable_socket

ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "token/with+signs==",
}
RECORDS = [StreamRecord("k-0", b'{"a":1}\n'), StreamRecord("ключ", b"\x00\xff" * 9)]


def now() -> datetime:
    return datetime.now(UTC)


# Enough for an answer on any machine; less only where none is to come.
PATIENCE_SECONDS = 10.0


def with_boto3(endpoint: str, seconds: float = PATIENCE_SECONDS) -> KinesisClient:
    return boto3.client(
        "kinesis",
        endpoint_url=endpoint,
        region_name=ENVIRONMENT["AWS_REGION"],
        aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=ENVIRONMENT["AWS_SESSION_TOKEN"],
        config=Config(connect_timeout=1, read_timeout=seconds, retries={"total_max_attempts": 1}),
    )


def lean(endpoint: str, seconds: float = PATIENCE_SECONDS) -> KinesisClient:
    return put_records_client(
        {**ENVIRONMENT, "AWS_ENDPOINT_URL_KINESIS": endpoint}, now=now, timeout_seconds=seconds
    )


Client = Callable[..., KinesisClient]
both = pytest.mark.parametrize("client", [with_boto3, lean])


def put(client: KinesisClient) -> Mapping[str, Any]:
    return client.put_records(
        StreamName="events",
        Records=[{"PartitionKey": record.partition_key, "Data": record.data} for record in RECORDS],
    )


def stream(client: KinesisClient) -> KinesisStream:
    return KinesisStream(
        client,
        "events",
        sleep=lambda _: None,
        monotonic=time.monotonic,
        random=lambda: 0.0,
        budget_seconds=6 * PATIENCE_SECONDS,
    )


def acknowledges(asked: Asked, connection: socket.socket, _: Vendor) -> None:
    results = [
        {"SequenceNumber": str(at), "ShardId": "shardId-000000000000"}
        for at, _ in enumerate(json.loads(asked.body)["Records"])
    ]
    reply(connection, 200, json.dumps({"FailedRecordCount": 0, "Records": results}).encode())


def answers(status: int, body: bytes, **headers: str) -> Callable[..., None]:
    return lambda _, connection, __: reply(connection, status, body, headers)


@both
def test_records_arrive_as_they_were_given(client: Client) -> None:
    with vendor(acknowledges) as kinesis:
        results = put(client(kinesis.url))["Records"]

    (asked,) = kinesis.asked
    sent = json.loads(asked.body)
    assert sent["StreamName"] == "events"
    assert [
        StreamRecord(record["PartitionKey"], base64.b64decode(record["Data"]))
        for record in sent["Records"]
    ] == RECORDS
    assert (asked.method, asked.path) == ("POST", "/")
    assert asked.headers["x-amz-target"] == "Kinesis_20131202.PutRecords"
    assert asked.headers["content-type"] == "application/x-amz-json-1.1"
    assert [result["SequenceNumber"] for result in results] == ["0", "1"]


@both
def test_what_arrives_is_what_was_signed(client: Client) -> None:
    with vendor(acknowledges) as kinesis:
        put(client(kinesis.url))

    (asked,) = kinesis.asked
    assert asked.headers["x-amz-security-token"] == ENVIRONMENT["AWS_SESSION_TOKEN"]
    assert asked.headers["authorization"] == authorization(asked)


def authorization(asked: Asked) -> str:
    """Sign what arrived, by the words of AWS's "Create a signed AWS API request"."""
    stamp = asked.headers["x-amz-date"]
    scope = f"{stamp[:8]}/eu-central-1/kinesis/aws4_request"
    names = asked.headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(names.split(";"))
    lines = "".join(f"{name}:{asked.headers[name]}\n" for name in names.split(";"))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(asked.body).hexdigest()}"
    key = b"AWS4" + ENVIRONMENT["AWS_SECRET_ACCESS_KEY"].encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join(
        ["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={names}, Signature={signature}"


@both
def test_one_connection_serves_call_after_call(client: Client) -> None:
    with vendor(acknowledges) as kinesis:
        kept = client(kinesis.url)
        for _ in range(5):
            put(kept)

    assert (len(kinesis.asked), kinesis.connections) == (5, 1)


@both
def test_a_refused_record_has_its_own_answer_and_is_sent_again_alone(client: Client) -> None:
    throttled = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate"}

    def throttles_once(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        if len(there.asked) > 1:
            return acknowledges(asked, connection, there)
        results = [{"SequenceNumber": "1", "ShardId": "s"}, throttled]
        body = json.dumps({"FailedRecordCount": 1, "Records": results}).encode()
        return reply(connection, 200, body)

    with vendor(throttles_once) as kinesis:
        remainder = stream(client(kinesis.url)).append(RECORDS)

    assert list(remainder) == []
    assert [len(json.loads(asked.body)["Records"]) for asked in kinesis.asked] == [2, 1]


@both
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answers(400, b'{"__type":"ResourceNotFoundException","message":"none"}'),
         "ResourceNotFoundException"),
        (answers(400, b'{"__type":"com.amazonaws.kinesis#AccessDeniedException"}'),
         "AccessDeniedException"),
        (answers(500, b'{"__type":"InternalFailure"}'), "InternalFailure"),
        (answers(503, b"<html>busy</html>"), "503"),
        (answers(307, b"", Location="http://127.0.0.1:1/"), "307"),
    ],
)  # fmt: skip
def test_a_refused_call_is_a_client_error_with_its_code(
    client: Client, answer: Callable[..., None], code: str
) -> None:
    with vendor(answer) as kinesis, pytest.raises(ClientError) as refused:
        put(client(kinesis.url))

    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.operation_name == "PutRecords"
    assert len(kinesis.asked) == 1


def hangs(asked: Asked, connection: socket.socket, there: Vendor) -> None:
    there.closing.wait(30)


def resets(asked: Asked, connection: socket.socket, _: Vendor) -> None:
    reset(connection)


def hangs_up(asked: Asked, connection: socket.socket, _: Vendor) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def is_cut_short(asked: Asked, connection: socket.socket, _: Vendor) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"Rec')
    connection.shutdown(socket.SHUT_RDWR)


@both
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (hangs, ReadTimeoutError),
        (resets, BotoCoreError),
        (hangs_up, ConnectionClosedError),
    ],
)
def test_no_answer_is_a_fault_of_boto3s_own_kind(
    client: Client, answer: Callable[..., None], fault: type[Exception]
) -> None:
    seconds = 0.2 if answer is hangs else PATIENCE_SECONDS
    with vendor(answer) as kinesis, pytest.raises(fault):
        put(client(kinesis.url, seconds))


@both
def test_nobody_listening_is_a_fault_of_boto3s_own_kind(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"

    with pytest.raises(EndpointConnectionError):
        put(client(nobody))


NO_RESULTS = (b"", b"{}", b"<html>", b'{"Records":[]}', b'{"Records":null}')
NO_OBJECTS = (b"[]", b"null", b'{"Records":7}', b'{"Records":[1,2]}')  # boto3 breaks on these


@pytest.mark.parametrize(
    ("client", "body"),
    [
        *((client, body) for client in (with_boto3, lean) for body in NO_RESULTS),
        *((lean, body) for body in NO_OBJECTS),
    ],
)
def test_a_success_that_acknowledges_nothing_keeps_every_record(
    client: Client, body: bytes
) -> None:
    with vendor(answers(200, body)) as kinesis:
        remainder = KinesisStream(
            client(kinesis.url),
            "events",
            sleep=lambda _: None,
            monotonic=time.monotonic,
            random=lambda: 2.0**20,
        ).append(RECORDS)

    assert list(remainder) == RECORDS


@both
@pytest.mark.parametrize("fault", [resets, hangs_up, is_cut_short, hangs])
def test_a_kept_connection_that_breaks_costs_no_record(
    client: Client, fault: Callable[..., None]
) -> None:
    def breaks_the_second(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        (fault if len(there.asked) == 2 else acknowledges)(asked, connection, there)

    with vendor(breaks_the_second) as kinesis:
        kept = stream(client(kinesis.url, 0.5 if fault is hangs else PATIENCE_SECONDS))
        remainders = [list(kept.append(RECORDS)) for _ in range(3)]

    assert remainders == [[], [], []]
    # The broken call may have been an acceptance, so it is sent once more, and only it.
    assert len(kinesis.asked) == 4


@both
def test_a_connection_closed_while_idle_is_opened_anew(client: Client) -> None:
    def closes_after(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        acknowledges(asked, connection, there)
        connection.shutdown(socket.SHUT_RDWR)

    with vendor(closes_after) as kinesis:
        kept = stream(client(kinesis.url))
        remainders = [list(kept.append(RECORDS)) for _ in range(3)]

    assert remainders == [[], [], []]
    assert kinesis.connections >= 3


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"AWS_REGION": "eu-west-1"}, "https://kinesis.eu-west-1.amazonaws.com"),
        ({"AWS_DEFAULT_REGION": "us-east-2"}, "https://kinesis.us-east-2.amazonaws.com"),
        ({"AWS_REGION": "cn-north-1"}, "https://kinesis.cn-north-1.amazonaws.com.cn"),
        ({"AWS_REGION": "r", "AWS_ENDPOINT_URL": "http://127.0.0.1:45"}, "http://127.0.0.1:45"),
        (
            {
                "AWS_REGION": "r",
                "AWS_ENDPOINT_URL": "http://127.0.0.1:45",
                "AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:46",
            },
            "http://127.0.0.1:46",
        ),
    ],
)
def test_the_environment_says_where_kinesis_is(environment: dict[str, str], url: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}

    assert put_records_client({**keys, **environment}, now=now, timeout_seconds=1).endpoint == url


def test_a_function_without_region_or_credentials_does_not_start() -> None:
    with pytest.raises(NoRegionError):
        put_records_client(
            {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, now=now, timeout_seconds=1
        )
    with pytest.raises(NoCredentialsError):
        put_records_client({"AWS_REGION": "eu-west-1"}, now=now, timeout_seconds=1)


def test_credentials_that_run_out_are_fetched_again() -> None:
    issued: list[str] = []

    def issues(asked: Asked, connection: socket.socket, _: Vendor) -> None:
        issued.append(asked.headers["authorization"])
        # The first set has run out already; botocore asks for the next before it signs.
        life = timedelta(minutes=-1) if len(issued) == 1 else timedelta(hours=6)
        body = {
            "AccessKeyId": f"AKID{len(issued)}",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": f"{datetime.now(UTC) + life:%Y-%m-%dT%H:%M:%SZ}",
        }
        reply(connection, 200, json.dumps(body).encode())

    with vendor(issues) as container, vendor(acknowledges) as kinesis:
        client = put_records_client(
            {
                "AWS_REGION": "eu-central-1",
                "AWS_ENDPOINT_URL": kinesis.url,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url,
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-function",
            },
            now=now,
            timeout_seconds=5,
        )
        put(client)
        put(client)

    used = [asked.headers["authorization"].split("Credential=")[1][:5] for asked in kinesis.asked]
    assert (used, issued) == (["AKID2", "AKID2"], ["the-function", "the-function"])
