"""What asks SQS to wait for a message is answered at once here: moto's queue is one server, and knows."""

from collections.abc import Callable
from typing import Any, Protocol


class Emitter(Protocol):
    """The events of a client, or of the session that its clients are made from."""

    def register(self, event_name: str, handler: Callable[..., None]) -> None: ...


def poll_shortly(events: Emitter) -> None:
    """Take the waiting out of every look at a queue; the seconds would be the test's own."""
    events.register("before-parameter-build.sqs.ReceiveMessage", _without_waiting)


def _without_waiting(params: dict[str, Any], **_: Any) -> None:
    params.pop("WaitTimeSeconds", None)
