"""What somebody tries who has read the page's source: each through the handler, none with effect."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from logging import StreamHandler
from typing import Any, TextIO, cast

import orjson
import pytest
from collector import app

from tests.examples import BROWSER_KEY, NOON, SERVER_KEY, a_workspace
from tests.fakes import MemoryStore, MemoryStream
from tests.handlers.gateway import invocation

_MARK = "M4rkMeTw1ce"


class Attacked:
    """A collector in memory, and what it said and kept."""

    def __init__(self, *, down: bool = False) -> None:
        self.stream, self.store = MemoryStream(down=down), MemoryStore()

    def ask(
        self, method: str, path: str, body: Any = None, *, ip: str = "192.0.2.1", **headers: str
    ) -> dict[str, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else json.dumps(body).encode()
        adapters = app.Adapters(a_workspace(), self.stream, self.store)
        event = invocation(method, path, sent, raw, source_ip=ip)
        return app.respond(event, adapters, now=NOON)

    def track(self, **fields: Any) -> dict[str, Any]:
        message = {"writeKey": BROWSER_KEY, "userId": "u", "event": "E"}
        return self.ask("POST", "/v1/track", {**message, **fields})

    @property
    def stored(self) -> list[Any]:
        return [orjson.loads(line) for line in self.stream.lines if line[:1] == b"{"]


@contextmanager
def logged() -> Iterator[StringIO]:
    handler = cast("StreamHandler[TextIO]", app.logger.registered_handler)
    stdout = handler.setStream(lines := StringIO())
    try:
        yield lines
    finally:
        handler.setStream(cast("TextIO", stdout))


@pytest.mark.parametrize(
    "path",
    ["/ev/v1/t/x.css", "/v1/track/logo.png", "/v1/t;x.js", "/v1/track%2Fx.css", "/ev/v1/t/.."],
)
def test_no_path_dressed_as_a_file_has_an_answer_to_cache(path: str) -> None:
    response = Attacked().ask("GET", path, cookie="session=secret")

    assert response["statusCode"] == 404
    assert response["headers"]["cache-control"] == "no-store"
    assert "set-cookie" not in response["headers"]


@pytest.mark.parametrize(
    "path",
    [
        f"/{_MARK}",
        f"/v1/track?callback={_MARK}&{_MARK}=1",
        f"/v1/pixel/track?event={_MARK}&userId=u&writeKey={_MARK}",
        f"/v1/projects/{_MARK}/settings",
        f"/v1/batch?{_MARK}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_no_answer_repeats_what_was_asked(method: str, path: str) -> None:
    body = {"writeKey": BROWSER_KEY, "event": [_MARK], _MARK: _MARK, "batch": [{"type": _MARK}]}

    response = Attacked().ask(
        method,
        path,
        body,
        origin=f"https://{_MARK}.example",
        user_agent=_MARK,
        referer=f"https://shop.example/{_MARK}",
        x_write_key=_MARK,
        access_control_request_headers=_MARK,
    )

    assert _MARK not in json.dumps(response)
    assert response["headers"].get("content-type") in ("application/json", "image/gif")
    assert response["headers"]["x-content-type-options"] == "nosniff"
    assert response["headers"]["content-security-policy"].startswith("default-src 'none'")


def test_ids_never_become_a_part_of_a_key() -> None:
    attacked = Attacked(down=True)
    for hostile in ("../../events/dt=1970-01-01/x.parquet", "a\x00b", "/", "dt=2026-01-01/hr=00"):
        response = attacked.track(userId=hostile, anonymousId=hostile, messageId=hostile)
        assert response["statusCode"] == 200

    assert len(attacked.store.objects) == 4
    for key in attacked.store.objects:
        assert re.fullmatch(r"spill/dt=2026-03-01/hr=12/request-1-[0-9a-f]{16}\.ndjson\.gz", key)


def test_a_request_is_one_line_in_the_log_whatever_it_says() -> None:
    hostile = f'{_MARK}\n{{"level":"ERROR"}}\r\n\u2028'
    with logged() as lines:
        attacked = Attacked()
        attacked.track(event=hostile, userId=f"{_MARK}@example.com", properties={hostile: hostile})
        attacked.track(event=None, userId=hostile)
        attacked.ask("POST", f"/v1/{_MARK}", None, user_agent=hostile, referer=hostile)
        attacked.ask(_MARK, "/v1/track", {"writeKey": _MARK}, x_forwarded_for=_MARK)

    assert len(lines.getvalue().splitlines()) == 4
    assert all(json.loads(line)["level"] == "INFO" for line in lines.getvalue().splitlines())
    assert _MARK not in lines.getvalue()


def test_five_hundred_names_make_no_metric_more() -> None:
    with logged() as lines:
        attacked = Attacked()
        for number in range(500):
            attacked.track(event=f"Event {number}", properties={f"key-{number}": number})

    names = {frozenset(json.loads(line)) for line in lines.getvalue().splitlines()}
    assert len(names) == 1


def test_a_browser_cannot_say_whose_address_it_has() -> None:
    attacked = Attacked()
    body = {
        "writeKey": BROWSER_KEY,
        "userId": "u",
        "event": "E",
        "context": {"ip": "198.51.100.9"},
    }

    attacked.ask(
        "POST",
        "/v1/track",
        body,
        ip="203.0.113.5",
        x_forwarded_for="198.51.100.9",
        cloudfront_viewer_address="198.51.100.9:1",
        cloudfront_viewer_country="ZZ",
        true_client_ip="198.51.100.9",
    )

    (stored,) = attacked.stored
    assert stored["context"]["ip"] == "203.0.113.5"
    assert "198.51.100.9" not in json.dumps(stored)
    assert "ZZ" not in json.dumps(stored["enrichment"])


def test_the_keys_inside_a_batch_give_its_events_to_nobody_else() -> None:
    attacked = Attacked()
    event = {"type": "track", "userId": "u", "event": "E", "writeKey": SERVER_KEY}
    body = {"writeKey": BROWSER_KEY, "batch": [event, {**event, "source": {"id": "server"}}]}

    assert attacked.ask("POST", "/v1/batch", body)["statusCode"] == 200

    assert [stored["source"] for stored in attacked.stored] == [
        {"id": "web", "kind": "browser"}
    ] * 2


def test_what_the_collector_finds_cannot_be_said_by_the_client() -> None:
    attacked = Attacked()

    attacked.track(
        identity={"userId": "victim", "personId": "victim", "proven": True},
        enrichment={"bot": False, "geo": {"country": "ZZ"}},
        privacy={"decision": "full"},
        receivedAt="1970-01-01T00:00:00.000Z",
        schema=99,
    )

    (stored,) = attacked.stored
    assert stored["identity"]["userId"] == "u"
    assert "victim" not in json.dumps(stored["identity"])
    assert (stored["schema"], stored["receivedAt"]) == (1, "2026-03-01T12:00:00.000Z")
    assert "ZZ" not in json.dumps(stored["enrichment"])


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A1", "'; DROP TABLE events; --", "<script>alert(1)</script>", "\r\nX: 1"],
)
def test_text_that_is_code_elsewhere_is_kept_to_the_letter(text: str) -> None:
    attacked = Attacked()

    attacked.track(event=text, userId=text, properties={"a": text})

    (stored,) = attacked.stored
    assert (stored["event"], stored["userId"], stored["properties"]) == (text, text, {"a": text})


_STALLING = {
    "queries": "https://shop.example/?" + "utm_source=a&" * 300,
    "escapes": "https://shop.example/?utm_source=" + "%25" * 1_300,
    "ports": "http://" + ":" * 4_000,
    "brackets": "http://" + "[" * 4_000,
    "dots": "http://" + "a." * 2_000,
    "parentheses": "Mozilla/5.0 " + "(" * 4_000,
    "versions": "Version/" + "1." * 2_000,
    "digits": "2026-03-01T12:00:00." + "0" * 4_000,
    "dashes": "-" * 4_000,
    "blanks": " " * 4_000 + "x",
}


@pytest.mark.parametrize("name", _STALLING)
def test_no_text_stalls_a_pattern(name: str) -> None:
    text = _STALLING[name]
    page = {"url": text, "referrer": text, "search": text}
    attacked = Attacked()
    attacked.track(context={"userAgent": "Mozilla/5.0"})  # what is loaded late is loaded now
    started = time.process_time()

    response = attacked.track(
        context={"page": page, "userAgent": text, "locale": text}, timestamp=text
    )

    assert response["statusCode"] == 200
    assert time.process_time() - started < 0.1
