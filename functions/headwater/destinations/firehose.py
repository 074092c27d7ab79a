"""Amazon Data Firehose: each event, as it is stored, as a line of a delivery stream of your own.

Each record ends with a newline, so what Firehose writes to S3 is NDJSON.
Limits: 500 records and 4 MiB in one PutRecordBatch, 1,000 KiB a record. Repeats are not dropped: a reader
finds the messageId in the event. The forwarder's role needs `firehose:PutRecordBatch` (parameter
`DestinationArns`).
Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html, read 2026-11-27.
"""

from base64 import b64encode
from collections.abc import Sequence

from headwater.destination import Destination, Request, Result
from headwater.destination.aws import AwsSettings, aws_request, classify_entries
from headwater.ports import HttpResponse
from headwater.record import StoredEvent


class Settings(AwsSettings):
    """The delivery stream, by name."""

    delivery_stream: str


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Put the stored event, personId included."""
    record = {
        "Data": b64encode(event.to_line()).decode(),
    }
    return [
        aws_request(
            settings,
            "firehose",
            "Firehose_20150804.PutRecordBatch",
            version="1.1",
            json={"DeliveryStreamName": settings.delivery_stream},
            lists={"Records": (record,)},
        )
    ]


def classify(response: HttpResponse) -> Result:
    """Read the result of each record."""
    return classify_entries(response, "RequestResponses", "Records")


DESTINATION = Destination(
    slug="firehose",
    name="Amazon Data Firehose",
    aliases=("Firehose", "AWS Kinesis Firehose", "Amazon Kinesis Firehose"),
    docs="https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html",
    settings=Settings,
    build=build,
    classify=classify,
    max_events=500,
    max_bytes=4_000_000,
)
