"""What clients ask before they send."""

from typing import Any

import orjson
import pytest
from headwater.wire.answers import Question, answer
from headwater.wire.replies import Reply
from headwater.wire.routes import ClientMetrics, Health, SettingsDocument, SourceConfig

from tests.examples import BROWSER_KEY, SERVER_KEY, a_request, a_workspace

_WORKSPACE = a_workspace()


def ask(question: Question, **overrides: Any) -> Reply:
    return answer(question, a_request(b"", method="GET", **overrides), _WORKSPACE)


def settings(**headers: str) -> Any:
    return orjson.loads(ask(SettingsDocument(BROWSER_KEY), headers=headers).body)


def test_the_settings_send_everything_to_the_site_itself() -> None:
    document = settings()

    assert document["integrations"]["Segment.io"] == {
        "apiKey": BROWSER_KEY,
        "apiHost": "shop.example/ev/v1",
        "protocol": "https",
        "addBundledMetadata": True,
        "unbundledIntegrations": [],
    }
    assert document["metrics"] == {
        "sampleRate": 0,
        "host": "shop.example/ev/v1",
        "protocol": "https",
    }
    assert "segment.io" not in orjson.dumps(document).decode().replace("Segment.io", "")


def test_the_settings_have_every_object_that_a_client_decodes() -> None:
    document = settings()

    assert {
        name: type(document[name]).__name__
        for name in (
            "plan",
            "edgeFunction",
            "middlewareSettings",
            "enabledMiddleware",
            "remotePlugins",
        )
    } == {
        "plan": "dict",
        "edgeFunction": "dict",
        "middlewareSettings": "dict",
        "enabledMiddleware": "dict",
        "remotePlugins": "list",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8787"},
        {"host": "api.example", "origin": "http://localhost:8787"},
        {"host": "api.example", "referer": "http://localhost:8787/shop?x=1"},
    ],
)
def test_a_loopback_site_keeps_the_requests_port(headers: dict[str, str]) -> None:
    segment = settings(**headers)["integrations"]["Segment.io"]

    assert (segment["apiHost"], segment["protocol"]) == ("localhost:8787/ev/v1", "http")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"origin": "https://evil.example", "referer": "http://[evil"},
        {"host": "localhost:8787@evil.example"},
    ],
)
def test_a_forged_header_changes_no_host(headers: dict[str, str]) -> None:
    assert settings(**headers) == settings()


def test_an_unknown_key_has_no_settings_and_neither_has_a_servers() -> None:
    assert ask(SettingsDocument("unknown")).status == 404
    assert ask(SettingsDocument(SERVER_KEY)).status == 404


def test_a_path_without_a_key_has_settings_without_one() -> None:
    segment = orjson.loads(ask(SettingsDocument(None)).body)["integrations"]["Segment.io"]

    assert segment["apiHost"] == "shop.example/ev/v1"
    assert "apiKey" not in segment


def test_rudderstacks_client_learns_that_its_source_is_on() -> None:
    reply = ask(SourceConfig(), query=f"p=npm&writeKey={BROWSER_KEY}")

    source = orjson.loads(reply.body)["source"]
    assert reply.status == 200
    assert (source["id"], source["writeKey"], source["enabled"]) == ("web", BROWSER_KEY, True)
    assert source["destinations"] == []
    assert source["config"]["statsCollection"] == {
        "errors": {"enabled": False},
        "metrics": {"enabled": False},
    }
    assert ask(SourceConfig(), query="writeKey=unknown").status == 400


def test_health_and_client_metrics_are_answered() -> None:
    assert ask(Health()).body == b'{"success":true}'
    assert ask(ClientMetrics()).body == b'{"success":true}'
