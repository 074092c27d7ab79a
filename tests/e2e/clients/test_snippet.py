"""Segment's own snippet, as its package renders it, on a page of an https site."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from ssl import SSLContext
from typing import Any

import pytest
from headwater.wire.analytics_js import DIRECTORY, files

from local.endpoints import Endpoints
from tests.e2e.clients.chromium import HERE, Chromium
from tests.e2e.clients.front import Front
from tests.e2e.clients.landed import RawLines, assert_landed_once

PACKAGE = HERE / "node_modules" / "@segment" / "analytics-next"


@pytest.fixture
def front(endpoints: Endpoints, tls: SSLContext) -> Iterator[Front]:
    with Front(endpoints, tls=tls) as opened:
        yield opened


def snippet(**options: Any) -> str:
    return subprocess.run(
        ["node", HERE / "browser" / "snippet.mjs", json.dumps(options)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_snippet_works_with_only_its_host_changed(
    chromium: Chromium, front: Front, endpoints: Endpoints, raw: RawLines
) -> None:
    collector = f"{front.secure_url.removeprefix('https://')}{endpoints.prefix}"
    # Only a laptop says where to send: its workspace lists http origins, and this page is https.
    segment = {"apiHost": f"{collector}/v1", "protocol": "https"}
    code = snippet(
        host=collector, apiKey=endpoints.write_key, load={"integrations": {"Segment.io": segment}}
    )
    front.page(f"<script>{code}</script><script>analytics.track('Song Played')</script>")

    with chromium.visit(f"{front.secure_url}/?ajs_event=Link%20Followed") as visit:
        uploads = front.settled(events=3)

    called = Counter([("page", None), ("track", "Song Played"), ("track", "Link Followed")])
    assert_landed_once(uploads, raw, calls=called, kind="browser")
    loaded = [
        exchange.request.path.removeprefix(endpoints.prefix)
        for exchange in front.exchanges
        if exchange.request.method == "GET"
    ]
    # The script, then what it asks for by itself: its settings, and a part for the query string.
    chunk = next(name for name in files() if name.startswith("queryString."))
    assert sorted(loaded) == [
        f"/analytics-next/bundles/{chunk}",
        f"/analytics.js/v1/{endpoints.write_key}/analytics.min.js",
        f"/v1/projects/{endpoints.write_key}/settings",
    ]
    assert {exchange.status for exchange in front.exchanges} == {200}
    assert (visit.strangers, visit.faults) == ([], [])


def test_the_scripts_are_the_packages_byte_for_byte() -> None:
    built = PACKAGE / "dist" / "umd"
    theirs = {
        path.name: path.read_bytes()
        for path in (built / "standalone.js", *built.glob("*.bundle.*.js"))
    }

    assert files() == theirs
    assert (DIRECTORY / "LICENSE.MD").read_bytes() == (PACKAGE / "LICENSE.MD").read_bytes()
