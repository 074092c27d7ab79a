"""The destinations inside AWS, from the queued message to what their services then hold.

The services are moto's, behind a server on loopback, so that the requests are those of the real adapter:
signed, over a real connection.
"""

import base64
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from headwater.adapters.aws_signed import AwsSigned
from headwater.adapters.http import UrllibHttp
from headwater.adapters.signature import Credentials
from headwater.deliver import deliver
from headwater.delivery.breaker import Breakers
from headwater.delivery.outside import Outside, Received, Report
from headwater.delivery.pace import Pace
from headwater.delivery.slowness import Slowness
from headwater.destination import Configured, Delivery
from headwater.destinations import DESTINATIONS
from moto import mock_aws

from tests.examples import NOON, a_stored_track
from tests.fakes import MemoryQueue, MemorySecrets, MemoryStore, MemoryTable
from tests.vendor import Asked, Vendor, reply, vendor

pytestmark = pytest.mark.enable_socket

REGION = "eu-west-1"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=test-key/20260301/eu-west-1/(\w+)/aws4_request, "
    r"SignedHeaders=content-type;host;user-agent;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}"
)


def moto_answers(asked: Asked, connection: socket.socket, there: Vendor) -> None:
    """Pass the request on to moto, under the name of the service that it was signed for."""
    signed = SIGNED.fullmatch(asked.headers["authorization"])
    assert signed is not None
    assert asked.headers["host"] == there.url.removeprefix("http://")
    answer = requests.post(
        f"https://{signed[1]}.{REGION}.amazonaws.com/",
        data=asked.body,
        headers={**asked.headers, "host": f"{signed[1]}.{REGION}.amazonaws.com"},
        timeout=5,
    )
    reply(connection, answer.status_code, answer.content)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws(), vendor(moto_answers) as there:
        # The first call loads moto's services, which may take longer than a vendor may.
        boto3.client("sqs", region_name=REGION).list_queues()
        yield there


def sent(slug: str, *message_ids: str, there: Vendor, **settings: Any) -> Report:
    """Deliver some events, and tell how that ended."""
    sheet = DESTINATIONS[slug]
    own = Configured(
        id="own",
        sheet=sheet,
        integration=sheet.name,
        events=("track",),
        settings={"region": REGION, "endpoint": there.url, **settings},
    )
    events = tuple(a_stored_track(message_id) for message_id in message_ids)
    message = Delivery(destination_id="own", events=events, first_at=NOON).to_message()
    (report,) = deliver(
        [Received("m1", message.body)],
        {"own": own},
        Outside(
            http=AwsSigned(
                UrllibHttp(),
                credentials=lambda: Credentials("test-key", "secret"),
                now=lambda: NOON,
            ),
            queue=MemoryQueue(),
            store=MemoryStore(),
            outcomes=MemoryStore(),
            secrets=MemorySecrets(),
            breakers=Breakers(MemoryTable(), seconds=lambda: 0.0),
            slowness=Slowness(MemoryTable(), seconds=lambda: 0.0, me=1),
            pace=Pace(seconds=lambda: 0.0, sleep=lambda _: None),
            now=lambda: NOON,
            seconds=lambda: 0.0,
            random=lambda: 0.5,
        ),
        time_limit_seconds=20.0,
    )
    return report


TWELVE = [f"message-{number:02}" for number in range(12)]


def received(queue_url: str) -> list[dict[str, Any]]:
    client, found = boto3.client("sqs", region_name=REGION), []
    while messages := client.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]
    ).get("Messages"):
        found += messages
        for one in messages:
            client.delete_message(QueueUrl=queue_url, ReceiptHandle=one["ReceiptHandle"])
    return found  # type: ignore[return-value]


def test_a_queue_holds_every_event_as_it_is_stored(aws: Vendor) -> None:
    url = boto3.client("sqs", region_name=REGION).create_queue(QueueName="shop")["QueueUrl"]

    report = sent("sqs", *TWELVE, there=aws, queue_url=url)

    assert report.delivered == 12
    bodies = [json.loads(one["Body"]) for one in received(url)]
    assert sorted(bodies, key=lambda body: str(body["messageId"])) == [
        a_stored_track(message_id).to_json() for message_id in TWELVE
    ]
    assert len(aws.asked) == 2  # of ten and two


def test_a_fifo_queue_drops_the_repeat_of_a_message_id(aws: Vendor) -> None:
    url = boto3.client("sqs", region_name=REGION).create_queue(
        QueueName="shop.fifo", Attributes={"FifoQueue": "true"}
    )["QueueUrl"]

    for _ in range(2):
        assert sent("sqs", *TWELVE[:3], there=aws, queue_url=url).delivered == 3

    messages = received(url)
    assert [json.loads(one["Body"])["messageId"] for one in messages] == TWELVE[:3]
    assert {one["Attributes"]["MessageGroupId"] for one in messages} == {"device-1"}


def test_a_queue_that_is_not_there_waits_for_somebody_to_make_it(aws: Vendor) -> None:
    report = sent("sqs", "a", there=aws, queue_url=f"https://sqs.{REGION}.amazonaws.com/1/none")

    assert (report.waiting, report.wait_reason) == (1, "QueueDoesNotExist")


