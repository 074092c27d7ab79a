"""Amazon SQS: the whole event, as it is stored, as a message of a queue of your own.

Limits: 10 messages and 1 MiB in one SendMessageBatch. A FIFO queue (its URL ends in `.fifo`) keeps each
person's events in order and drops repeats of a messageId for five minutes; a standard queue may see one
twice. The forwarder's role needs `sqs:SendMessage` (parameter `DestinationArns`), and a queue with a
key of its own the use of that key.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
and the developer guide's "Amazon SQS message quotas", read 2026-11-27.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from headwater.destination import Destination, Request, Result
from headwater.destination.aws import AwsSettings, aws_request, classify, refused, whose
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse
from headwater.record import StoredEvent


class Settings(AwsSettings):
    """The queue's URL, as the console shows it."""

    queue_url: str


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the stored event, personId included."""
    # SQS refuses two characters that JSON allows bare (SendMessage, "valid characters").
    body = event.to_line()[:-1].decode().replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    entry = {"MessageBody": body, **_order(event, settings)}
    return [
        aws_request(
            settings,
            "sqs",
            "AmazonSQS.SendMessageBatch",
            version="1.0",
            json={"QueueUrl": settings.queue_url},
            lists={"Entries": (entry,)},
            position_key="Id",
        )
    ]


def _order(event: StoredEvent, settings: Settings) -> Mapping[str, str]:
    if not settings.queue_url.endswith(".fifo"):
        return {}
    return {
        "MessageGroupId": _name(whose(event)),
        "MessageDeduplicationId": _name(event.message_id),
    }


# Letters, digits and ASCII punctuation, at most 128 (SendMessageBatchRequestEntry).
_NAME = r"[!-~]{1,128}"


def _name(text: str) -> str:
    if re.fullmatch(_NAME, text):
        return text
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def classify_batch(response: HttpResponse) -> Result:
    """Read who was refused: entries are named by the Id that was their place."""
    return classify(response, _failed)


def _failed(said: Any) -> Mapping[tuple[str, int], Result]:
    return {
        ("Entries", int(entry["Id"])): refused(str(entry["Code"]), str(entry.get("Message") or ""))
        if entry["SenderFault"]
        else Result(Verdict.RETRY, str(entry["Code"]))
        for entry in said.get("Failed") or ()
    }


DESTINATION = Destination(
    slug="sqs",
    name="Amazon SQS",
    dedup="`MessageDeduplicationId`, five minutes, in a FIFO queue",
    aliases=("SQS", "AWS SQS"),
    docs="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html",
    settings=Settings,
    build=build,
    classify=classify_batch,
    max_events=10,
    max_bytes=1_048_576,
)
