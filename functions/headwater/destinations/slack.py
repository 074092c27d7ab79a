"""Slack: a line in a channel for the events you name, through an incoming webhook.

Limits: one message a second and channel; any age, but a day here: nobody wants yesterday's news. No
dedup. A 429 says `Retry-After`; a revoked webhook answers 403 or 404.
Source: api.slack.com/messaging/webhooks and api.slack.com/apis/rate-limits, read 2026-11-23.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.address import PublicUrl
from headwater.destination.line import called, filled
from headwater.destination.result import by_status_where_settings_lead
from headwater.record import StoredEvent

MAX_TEXT_CHARACTERS = 4_000


class Settings(DestinationSettings):
    """The webhook's URL, and which events make which line.

    `messages`: event name (a page is "Viewed <name>", an identify "Identified") → a line in which
    `{properties.total}`, `{traits.email}`, `{event}` or `{who}` are replaced by their values.
    """

    url: PublicUrl
    messages: Mapping[str, str] = Field(default_factory=dict)


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Say the line of an event that has one."""
    template = settings.messages.get(called(event))
    if template is None:
        return []
    line = filled(template, event, escaped=_escaped)
    return [
        Request(
            url=settings.url.get_secret_value(),
            json={"text": line[:MAX_TEXT_CHARACTERS], "unfurl_links": False},
        )
    ]


def _escaped(value: str) -> str:
    """Keep a visitor's text from becoming a link or a call to the whole channel (`<!channel>`)."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


DESTINATION = Destination(
    slug="slack",
    name="Slack",
    aliases=("Slack (Actions)",),
    docs="https://api.slack.com/messaging/webhooks",
    settings=Settings,
    build=build,
    classify=by_status_where_settings_lead,
    event_types=("track", "page", "screen", "identify"),
    max_bytes=16_000,
    max_age=timedelta(days=1),
    rate=1,
)
