"""The columns of the lake: where each is in the stored event's line, what it is called, what it means.

Glue tables, the compactor's SQL and docs/athena.md are made from `COLUMNS` or checked against it, so a
new column is added here, at the end, and nowhere else.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the lake: where it is in the line, what it is called, what it means."""

    path: str  # JSON path in the stored line
    name: str  # snake_case, as in the lake
    type: Literal["string", "json", "timestamp", "boolean"]  # json: a string that holds JSON text
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("$.messageId", "message_id", "string", "The event's own id; unique per source."),
    Column("$.type", "type", "string", "track, page, screen, identify, group or alias."),
    Column("$.event", "event", "string", "The name of a track event."),
    Column("$.name", "name", "string", "The name of a page or screen."),
    Column("$.category", "category", "string", "The category of a page or screen."),
    Column("$.identity.anonymousId", "anonymous_id", "string", "The device, when usable."),
    Column("$.identity.userId", "user_id", "string", "The known user, when usable."),
    Column("$.identity.previousId", "previous_id", "string", "What an alias replaces."),
    Column("$.identity.groupId", "group_id", "string", "The account or team."),
    Column("$.identity.proven", "proven", "boolean", "Whether the user id was signed."),
    Column("$.timestamp", "timestamp", "timestamp", "When it happened, clock corrected, UTC."),
    Column("$.receivedAt", "received_at", "timestamp", "When the collector took it, UTC."),
    Column("$.sentAt", "sent_at", "timestamp", "When the client sent it, on its own clock."),
    Column("$.originalTimestamp", "original_timestamp", "string", "The client's time, untouched."),
    Column("$.source.id", "source_id", "string", "The source of the workspace that sent it."),
    Column("$.source.kind", "source_kind", "string", "browser (public key) or server (secret)."),
    Column("$.properties", "properties", "json", "JSON object: a track, page or screen's own."),
    Column("$.traits", "traits", "json", "JSON object: what identify or group says."),
    Column("$.context", "context", "json", "JSON object: what the client knew around it."),
    Column("$.integrations", "integrations", "json", "JSON object: destinations on or off."),
    Column("$.enrichment.page.url", "page_url", "string", "The page's address."),
    Column("$.enrichment.page.host", "page_host", "string", "The page's host."),
    Column("$.enrichment.page.path", "page_path", "string", "The page's path."),
    Column("$.enrichment.page.title", "page_title", "string", "The page's title."),
    Column("$.enrichment.referrer.url", "referrer_url", "string", "Where the visitor came from."),
    Column("$.enrichment.referrer.host", "referrer_host", "string", "The referrer's host."),
    Column("$.enrichment.campaign.source", "utm_source", "string", "Campaign source."),
    Column("$.enrichment.campaign.medium", "utm_medium", "string", "Campaign medium."),
    Column("$.enrichment.campaign.name", "utm_campaign", "string", "Campaign name."),
    Column("$.enrichment.campaign.term", "utm_term", "string", "Campaign term."),
    Column("$.enrichment.campaign.content", "utm_content", "string", "Campaign content."),
    Column("$.enrichment.userAgent.browser", "browser", "string", "Browser family."),
    Column("$.enrichment.userAgent.os", "os", "string", "Operating system family."),
    Column("$.enrichment.userAgent.device", "device", "string", "Device family."),
    Column(
        "$.enrichment.userAgent.kind",
        "device_kind",
        "string",
        "desktop, mobile, tablet, tv, bot, other.",
    ),
    Column("$.context.userAgent", "user_agent", "string", "The user agent as sent."),
    Column("$.context.ip", "ip", "string", "The address, as the address policy left it."),
    Column("$.context.locale", "locale", "string", "The client's locale."),
    Column("$.context.timezone", "timezone", "string", "The client's time zone."),
    Column("$.context.library.name", "library_name", "string", "The client library."),
    Column("$.context.library.version", "library_version", "string", "Its version."),
    Column("$.enrichment", "enrichment", "json", "JSON object: all that was found out."),
    Column("$.privacy.decision", "privacy_decision", "string", "full or cookieless."),
    Column("$.privacy.noShare", "no_share", "boolean", "True: no sale, no advertising."),
    Column("$.privacy.reasons", "privacy_reasons", "json", "JSON array: why."),
    Column("$.violations", "violations", "json", "JSON array: where it left the plan."),
    Column("$.enrichment.bot.is", "is_bot", "boolean", "Whether a program sent it, not a person."),
    Column("$.enrichment.bot.name", "bot_name", "string", "The program's name."),
    Column("$.enrichment.bot.kind", "bot_kind", "string", "Its kind, such as search-engine."),
    Column("$.enrichment.userAgent.browserVersion", "browser_version", "string", "Its version."),
    Column("$.enrichment.userAgent.osVersion", "os_version", "string", "The system's version."),
    Column("$.enrichment.geo.country", "country", "string", "Country of the address, ISO 3166-1."),
    Column("$.enrichment.geo.region", "region", "string", "Its region, ISO 3166-2."),
    Column("$.enrichment.geo.city", "city", "string", "Its city."),
    Column("$.enrichment.locale.language", "language", "string", "The client's language, ISO 639."),
    Column("$.enrichment.referrer.kind", "referrer_kind", "string", "What it is, such as search."),
    Column("$.enrichment.referrer.name", "referrer_name", "string", "Whose it is, such as Google."),
    Column("$.enrichment.referrer.term", "search_term", "string", "What was sought there."),
    Column("$.enrichment.channel", "channel", "string", "GA4's default channel group."),
    Column(
        "$.enrichment.claimedUserId",
        "claimed_user_id",
        "string",
        "A user id put aside for want of proof.",
    ),
)

# What who is who is computed from, and nothing of what somebody did. The first five name the event.
IDENTITY: tuple[Column, ...] = tuple(
    next(column for column in COLUMNS if column.name == name)
    for name in (
        "source_id",
        "message_id",
        "type",
        "timestamp",
        "received_at",
        "source_kind",
        "anonymous_id",
        "user_id",
        "previous_id",
        "group_id",
        "proven",
        "claimed_user_id",
        "traits",
    )
)
