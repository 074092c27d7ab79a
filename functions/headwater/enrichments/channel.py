"""Through which channel the visitor came: GA4's default channel group, from what stands in the event.

The rules for manual traffic, in their order, the first that fits; regular expressions as Google gives
them: https://support.google.com/analytics/answer/9756891, read 2026-11-27. Where no campaign is named,
the click id or the kind of referrer speaks. `AI Assistants` is ours: GA4 leaves them among referrals.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from headwater.enrichments.finding import Changes, found
from headwater.enrichments.referrer_list import site_named
from headwater.record import StoredEvent
from headwater.wire.request import Received

Channel = Literal[
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display",
    "Paid Other", "Organic Shopping", "Organic Social", "Organic Video", "Organic Search", "Email",
    "Affiliates", "Referral", "Audio", "SMS", "Mobile Push Notifications", "AI Assistants", "Unassigned",
]  # fmt: skip

_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
_SHOPPING_CAMPAIGN = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")
_VIDEO = re.compile(r"^(.*video.*)$")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})  # fmt: skip
_EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
_BY_MEDIUM: Mapping[str, Channel] = {
    "affiliate": "Affiliates",
    "affiliates": "Affiliates",
    "referral": "Referral",
    "app": "Referral",
    "link": "Referral",
    "audio": "Audio",
}

_BY_REFERRER: Mapping[str, Channel] = {
    "search": "Organic Search",
    "social": "Organic Social",
    "video": "Organic Video",
    "shopping": "Organic Shopping",
    "email": "Email",
    "ai": "AI Assistants",
    "advertising": "Display",
    "news": "Referral",
    "other": "Referral",
    "direct": "Direct",
}

# Only ids that an advertisement alone adds: Facebook's fbclid is on every link.
_BY_CLICK_ID: Mapping[str, Channel] = {
    "gclid": "Paid Search",
    "gbraid": "Paid Search",
    "wbraid": "Paid Search",
    "msclkid": "Paid Search",
    "yclid": "Paid Search",
    "dclid": "Display",
    "ttclid": "Paid Social",
    "twclid": "Paid Social",
    "li_fat_id": "Paid Social",
    "ScCid": "Paid Social",
    "rdt_cid": "Paid Social",
}


def channel(event: StoredEvent, received: Received) -> Changes:
    """Find the channel; a step from page to page within the site has none."""
    so_far = event.enrichment
    brought = (so_far.get("campaign"), so_far.get("clickIds"), so_far.get("referrer"))
    return received.once(_brought_by, brought)


def _brought_by(_: Received, brought: tuple[Any, Any, Any]) -> Changes:
    named, clicks, referrer = (each or {} for each in brought)
    source, medium = named.get("source", ""), named.get("medium", "")
    if source or medium:
        return found("channel", _of_campaign(source, medium, named.get("name", "")))
    clicked = next((_BY_CLICK_ID[name] for name in clicks if name in _BY_CLICK_ID), None)
    return found("channel", clicked or _BY_REFERRER.get(referrer.get("kind", "")))


@lru_cache(maxsize=1024)
def _of_campaign(source: str, medium: str, name: str) -> Channel:
    source, medium, name = (said.strip().lower() for said in (source, medium, name))
    if source in ("direct", "(direct)") and medium in ("", "(not set)", "(none)"):
        return "Direct"
    if "cross-network" in name:
        return "Cross-network"
    site = site_named(source)
    kind = site.kind if site else ""
    if _SHOPPING_CAMPAIGN.match(name):
        kind = "shopping" if kind in ("", "shopping") or _PAID.match(medium) else kind
    if _PAID.match(medium) or medium in _DISPLAY:
        return _paid(kind, medium)
    return _unpaid(source, kind, medium)


def _paid(kind: str, medium: str) -> Channel:
    by_kind: Mapping[str, Channel] = {
        "shopping": "Paid Shopping",
        "search": "Paid Search",
        "social": "Paid Social",
        "video": "Paid Video",
    }
    if _PAID.match(medium) and kind in by_kind:
        return by_kind[kind]
    return "Display" if medium in _DISPLAY else "Paid Other"


def _unpaid(source: str, kind: str, medium: str) -> Channel:
    if kind == "shopping":
        return "Organic Shopping"
    if kind == "social" or medium in _SOCIAL:
        return "Organic Social"
    if kind == "video" or _VIDEO.match(medium):
        return "Organic Video"
    if kind == "search" or medium == "organic":
        return "Organic Search"
    if source in _EMAIL or medium in _EMAIL:
        return "Email"
    if kind == "ai":
        return "AI Assistants"
    if medium in _BY_MEDIUM:
        return _BY_MEDIUM[medium]
    if "sms" in (source, medium):
        return "SMS"
    if medium.endswith("push") or "mobile" in medium or "notification" in medium or source == "firebase":  # fmt: skip
        return "Mobile Push Notifications"
    return "Unassigned"
