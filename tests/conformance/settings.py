"""The oracles' settings in our own names (the table of tests/fixtures/destinations/README.md)."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.destination.reading import present

type Config = Mapping[str, Any]


def _region(config: Config, key: str) -> str:
    return str(config.get(key, "us"))[:2].lower()


# slug → (the oracle's settings, the recorded URL) → ours
SETTINGS: Mapping[str, Callable[[Config, str], dict[str, Any]]] = {
    "amplitude": lambda config, url: {
        "api_key": config["apiKey"],
        "region": "eu" if config["endpoint"] == "europe" else "us",
    },
    "braze": lambda config, url: {
        "api_key": config["api_key"],
        "app_id": config["app_id"],
        "endpoint": config["endpoint"],
    },
    "customerio": lambda config, url: {
        "site_id": config["siteId"],
        "api_key": config["apiKey"],
        "region": _region(config, "accountRegion"),
    },
    "ga4": lambda config, url: present(
        {
            "api_secret": config["apiSecret"],
            "measurement_id": config.get("measurementId"),
            "firebase_app_id": config.get("firebaseAppId"),
        }
    ),
    "klaviyo": lambda config, url: {"api_key": config["api_key"]},
    "meta_conversions": lambda config, url: present(
        {
            "pixel_id": config["pixelId"],
            "access_token": "a-token",
            "test_event_code": config.get("testEventCode") or None,
        }
    ),
    "mixpanel": lambda config, url: {
        "token": config["projectToken"],
        "api_secret": config["apiSecret"],
        "region": _region(config, "apiRegion"),
    },
    "pinterest_conversions": lambda config, url: {
        "ad_account_id": config["ad_account_id"],
        "conversion_token": config["conversion_token"],
    },
    "posthog": lambda config, url: {"api_key": config["api_key"], "host": config["endpoint"]},
    "reddit_conversions": lambda config, url: {
        "ad_account_id": config["ad_account_id"],
        "conversion_token": config["conversion_token"],
        "test_mode": bool(config.get("test_mode")),
    },
    "segment_relay": lambda config, url: {"write_key": config["writeKey"]},
    "snap_conversions": lambda config, url: present(
        {
            "access_token": "a-token",
            "pixel_id": config.get("pixel_id"),
            # Recorded app events name the app by an override; all others went to the pixel.
            "snap_app_id": None if config.get("pixel_id") else config.get("snap_app_id"),
            "app_id": config.get("app_id"),
        }
    ),
    "tiktok_events": lambda config, url: {
        "pixel_code": config["pixelCode"],
        "access_token": config["accessToken"],
    },
    "webhook": lambda config, url: present(
        {"url": url, "shared_secret": config.get("sharedSecret")}
    ),
}
