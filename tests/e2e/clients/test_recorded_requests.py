"""Recorded and hostile requests over HTTP: what the handler's tests prove, through the whole edge."""

import base64
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.endpoints import Endpoints
from tests.e2e.clients.landed import RawLines
from tests.examples import BROWSER_KEY as RECORDED_KEY

FIXTURES = Path(__file__).parents[2] / "fixtures"
CAPTURES = {path.stem: json.loads(path.read_text()) for path in (FIXTURES / "captures").glob("*")}
# Jitsu's clients were recorded with a key of their own form, in the header alone.
JITSU_KEY = "jk1:js1"
CASES = [
    json.loads(line)
    for line in (FIXTURES / "bad-input" / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]


def basic(key: str) -> str:
    return base64.b64encode(f"{key}:".encode()).decode()


def send(
    endpoints: Endpoints, method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> int:
    edge = urlsplit(endpoints.collector)
    connection = http.client.HTTPConnection(edge.hostname or "", edge.port, timeout=30)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        own = {"content-length", "transfer-encoding", "connection", "host"}
        for name, value in headers:
            if name.lower() not in own:
                connection.putheader(name, value.encode("latin-1", "replace"))
        connection.putheader("Host", edge.netloc)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def played(capture: dict[str, Any], endpoints: Endpoints) -> int:
    """Send the recorded request with our key and prefix in it, and return the status."""
    request = capture["request"]
    keys = {
        basic(RECORDED_KEY): basic(endpoints.write_key),
        RECORDED_KEY: endpoints.write_key,
        JITSU_KEY: f"jk1:{endpoints.write_key}",
    }

    def ours(text: str) -> str:
        for theirs, own in keys.items():
            text = text.replace(theirs, own)
        return text

    encoded = request.get("body") or ""
    zipped = request["body_encoding"] == "base64"
    body = base64.b64decode(encoded) if zipped else ours(encoded).encode()
    query = f"?{ours(request['query'])}" if request["query"] else ""
    path = ours(request["path"]).replace("/collect/", f"{endpoints.prefix}/")
    headers = [(header, ours(value)) for header, value in request["headers"]]
    return send(endpoints, request["method"], path + query, headers, body)


def sent_by(capture: dict[str, Any]) -> set[str]:
    content = capture["request"].get("body_json") or {}
    messages = content.get("batch", [content])
    return {message["messageId"] for message in messages if "messageId" in message}


def test_every_recorded_request_is_answered_and_its_events_land(
    endpoints: Endpoints, raw: RawLines
) -> None:
    statuses = {name: played(capture, endpoints) for name, capture in CAPTURES.items()}

    assert statuses == {
        name: 204 if name.endswith("preflight") else 200 for name in sorted(CAPTURES)
    }
    sent = set().union(*map(sent_by, CAPTURES.values()))
    assert len(sent) >= 24
    assert {line["messageId"] for line in raw.of(sent)} == sent


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_hostile_request_meets_its_class(case: dict[str, Any], endpoints: Endpoints) -> None:
    def filled(text: str) -> str:
        key = endpoints.write_key
        return text.replace("{{writeKey}}", key).replace("{{basicAuth}}", f"Basic {basic(key)}")

    body = (
        base64.b64decode(case["body_b64"])
        if "body_b64" in case
        else filled(case.get("body") or "").encode()
    )
    headers = [(name, filled(value)) for name, value in case["headers"].items()]

    status = send(endpoints, case["method"], filled(case["path"]), headers, body)

    met = {
        "accept": 200 <= status < 300,
        "accept_partial": 200 <= status < 300,
        "reject_4xx": 400 <= status < 500,
        "never_5xx": status < 500,
    }
    assert met[case["expect"]], status
