"""A function starts with all of its settings, or says which are missing."""

import pytest
from headwater.errors import SettingsError
from headwater.settings import CollectorSettings


def test_settings_are_read_from_variables_named_like_them() -> None:
    environ = {
        "WORKSPACE": "shop",
        "STREAM_NAME": "events",
        "BUCKET_NAME": "lake",
        "COOKIE_KEYS": "cookie-keys",
        "SALTS_TABLE": "salts",
        "PATH": "/bin",
    }

    settings = CollectorSettings.from_env(environ)

    assert settings == CollectorSettings(
        workspace="shop",
        stream_name="events",
        bucket_name="lake",
        cookie_keys="cookie-keys",
        salts_table="salts",
    )


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match="set BUCKET_NAME, STREAM_NAME in template"):
        CollectorSettings.from_env({"WORKSPACE": "shop", "STREAM_NAME": "  "})
