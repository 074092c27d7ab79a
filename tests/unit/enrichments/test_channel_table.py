"""A hundred landings, and the channel that GA4's published rules put them in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from headwater.enrichments import enrich
from headwater.enrichments.channel import Channel
from headwater.record import StoredEvent

from tests.examples import a_received, a_stored_track

_ROWS: list[Mapping[str, Any]] = [
    json.loads(line)
    for line in Path("tests/fixtures/enrichments/campaigns.jsonl").read_text("utf-8").splitlines()
]


def landed(row: Mapping[str, Any]) -> StoredEvent:
    context = {
        "page": {
            "url": "https://shop.example/" + row["search"],
            "search": row["search"],
            "referrer": row.get("referrer", ""),
        }
    }
    event = enrich(a_stored_track(type="page", context=context), a_received())
    assert isinstance(event, StoredEvent)
    return event


def test_the_table_is_wide_and_knows_every_channel() -> None:
    assert len(_ROWS) >= 90
    assert sum("hostile" in row for row in _ROWS) >= 10
    assert {row["channel"] for row in _ROWS if "channel" in row} == set(get_args(Channel))


@pytest.mark.parametrize(
    "row", _ROWS, ids=lambda row: f"{row['search'][:60]} {row.get('referrer')}"
)
def test_a_landing_has_its_channel(row: Mapping[str, Any]) -> None:
    event = landed(row)

    assert event.enrichment.get("channel") == row.get("channel")
    assert "errors" not in event.enrichment
    assert all(len(value) <= 256 for value in event.enrichment.get("campaign", {}).values())
    assert event.to_line().count(b"\n") == 1
