"""The dead-letter queue of the deliveries, in SQS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.delivery.dead_letters import DeadLetter
from headwater.errors import DependencyError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Longer than a whole run: what stays in the queue is looked at once.
HIDDEN_SECONDS = 900


class SqsDeadLetters:
    """`delivery.dead_letters.DeadLetters` over one queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def count(self) -> int:
        """Return how many messages there are, as SQS knows it: a little late."""
        try:
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        except (ClientError, BotoCoreError) as error:
            raise DependencyError(f"SQS GetQueueAttributes: {type(error).__name__}") from error
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def receive(self) -> Sequence[DeadLetter]:
        """Take up to ten messages; none after a second of waiting without one."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=1,
            )
        except (ClientError, BotoCoreError) as error:
            raise DependencyError(f"SQS ReceiveMessage: {type(error).__name__}") from error
        return [DeadLetter(one["Body"], one["ReceiptHandle"]) for one in answer.get("Messages", [])]

    def forget(self, letter: DeadLetter) -> None:
        """Remove the message."""
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
        except (ClientError, BotoCoreError) as error:
            raise DependencyError(f"SQS DeleteMessage: {type(error).__name__}") from error