def test_a_bus_takes_every_event_under_the_source_that_rules_know(aws: Vendor) -> None:
    events = boto3.client("events", region_name=REGION)
    events.create_event_bus(Name="shop")

    assert sent("eventbridge", *TWELVE, there=aws, bus="shop").delivered == 12

    entries = [entry for asked in aws.asked for entry in json.loads(asked.body)["Entries"]]
    assert [json.loads(entry["Detail"])["messageId"] for entry in entries] == TWELVE
    assert {entry["Source"] for entry in entries} == {"headwater"}


def test_a_stream_holds_every_event_under_its_person(aws: Vendor) -> None:
    client = boto3.client("kinesis", region_name=REGION)
    client.create_stream(StreamName="shop", ShardCount=1)

    assert sent("kinesis", *TWELVE, there=aws, stream="shop").delivered == 12

    shard = client.get_shard_iterator(
        StreamName="shop", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = client.get_records(ShardIterator=shard)["Records"]
    assert [json.loads(record["Data"])["messageId"] for record in records] == TWELVE
    assert {record["PartitionKey"] for record in records} == {"device-1"}


def test_a_delivery_stream_writes_every_event_as_a_line(aws: Vendor) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="lines")
    boto3.client("firehose", region_name=REGION).create_delivery_stream(
        DeliveryStreamName="shop",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::123456789012:role/firehose",
            "BucketARN": "arn:aws:s3:::lines",
        },
    )

    assert sent("firehose", *TWELVE, there=aws, delivery_stream="shop").delivered == 12

    (entry,) = s3.list_objects_v2(Bucket="lines")["Contents"]
    lines = s3.get_object(Bucket="lines", Key=entry["Key"])["Body"].read().splitlines()
    assert [json.loads(line)["messageId"] for line in lines] == TWELVE


def answers(status: int, body: Any) -> Any:
    def answer(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        reply(connection, status, json.dumps(body).encode())

    return answer


THROTTLED = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"}
PARTLY = {
    "sqs": {
        "Successful": [{"Id": "0"}],
        "Failed": [
            {"Id": "1", "SenderFault": False, "Code": "ServiceUnavailable"},
            {"Id": "2", "SenderFault": True, "Code": "InvalidMessageContents", "Message": "no"},
        ],
    },
    "kinesis": {
        "FailedRecordCount": 2,
        "Records": [{"SequenceNumber": "1"}, THROTTLED, {"ErrorCode": "Malformed"}],
    },
    "firehose": {
        "FailedPutCount": 2,
        "RequestResponses": [{"RecordId": "1"}, THROTTLED, {"ErrorCode": "Malformed"}],
    },
    "eventbridge": {
        "FailedEntryCount": 2,
        "Entries": [{"EventId": "1"}, THROTTLED, {"ErrorCode": "MalformedDetail"}],
    },
}
SETTINGS = {
    "sqs": {"queue_url": f"https://sqs.{REGION}.amazonaws.com/1/shop"},
    "kinesis": {"stream": "shop"},
    "firehose": {"delivery_stream": "shop"},
    "eventbridge": {"bus": "shop"},
}


@pytest.mark.parametrize("slug", PARTLY)
def test_of_a_batch_only_what_was_refused_is_sent_again_or_given_up(slug: str) -> None:
    with vendor(answers(200, PARTLY[slug])) as there:
        report = sent(slug, "a", "b", "c", there=there, **SETTINGS[slug])

    assert (report.delivered, report.waiting, sum(report.undeliverable.values())) == (1, 1, 1)


@pytest.mark.parametrize("slug", PARTLY)
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"__type": "com.amazon.coral#AccessDeniedException"}, "AccessDeniedException"),
        (400, {"__type": "ThrottlingException"}, "ThrottlingException"),
        (400, {"__type": "ExpiredTokenException"}, "ExpiredTokenException"),
        (500, {"__type": "InternalFailure"}, "InternalFailure"),
        (503, {}, "http_503"),
        (200, ["what is this"], "no_answer_of_aws"),
    ],
)
def test_what_passes_or_can_be_mended_waits(slug: str, status: int, body: Any, reason: str) -> None:
    with vendor(answers(status, body)) as there:
        report = sent(slug, "a", "b", there=there, **SETTINGS[slug])

    assert (report.waiting, report.wait_reason) == (2, reason)


@pytest.mark.parametrize("slug", PARTLY)
def test_a_batch_that_is_refused_for_one_event_is_halved(slug: str) -> None:
    def answer(asked: Asked, connection: socket.socket, there: Vendor) -> None:
        text = asked.body.decode()
        encoded = re.findall(r'"Data":"([^"]+)"', text)
        text += "".join(base64.b64decode(one).decode() for one in encoded)
        if "poison" in text:
            return reply(connection, 400, b'{"__type": "ValidationException"}')
        body: Any = json.loads(asked.body)
        (entries,) = (value for value in body.values() if isinstance(value, list))
        name = {"firehose": "RequestResponses", "kinesis": "Records"}.get(slug, "Entries")
        return reply(connection, 200, json.dumps({name: [{} for _ in entries]}).encode())

    with vendor(answer) as there:
        report = sent(slug, "a", "poison", "c", there=there, **SETTINGS[slug])

    assert (report.delivered, report.undeliverable) == (2, {"http_400": 1})
