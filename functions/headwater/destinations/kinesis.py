"""Amazon Kinesis: each event, as it is stored, as a record of a stream of your own.

The partition key is the device, else the user, so one person's events stay in order.
Limits: 500 records and 5 MB in one PutRecords, 1 MB a record. Repeats are not dropped: a consumer
finds the messageId in the event. The forwarder's role needs `kinesis:PutRecords` (parameter
`DestinationArns`).
Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html, read 2026-11-27.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from headwater.destination import Destination, Request, Result
from headwater.destination.aws import AwsSettings, aws_request, classify_entries, whose
from headwater.ports import HttpResponse
from headwater.record import StoredEvent


class Settings(AwsSettings):
    """The stream, by name."""

    stream: str


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Put the stored event, personId included."""
    record = {
        "Data": b64encode(event.to_line()[:-1]).decode(),
        "PartitionKey": _key(whose(event)),
    }
    return [
        aws_request(
            settings,
            "kinesis",
            "Kinesis_20131202.PutRecords",
            version="1.1",
            json={"StreamName": settings.stream},
            lists={"Records": (record,)},
        )
    ]


def _key(text: str) -> str:
    # At most 256 characters (PutRecordsRequestEntry).
    if len(text) <= 256:
        return text
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def classify(response: HttpResponse) -> Result:
    """Read the result of each record."""
    return classify_entries(response, "Records", "Records")


DESTINATION = Destination(
    slug="kinesis",
    name="Amazon Kinesis",
    aliases=("Kinesis", "AWS Kinesis"),
    docs="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html",
    settings=Settings,
    build=build,
    classify=classify,
    max_events=500,
    max_bytes=5_000_000,
)
