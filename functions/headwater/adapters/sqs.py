"""The deliveries queue and its dead letters, in SQS."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError
from headwater.ports import QueueMessage, WaitingMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# SendMessageBatch takes ten messages and 1 MiB in all (AWS, "Amazon SQS message quotas", 2026-11);
# the emulators and older regions still say 256 KiB.
_MAX_ENTRIES = 10
_MAX_BYTES = 256 * 1024

# What SQS refuses for a passing fault of its own it takes when asked again; the caller's whole batch
# comes again later if not, so there is nothing to wait for here.
_ATTEMPTS = 3


class SqsQueue:
    """`ports.WaitingQueue` over one standard queue.

    A batch is not atomic: only refused entries are retried.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[QueueMessage]) -> None:
        """Send every message, or raise DependencyError: some may have been sent all the same."""
        for batch in _batches(messages):
            self._send_batch(batch)

    def _send_batch(self, batch: Sequence[QueueMessage]) -> None:
        left = dict(enumerate(batch))
        for _ in range(_ATTEMPTS):
            with _translated("SendMessageBatch"):
                answer = self._client.send_message_batch(
                    QueueUrl=self._url, Entries=[_entry(at, left[at]) for at in left]
                )
            refused = answer.get("Failed", [])
            if not refused:
                return
            # The sender's own fault will not mend by asking again.
            if faulty := [entry["Code"] for entry in refused if entry["SenderFault"]]:
                raise DependencyError(f"SQS SendMessageBatch refused a message: {faulty[0]}")
            left = {int(entry["Id"]): left[int(entry["Id"])] for entry in refused}
        raise DependencyError(f"SQS SendMessageBatch: {len(left)} refused after {_ATTEMPTS} tries")

    def count(self) -> int:
        """Return how many messages wait, as SQS knows it: a little late."""
        with _translated("GetQueueAttributes"):
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def receive(self, *, hidden_seconds: int) -> Sequence[WaitingMessage]:
        """Borrow up to ten messages."""
        with _translated("ReceiveMessage"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MAX_ENTRIES,
                VisibilityTimeout=hidden_seconds,
                MessageSystemAttributeNames=["MessageGroupId"],
                WaitTimeSeconds=1,  # asks every server of the queue: a short poll may miss some
            )
        return [
            WaitingMessage(
                each["MessageId"],
                each["ReceiptHandle"],
                each["Body"],
                each.get("Attributes", {}).get("MessageGroupId", ""),
            )
            for each in answer.get("Messages", ())
        ]

    def delete(self, message: WaitingMessage) -> None:
        """Take a borrowed message off the queue."""
        with _translated("DeleteMessage"):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)

    def give_back(self, message: WaitingMessage) -> None:
        """Let others see a borrowed message at once."""
        with _translated("ChangeMessageVisibility"):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=message.handle, VisibilityTimeout=0
            )


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise DependencyError(f"SQS {operation}: {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise DependencyError(f"SQS {operation}: {type(error).__name__}") from error


def _entry(at: int, message: QueueMessage) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": str(at),
        "MessageBody": message.body,
        "MessageGroupId": message.group,
        "DelaySeconds": message.delay_seconds,
    }


def _batches(messages: Sequence[QueueMessage]) -> list[tuple[QueueMessage, ...]]:
    batches: list[tuple[QueueMessage, ...]] = []
    for ten in batched(messages, _MAX_ENTRIES, strict=False):
        batch: list[QueueMessage] = []
        size = 0
        for message in ten:
            length = len(message.body.encode())
            if batch and size + length > _MAX_BYTES:
                batches.append(tuple(batch))
                batch, size = [], 0
            batch.append(message)
            size += length
        batches.append(tuple(batch))
    return batches
