"""Discord: a line in a channel for the events you name, through a webhook.

Limits: five messages in two seconds a webhook (two a second here), 2,000 characters; any age, but a day
here: nobody wants yesterday's news. No dedup. A 429 says `Retry-After`; a removed webhook answers 404.
Source: discord.com/developers/docs/resources/webhook (execute) and topics/rate-limits, read 2026-11-27.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.address import PublicUrl
from headwater.destination.line import called, filled
from headwater.destination.result import by_status_where_settings_lead
from headwater.record import StoredEvent

MAX_CONTENT_CHARACTERS = 2_000
_MARKDOWN = r"([\\*_~`|>#\[\]()<])"

# The line of an event that has none of its own; a page or a screen always needs its own.
_ANY = "*"


class Settings(DestinationSettings):
    """The webhook's URL, and which events make which line.

    `messages`: event name (a page is "Viewed <name>", an identify "Identified") → a line in which
    `{properties.total}`, `{traits.email}`, `{event}` or `{who}` are replaced by their values; `"*"` is
    the line of every other track and identify call.
    """

    url: PublicUrl
    messages: Mapping[str, str] = Field(default_factory=lambda: {_ANY: "{who}: {event}"})


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Say the line of an event that has one."""
    template = settings.messages.get(called(event))
    if template is None and event.type in ("track", "identify"):
        template = settings.messages.get(_ANY)
    if template is None:
        return []
    line = filled(template, event, escaped=lambda value: re.sub(_MARKDOWN, r"\\\1", value))
    # No name in a visitor's text may call the people of the channel: nobody is mentioned.
    return [
        Request(
            url=settings.url.get_secret_value(),
            json={"content": line[:MAX_CONTENT_CHARACTERS], "allowed_mentions": {"parse": []}},
        )
    ]


DESTINATION = Destination(
    slug="discord",
    name="Discord",
    docs="https://discord.com/developers/docs/resources/webhook",
    settings=Settings,
    build=build,
    classify=by_status_where_settings_lead,
    event_types=("track", "page", "screen", "identify"),
    max_bytes=16_000,
    max_age=timedelta(days=1),
    rate=2,
)
