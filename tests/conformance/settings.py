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
    "mixpanel": lambda config, url: {
        "token": config["projectToken"],
        "api_secret": config["apiSecret"],
        "region": _region(config, "apiRegion"),
    },
    "posthog": lambda config, url: {"api_key": config["api_key"], "host": config["endpoint"]},
    "segment_relay": lambda config, url: {"write_key": config["writeKey"]},
    "webhook": lambda config, url: present(
        {"url": url, "shared_secret": config.get("sharedSecret")}
    ),
}
