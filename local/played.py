"""What a journey is told in: the steps a person takes, the calls they cause, the pauses between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Sender = Literal["laptop", "phone", "shop server", "nightly job"]
Moment = Literal["anonymous", "signed up"]


@dataclass(frozen=True, slots=True)
class Step:
    """The person does something."""

    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One event that the collector answered with success, as its sender put it on the wire."""

    sender: Sender
    message_id: str
    type: str
    name: str | None = None
    anonymous_id: str | None = None
    user_id: str | None = None

    @classmethod
    def of(cls, sender: Sender, message: Mapping[str, Any]) -> "Sent":
        """Read a Segment message."""
        return cls(
            sender,
            message["messageId"],
            message["type"],
            message.get("event") or message.get("name"),
            message.get("anonymousId"),
            message.get("userId"),
        )

    @property
    def title(self) -> str:
        """The call as a person would name it."""
        return f"{self.type} “{self.name}”" if self.name else self.type


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A pause, so that what is known at this moment can be looked at."""

    moment: Moment


Happening = Step | Sent | Checkpoint


class Player(Protocol):
    """Somebody who can play the visitor's part; the pause lasts until the next happening is asked."""

    description: str

    def play(self, *, email: str) -> Iterator[Happening]:
        """Play the journey from the first visit to the phone's log-in."""
        ...


class PlayError(Exception):
    """The journey came to a halt; the message says where."""
