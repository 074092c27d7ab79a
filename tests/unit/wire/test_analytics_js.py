"""Segment's own script from the site's own path."""

import gzip
import re
from typing import Any

import pytest
from headwater.outcomes import Refused
from headwater.wire.analytics_js import files
from headwater.wire.answers import answer
from headwater.wire.replies import Reply
from headwater.wire.routes import AnalyticsJs, AnalyticsJsChunk, route

from tests.examples import BROWSER_KEY, SERVER_KEY, a_request, a_workspace

CHUNK = next(name for name in files() if name.startswith("queryString."))


def ask(path: str, *, key: str = BROWSER_KEY, **headers: str) -> Reply:
    sources = [
        {"id": "web", "kind": "browser", "write_keys": [key], "origins": ["https://shop.example"]}
    ]
    workspace = a_workspace() if key == BROWSER_KEY else a_workspace(sources=sources)
    question = route("GET", path, workspace.prefix)
    assert isinstance(question, AnalyticsJs | AnalyticsJsChunk)
    return answer(question, a_request(b"", method="GET", headers=headers), workspace)


def script(key: str = BROWSER_KEY) -> str:
    return f"/ev/analytics.js/v1/{key}/analytics.min.js"


def test_the_script_is_segments_with_our_write_key_in_it() -> None:
    reply = ask(script())

    assert reply.status == 200
    assert reply.body == files()["standalone.js"].replace(b"__WRITE_KEY__", BROWSER_KEY.encode())
    assert f'window.analyticsWriteKey="{BROWSER_KEY}"'.encode() in reply.body


def test_a_key_cannot_leave_the_string_it_is_put_into() -> None:
    hostile = 'aaaaaaaa";alert(1);"\\'

    body = ask(script(hostile), key=hostile).body

    assert rb'window.analyticsWriteKey="aaaaaaaa\";alert(1);\"\\"}' in body


@pytest.mark.parametrize("key", ["unknown", SERVER_KEY, "__WRITE_KEY__"])
def test_there_is_a_script_for_a_browsers_key_only(key: str) -> None:
    assert ask(script(key)).status == 404


def test_a_browser_keeps_the_script_an_hour_and_a_part_for_ever() -> None:
    wanted: dict[str, Any] = {"content-type": "text/javascript; charset=utf-8"}

    kept = {path: ask(path).headers for path in (script(), f"/analytics-next/bundles/{CHUNK}")}

    assert [headers["cache-control"] for headers in kept.values()] == [
        "public, max-age=3600",
        "public, max-age=31536000, immutable",
    ]
    assert all(wanted.items() <= headers.items() for headers in kept.values())


@pytest.mark.parametrize("accepted", ["gzip, deflate, br, zstd", "br;q=1.0, GZIP;q=0.8"])
def test_it_is_zipped_for_those_who_can_read_it(accepted: str) -> None:
    reply = ask(script(), **{"accept-encoding": accepted})

    assert (reply.headers["content-encoding"], reply.binary) == ("gzip", True)
    assert gzip.decompress(reply.body) == ask(script()).body


@pytest.mark.parametrize("accepted", ["", "br", "gzip; q=0, br", "gzip;q=0.000", "identity"])
def test_it_is_plain_for_all_others(accepted: str) -> None:
    reply = ask(script(), **{"accept-encoding": accepted})

    assert "content-encoding" not in reply.headers
    assert not reply.binary
    assert "Accept-Encoding" in reply.headers["vary"]


def test_what_a_browser_has_already_is_not_sent_again() -> None:
    tag = ask(script(), **{"accept-encoding": "gzip"}).headers["etag"]

    again = ask(script(), **{"accept-encoding": "gzip", "if-none-match": tag})
    other = ask(script(), **{"accept-encoding": "gzip", "if-none-match": '"other"'})

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert other.status == 200


def test_every_part_that_the_script_can_ask_for_is_there() -> None:
    names, hashes = re.findall(
        r"return\(\{([^}]*)\}\[t\]\|\|t\)\+\"\.bundle\.\"\+\{([^}]*)\}\[t\]",
        files()["standalone.js"].decode(),
    )[0]
    named = dict(re.findall(r'(\d+):"([^"]+)"', names))

    asked = {
        f"{named.get(number, number)}.bundle.{digest}.js"
        for number, digest in re.findall(r'(\d+):"([^"]+)"', hashes)
    }

    assert asked == files().keys() - {"standalone.js"}
    assert len(asked) == 8
    assert {ask(f"/ev/analytics-next/bundles/{name}").status for name in asked} == {200}


@pytest.mark.parametrize(
    "name", ["standalone.js", "LICENSE.MD", "..", "other.bundle.0.js", "app.py", CHUNK + ".map"]
)
def test_nothing_else_can_be_had(name: str) -> None:
    assert ask(f"/ev/analytics-next/bundles/{name}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/analytics-next/bundles/../app.py",
        "/analytics-next/bundles/%2e%2e%2fapp.py",
        "/analytics-next/bundles/..\\app.py",
        f"/analytics-next/bundles/{'a' * 101}",
        f"/analytics.js/v1/{'k' * 201}/analytics.min.js",
        f"/analytics.js/v1/{BROWSER_KEY}/../analytics.min.js",
        f"/analytics.js/v1/{BROWSER_KEY}/analytics.classic.js",
    ],
)
def test_a_path_that_wanders_is_no_path_of_ours(path: str) -> None:
    assert isinstance(route("GET", path, "/ev"), Refused)
