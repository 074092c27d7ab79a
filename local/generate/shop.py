"""The made-up shop: what it sells, where its visitors come from, on what they come."""

from dataclasses import dataclass
from typing import Any

PRODUCTS: tuple[dict[str, Any], ...] = (
    {"product_id": "tea-001", "sku": "SS-100", "name": "Spring Sencha", "price": 18.0},
    {"product_id": "tea-002", "sku": "AS-100", "name": "Alder Smoke", "price": 16.5},
    {"product_id": "tea-003", "sku": "MO-050", "name": "Mountain Oolong", "price": 24.0},
    {"product_id": "pot-001", "sku": "TP-1", "name": "Clay Pot", "price": 62.0},
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a visit comes from: a campaign, a referring host, or nowhere known."""

    channel: str = "Direct"
    referrer_host: str | None = None
    referrer_kind: str = "other"
    referrer_name: str | None = None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None


ORIGINS: tuple[Origin, ...] = (
    Origin(),
    Origin(),
    Origin("Organic Search", "www.google.com", "search", "Google"),
    Origin("Referral", "news.example"),
    Origin("Email", source="newsletter", medium="email", campaign="spring"),
    Origin("Organic Social", "t.co", "social", "X", "twitter", "social", "launch"),
    Origin("Paid Search", "www.google.com", "search", "Google", "google", "cpc", "tea"),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """What a device says it is."""

    kind: str
    browser: str
    os: str


AGENTS: tuple[Agent, ...] = (
    Agent("desktop", "Chrome", "Windows"),
    Agent("desktop", "Safari", "Mac OS X"),
    Agent("desktop", "Firefox", "Linux"),
    Agent("mobile", "Mobile Safari", "iOS"),
    Agent("mobile", "Chrome Mobile", "Android"),
    Agent("tablet", "Mobile Safari", "iOS"),
)

CRAWLER = Agent("bot", "Googlebot", "Other")

COUNTRIES = ("DE", "US", "JP")
