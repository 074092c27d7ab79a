"""The settings that analytics.js and the mobile clients fetch before they send anything.

Both hosts are the site's own: without `apiHost` events go to Segment, and without `metrics` every
page reports to Segment about twice a minute (reference 7; traps 5 and 6).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def settings_document(write_key: str | None, *, site: str | None, prefix: str) -> dict[str, Any]:
    """Return the settings; without a known site the client keeps the host it was loaded with."""
    segment: dict[str, Any] = {"addBundledMetadata": True, "unbundledIntegrations": []}
    if write_key is not None:
        segment["apiKey"] = write_key
    metrics: dict[str, Any] = {"sampleRate": 0}
    if site is not None:
        parts = urlsplit(site)
        host = f"{parts.netloc}{prefix}/v1"
        segment |= {"apiHost": host, "protocol": parts.scheme}
        metrics |= {"host": host, "protocol": parts.scheme}
    return {
        "integrations": {"Segment.io": segment},
        "plan": _PLAN,
        "metrics": metrics,
        "edgeFunction": {},
        "middlewareSettings": {"routingRules": []},
        "enabledMiddleware": {},
        "remotePlugins": [],
        "legacyVideoPluginsEnabled": False,
        "analyticsNextEnabled": True,
    }


_PLAN: Mapping[str, Any] = {
    "track": {"__default": {"enabled": True, "integrations": {}}},
    "identify": {"__default": {"enabled": True}},
    "group": {"__default": {"enabled": True}},
}
