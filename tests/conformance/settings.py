"""The oracles' settings in our own names (the table of tests/fixtures/destinations/README.md)."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.destination.reading import present

type Config = Mapping[str, Any]


def _region(config: Config, key: str) -> str:
    return str(config.get(key, "us"))[:2].lower()


def _named(pairs: Any) -> dict[str, str]:
    """Read RudderStack's list of `{"from": ours, "to": theirs}`."""
    return {pair["from"]: pair["to"] for pair in pairs or ()}


# slug → (the oracle's settings, the recorded URL) → ours
SETTINGS: Mapping[str, Callable[[Config, str], dict[str, Any]]] = {
    "adjust": lambda config, url: {
        "app_token": config["appToken"],
        "events": {one["from"]: one["to"] for one in config.get("customMappings", ())},
        "environment": "production" if config.get("environment") else "sandbox",
        "partner_parameters": {
            one["from"]: one["to"] for one in config.get("partnerParamsKeys", ()) if one.get("from")
        },
    },
    "airship": lambda config, url: {
        "access_token": config["access_token"],
        "app_key": config["app_key"],
        "region": config["endpoint"].lower(),
    },
    "amplitude": lambda config, url: {
        "api_key": config["apiKey"],
        "region": "eu" if config["endpoint"] == "europe" else "us",
    },
    "appsflyer": lambda config, url: present(
        {
            "dev_key": config["devKey"],
            "android_app_id": config.get("androidAppId") or None,
            "apple_app_id": config.get("appleAppId") or None,
            "rich_event_names": bool(config.get("useRichEventName")),
        }
    ),
    "branch": lambda config, url: {"branch_key": config["branchKey"], "identify_event": None},
    "braze": lambda config, url: {
        "api_key": config["api_key"],
        "app_id": config["app_id"],
        "endpoint": config["endpoint"],
    },
    "clevertap": lambda config, url: present(
        {
            "account_id": config["accountId"],
            "passcode": config["passcode"],
            "region": config.get("region") if config.get("region") != "none" else None,
            "object_ids": config.get("enableObjectIdMapping", False),
        }
    ),
    "customerio": lambda config, url: {
        "site_id": config["siteId"],
        "api_key": config["apiKey"],
        "region": _region(config, "accountRegion"),
    },
    "discord": lambda config, url: {"url": config["webhookUrl"]},
    "drip": lambda config, url: present(
        {
            "api_key": config["apiKey"],
            "account_id": config["accountId"],
            "campaign_id": config.get("campaignId") or None,
        }
    ),
    "facebook_app_events": lambda config, url: {"app_id": config["appID"]},
    "ga4": lambda config, url: present(
        {
            "api_secret": config["apiSecret"],
            "measurement_id": config.get("measurementId"),
            "firebase_app_id": config.get("firebaseAppId"),
        }
    ),
    "heap": lambda config, url: {
        "app_id": config["appId"],
        "region": _region(config, "region"),
    },
    "kissmetrics": lambda config, url: {
        "api_key": config["apiKey"],
        "prefix_properties": bool(config.get("prefixProperties")),
    },
    "klaviyo": lambda config, url: {"api_key": config["api_key"]},
    "kochava": lambda config, url: {"app_guid": config["apiKey"]},
    "hubspot": lambda config, url: {"access_token": "oauth-token"},
    "intercom": lambda config, url: {"access_token": "oauth-token"},
    "iterable": lambda config, url: {
        "api_key": config.get("apiKey", "no-key"),
        "region": "eu" if config.get("dataCenterLocation") == "europe" else "us",
    },
    "launchdarkly": lambda config, url: {"client_id": config["client_id"]},
    "leanplum": lambda config, url: {
        "app_id": config["applicationId"],
        "client_key": config["clientKey"],
        "development": config.get("isDevelop", False),
    },
    "loops": lambda config, url: {"api_key": config["apiKey"]},
    "meta_conversions": lambda config, url: present(
        {
            "pixel_id": config["pixelId"],
            "access_token": "a-token",
            "test_event_code": config.get("testEventCode") or None,
        }
    ),
    "microsoft_ads_capi": lambda config, url: {
        "uet_tag": config["UetTag"],
        "api_token": config["ApiToken"],
        "ad_storage_consent": config.get("adStorageConsent", "G"),
    },
    "mixpanel": lambda config, url: {
        "token": config["projectToken"],
        "api_secret": config["apiSecret"],
        "region": _region(config, "apiRegion"),
    },
    "moengage": lambda config, url: {
        "app_id": config["apiId"],
        "api_key": config["apiKey"],
        "region": _region(config, "region"),
    },
    "optimizely": lambda config, url: present(
        {
            "account_id": config["accountId"],
            "data_file_url": config["dataFileUrl"],
            "campaign_id": config.get("campaignId"),
            "experiment_id": config.get("experimentId"),
            "known_users": config.get("trackKnownUsers", False),
            "anonymize_ip": config.get("anonymizeIp", False),
            "attributes": _named(config.get("attributeMapping")),
            "events": _named(config.get("eventMapping")) | _named(config.get("pageMapping")),
        }
    ),
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
    "singular": lambda config, url: {
        "api_key": config["apiKey"],
        "session_events": [one["sessionEventName"] for one in config.get("sessionEventList") or ()],
    },
    "snap_conversions": lambda config, url: present(
        {
            "access_token": "oauth-token",
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
    "vero": lambda config, url: {"auth_token": config["authToken"]},
    "webhook": lambda config, url: present(
        {"url": url, "shared_secret": config.get("sharedSecret")}
    ),
    "wootric": lambda config, url: {
        "username": config["username"],
        "password": config["password"],
        "account_token": config["accountToken"],
    },
}
