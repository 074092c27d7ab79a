"""Segment's own server clients, unchanged, pointed at our path."""

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from headwater.ids import person_of_user
from segment.analytics.client import Client

from local.endpoints import Endpoints
from tests.e2e.stack import Stack

HERE = Path(__file__).parent


@pytest.mark.usefixtures("browser_tools")
def test_analytics_node_sends_every_kind_of_call_through_a_path_prefix(stack: Stack) -> None:
    endpoints = stack.endpoints
    device, user = str(uuid4()), f"node-{uuid4()}"
    client = {
        "host": endpoints.site,
        "path": f"{endpoints.prefix}/v1/batch",
        "writeKey": endpoints.server_key,
        "userId": user,
        "anonymousId": device,
    }

    ended = subprocess.run(
        ["node", HERE / "analytics_node.mjs", json.dumps(client)],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )

    said = json.loads(ended.stdout)
    assert said["failed"] == []
    rows = stack.resolved({sent["messageId"] for sent in said["sent"]}, person_of_user(user))
    assert Counter((row["type"], row["event"], row["name"]) for row in rows) == Counter(
        [
            ("track", "Report Opened", None),
            ("identify", None, None),
            ("page", None, "Reports"),
            ("screen", None, "Reports"),
            ("group", None, None),
            ("track", "Report Printed", None),
        ]
    )
    assert {row["source_id"] for row in rows} == {"shop-server"}
    assert {row["library_name"] for row in rows} == {"@segment/analytics-node"}
    opened = next(row for row in rows if row["event"] == "Report Opened")
    assert json.loads(opened["properties"]) == {"pages": 12, "näme": "ü"}
    assert opened["user_id"] is None


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("way", ["site", "collector"])
def test_analytics_python_sends_its_batch(stack: Stack, *, gzip: bool, way: str) -> None:
    endpoints = stack.endpoints
    host = {
        "site": f"{endpoints.site}{endpoints.prefix}",
        "collector": endpoints.collector,
    }[way]
    user, faults = f"python-{uuid4()}", list[object]()
    client = Client(
        write_key=endpoints.server_key,
        host=host,
        gzip=gzip,
        on_error=lambda error, _: faults.append(error),
    )
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    sent = [
        client.identify(user, {"plan": "team", "näme": "Jürgen"}),
        client.track(user, "Invoice Paid", {"revenue": 12.5, "currency": "EUR"}),
        client.track(user, "Invoice Sent", timestamp=an_hour_ago),
        client.group(user, "initec", {"employees": 40}),
        client.page(user, "Docs", "Index", {"url": "https://shop.example/docs"}),
        client.screen(user, "App", "Start"),
    ]
    client.flush()
    client.join()

    assert faults == []
    ids = {message["messageId"] for _, message in sent}
    rows = {row["type"] + (row["event"] or ""): row for row in stack.rows(ids)}
    assert set(rows) == {
        "identify",
        "trackInvoice Paid",
        "trackInvoice Sent",
        "group",
        "page",
        "screen",
    }
    assert {row["person_id"] for row in rows.values()} == {person_of_user(user)}
    assert json.loads(rows["identify"]["traits"]) == {"plan": "team", "näme": "Jürgen"}
    assert json.loads(rows["trackInvoice Paid"]["properties"]) == {
        "revenue": 12.5,
        "currency": "EUR",
    }
    # To the time that the request was on its way, which nobody can take off.
    assert abs(_moment(rows["trackInvoice Sent"]["timestamp"]) - an_hour_ago) < timedelta(minutes=5)
    assert set(stack.webhooks(ids)) == ids


def test_an_alias_by_the_server_joins_two_users(stack: Stack, endpoints: Endpoints) -> None:
    old, new = f"old-{uuid4()}", f"new-{uuid4()}"
    client = Client(
        write_key=endpoints.server_key, host=f"{endpoints.site}{endpoints.prefix}", sync_mode=True
    )

    ids = {
        client.track(old, "Trial Started")[1]["messageId"],
        client.alias(old, new)[1]["messageId"],
        client.track(new, "Plan Upgraded")[1]["messageId"],
    }

    joined = min(person_of_user(old), person_of_user(new))
    rows = stack.resolved(ids, joined)
    assert {row["message_id"]: row["person_id"] for row in rows} == dict.fromkeys(ids, joined)


def _moment(stored: Any) -> datetime:
    moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
