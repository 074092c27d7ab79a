"""Requests recorded from real clients, through the handler: the answer and the stored event."""

import base64
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from collector import app

from tests.examples import BROWSER_KEY, NOON, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.handlers.gateway import invocation

_CAPTURES = sorted((Path(__file__).parents[1] / "fixtures" / "captures").glob("*.json"))
_UPLOADS = [path for path in _CAPTURES if not path.stem.endswith(("preflight", "-get", "-metrics"))]
_ORIGIN = "https://www.example.test:18443"


def a_capture(path: Path) -> dict[str, Any]:
    capture: dict[str, Any] = json.loads(path.read_text())
    request: dict[str, Any] = capture["request"]
    return request


def played(path: Path) -> tuple[dict[str, Any], MemoryStream]:
    """Play the recorded request against a workspace that knows its key and its page's origin."""
    request = a_capture(path)
    workspace = a_workspace(
        prefix="/collect",
        # What clients send is looked at here; what choices take away has tests of its own.
        privacy={"template": "off"},
        sources=[
            {
                "id": "web",
                "kind": "browser",
                "write_keys": [BROWSER_KEY],
                "origins": [_ORIGIN],
            }
        ],
    )
    # Jitsu's clients were recorded with a key of their own form, `id:secret`.
    headers = {
        name: value.replace("jk1:js1", f"jk1:{BROWSER_KEY}") for name, value in request["headers"]
    }
    encoded = request.get("body") or ""
    body = base64.b64decode(encoded) if request["body_encoding"] == "base64" else encoded.encode()
    query = f"?{request['query']}" if request["query"] else ""
    stream = MemoryStream()
    event = invocation(request["method"], request["path"] + query, headers, body)
    adapters = app.Adapters(workspace, stream, MemoryStore())
    return app.respond(event, adapters, now=NOON), stream


def sent_by(path: Path) -> list[dict[str, Any]]:
    body = a_capture(path)["body_json"]
    items: list[dict[str, Any]] = body.get("batch", [body])
    return items


def ids(path: Path) -> Any:
    return pytest.param(path, id=path.stem)


def test_there_are_captures() -> None:
    assert len(_CAPTURES) == 28
    assert len(_UPLOADS) == 24


@pytest.mark.parametrize("path", [ids(each) for each in _UPLOADS])
def test_a_real_clients_upload_is_taken_whole(path: Path) -> None:
    response, stream = played(path)

    body = json.loads(response["body"])
    assert (response["statusCode"], body["success"]) == (200, True)
    assert body.get("rejected", []) == []
    stored = [orjson.loads(line) for line in stream.lines]
    sent = sent_by(path)
    assert [each["messageId"] for each in stored] == [each["messageId"] for each in sent]
    assert [each["event"] for each in stored] == [each.get("event") for each in sent]


@pytest.mark.parametrize("path", [ids(each) for each in _UPLOADS])
def test_nothing_a_real_client_sent_is_lost(path: Path) -> None:
    """Every field is where it was, but for the key, the address and what means absent."""
    _, stream = played(path)

    for line, sent in zip(stream.lines, sent_by(path), strict=True):
        stored = orjson.loads(line)
        kept = {
            name: value
            for name, value in sent.items()
            if value not in (None, "") and name not in ("writeKey", "timestamp", "sentAt", "type")
        }
        context = {**kept.pop("context", {})}
        common_traits = context.get("traits") if sent["type"] == "identify" else None
        context.pop("ip", None)
        stored_context = {**stored["context"]}
        stored_context.pop("ip", None)
        stored_context.pop("userAgent", None)
        context.pop("userAgent", None)
        assert stored_context == context
        assert {name: stored.get(name) for name in kept} == kept
        assert stored["originalTimestamp"] == sent.get("timestamp", sent.get("originalTimestamp"))
        assert stored["type"] == sent["type"]
        assert stored["traits"] == (sent.get("traits") or common_traits or {})


def test_a_recorded_page_view_is_stored_with_its_findings() -> None:
    (path,) = (path for path in _CAPTURES if path.stem == "analytics-next-page")

    _, stream = played(path)

    (stored,) = (orjson.loads(line) for line in stream.lines)
    assert stored["enrichment"]["campaign"] == {
        "source": "newsletter",
        "medium": "email",
        "name": "spring sale",
        "term": "a b",
        "content": "hero",
    }
    assert stored["enrichment"]["clickIds"] == {"gclid": "xyz"}
    assert stored["enrichment"]["referrer"]["host"] == "search.example.test"
    assert stored["enrichment"]["userAgent"] == {
        "browser": "HeadlessChrome",
        "browserVersion": "147.0.7727",
        "os": "Linux",
        "device": "Other",
        "kind": "desktop",
    }
    assert stored["enrichment"]["bot"]["kind"] == "browser-automation"
    assert stored["enrichment"]["channel"] == "Email"
    assert stored["identity"]["anonymousId"] == "8aa50242-4f0a-42e1-afae-070ce389373c"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("analytics-next-page-preflight", 204),
        ("analytics-next-settings-get", 200),
        ("analytics-next-metrics", 200),
        ("rudder-js-sourceconfig-get", 200),
    ],
)
def test_what_a_client_asks_is_answered_and_its_page_may_read_it(name: str, status: int) -> None:
    (path,) = (path for path in _CAPTURES if path.stem == name)

    response, stream = played(path)

    assert response["statusCode"] == status
    assert response["headers"]["access-control-allow-origin"] == _ORIGIN
    assert stream.records == []
