"""Amazon EventBridge: each event, as it is stored, on a bus of your own.

`detail-type` is a track's event, a page's or screen's name, else the call; `source` is yours to choose.
Limits: 10 entries in one PutEvents; an entry too large is refused by EventBridge itself. Repeats are not
dropped: a rule's target finds the messageId in `detail`. The forwarder's role needs `events:PutEvents`
(parameter `DestinationArns`).
Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html, read 2026-11-27.
"""

from collections.abc import Sequence

from pydantic import Field

from headwater.destination import Destination, Request, Result
from headwater.destination.aws import AwsSettings, aws_request, classify_entries
from headwater.destination.reading import text
from headwater.ports import HttpResponse
from headwater.record import StoredEvent


class Settings(AwsSettings):
    """The bus by name or ARN, and what its rules know the events by."""

    bus: str = "default"
    # AWS refuses the names that begin with "aws.": they are its own.
    source: str = Field(default="headwater", min_length=1, max_length=256)


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Put the stored event, personId included."""
    name = text(event.event) or text(event.name) or event.type
    entry = {
        "EventBusName": settings.bus,
        "Source": settings.source,
        "DetailType": name[:128],
        "Detail": event.to_line()[:-1].decode(),
        "Time": round(event.timestamp.timestamp()),
    }
    return [
        aws_request(
            settings,
            "events",
            "AWSEvents.PutEvents",
            version="1.1",
            json={},
            lists={"Entries": (entry,)},
        )
    ]


def classify(response: HttpResponse) -> Result:
    """Read the result of each entry."""
    return classify_entries(response, "Entries", "Entries")


DESTINATION = Destination(
    slug="eventbridge",
    name="Amazon EventBridge",
    aliases=("EventBridge", "AWS EventBridge"),
    docs="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html",
    settings=Settings,
    build=build,
    classify=classify,
    max_events=10,
    max_bytes=1_048_576,
)
