"""The console, followed in headless Chromium through a visitor's journey, with the keyboard alone."""

import base64
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from local.console.opening import opened
from local.console.reach import on_aws
from local.endpoints import Endpoints, aws_environment
from local.played_in_chromium import chromium
from local.ports import free_port
from local.serving import Server
from tests.e2e.stack import Stack, post

_CLIENTS = Path(__file__).parent / "clients"
_PATIENCE_SECONDS = 600

# From the collector's answer to the row on the screen: how long the tag and the emulated functions take
# before that is the machine's.
LATEST_MS = 2_000

WAY = (
    "Accepted",
    "Landed",
    "Belongs to",
    "Delivered to crm-webhook",
    "Delivered to second-pipeline",
)
HOSTILE = '<img src=x onerror="globalThis.injected = 1">\u202e'


@pytest.fixture(scope="module")
def seen(browser_tools: None, running: Stack) -> dict[str, Any]:
    endpoints = running.endpoints
    visitor = f"hostile-{secrets.token_hex(4)}"
    _send_what_is_wrong(endpoints, visitor)
    part = {
        "console": endpoints.console,
        "site": endpoints.site,
        "email": f"peter.{secrets.token_hex(4)}@initec.example",
        "hostile": visitor,
        "executablePath": chromium(),
        # A folder for screenshots, to look at: CONSOLE_SHOTS=/tmp/shots.
        "shots": os.environ.get("CONSOLE_SHOTS"),
    }
    ended = subprocess.run(
        ["node", "console.mjs", json.dumps(part)],
        cwd=_CLIENTS,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _send_what_is_wrong(endpoints: Endpoints, visitor: str) -> None:
    key = base64.b64encode(f"{endpoints.write_key}:".encode()).decode()
    batch = [
        {"type": "track", "anonymousId": visitor, "messageId": secrets.token_hex(8)},
        {
            "type": "track",
            "anonymousId": visitor,
            "messageId": f"{HOSTILE}{secrets.token_hex(4)}",
            "event": HOSTILE,
            "properties": {HOSTILE: HOSTILE},
        },
    ]
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/147.0.0.0 Safari/537.36"
    headers = {"Authorization": f"Basic {key}", "User-Agent": agent}
    status, reply = post(f"{endpoints.collector}/v1/batch", {"batch": batch}, headers)
    assert (status, reply["accepted"], len(reply["rejected"])) == (200, 1, 1)


def test_an_event_is_on_the_screen_two_seconds_after_it_was_taken(seen: dict[str, Any]) -> None:
    own = [late for what, late in seen["own"].items() if what.startswith("add")]

    assert len(own) == 5
    # The usual click: a machine that stands still for a moment is not the console's lateness.
    assert median(own) <= LATEST_MS, (own, seen["lateness"])


def test_a_person_is_merged_on_the_screen_at_sign_up_and_log_in(seen: dict[str, Any]) -> None:
    assert "nobody has signed up yet" in seen["before"]
    assert "2 of 2 devices joined" in seen["after"]
    assert seen["heading"] == "Peter Gibbons"
    assert "nobody has signed up yet" in seen["beforeAgain"]
    assert any("joined cus_" in sentence for sentence in seen["said"])


def test_an_event_is_followed_to_each_destination_and_its_answer(seen: dict[str, Any]) -> None:
    steps = {what: step for step in seen["way"] for what in WAY if what in step}

    assert set(steps) == set(WAY)
    assert "raw/dt=" in steps["Landed"]
    assert "the vendor answered 200" in steps["Delivered to crm-webhook"]
    assert "the vendor answered 200" in steps["Delivered to second-pipeline"]


def test_what_was_refused_or_unplanned_says_why(seen: dict[str, Any]) -> None:
    assert "event_not_defined" in seen["rejected"]
    assert "$.event" in seen["rejected"]
    assert "1 violation of the tracking plan" in seen["violations"]


def test_a_hostile_name_is_text_and_nothing_else(seen: dict[str, Any]) -> None:
    assert seen["hostileTitle"] == HOSTILE
    assert seen["injected"] == 0
    assert seen["trusted"] == "TypeError"


def test_the_keyboard_leads_to_what_it_opened(seen: dict[str, Any]) -> None:
    assert seen["focusOnEvent"] == "H2"


def test_a_saved_query_is_a_chart(seen: dict[str, Any]) -> None:
    assert "crm-webhook" in seen["chart"]


def test_no_error_is_in_the_browser_s_console(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []


def test_axe_finds_nothing_serious_in_either_colour_scheme_nor_on_a_phone(
    seen: dict[str, Any],
) -> None:
    assert seen["audited"] == 12
    assert seen["axe"] == []


def test_nothing_is_wider_than_a_phone(seen: dict[str, Any]) -> None:
    assert seen["wider"] == []


def test_a_stage_s_console_opens_by_its_key_and_reads_the_stream(
    running: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local stack found as a stage is: by its name in samconfig.toml, through AWS's own API."""
    for name, value in aws_environment(running.endpoints.aws).items():
        monkeypatch.setenv(name, value)
    port = free_port()
    console = opened(on_aws("local"), port=port, answers=lambda *_: (), key="the-key")
    with Server(console, port, log=lambda _: None) as server:
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{server.url}/api/console", timeout=30)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert b"Headwater" in browser.open(f"{server.url}/?key=the-key", timeout=30).read()
        about = json.load(browser.open(f"{server.url}/api/console", timeout=30))
        with browser.open(f"{server.url}/api/live", timeout=30) as feed:
            marker = f"hostile-{secrets.token_hex(4)}"
            _send_what_is_wrong(running.endpoints, marker)
            found = next(line for line in feed if marker.encode() in line)

    assert (about["stage"], about["workspace"]) == ("local", "demo")
    assert json.loads(found.removeprefix(b"data: "))["fault"] == ""
