"""Every golden case: `golden/<destination>/<case>.json` holds a call and exactly what it becomes."""

import json
from pathlib import Path
from typing import Any

import pytest
from headwater.destinations import DESTINATIONS
from headwater.ports import HttpResponse

from tests.unit.destinations.cases import leaving, readable, stored

CASES = sorted((Path(__file__).parent / "golden").glob("*/*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_call_becomes_what_the_vendor_documents(path: Path) -> None:
    case: dict[str, Any] = json.loads(path.read_text())
    sheet = DESTINATIONS[path.parent.name]

    answers = [
        HttpResponse(answer["status"], body=json.dumps(answer["json"]).encode())
        for answer in case.get("answers", ())
    ]
    calls = [stored(call) for call in case["calls"]]
    sent = leaving(calls, sheet, case["settings"], answers=answers)

    assert (sent if isinstance(sent, str) else [readable(one) for one in sent]) == case["sent"]


@pytest.mark.parametrize("slug", DESTINATIONS)
def test_every_destination_has_a_case_of_every_type_it_takes(slug: str) -> None:
    covered = {
        call["type"]
        for path in CASES
        if path.parent.name == slug
        for call in json.loads(path.read_text())["calls"]
    }

    assert covered >= set(DESTINATIONS[slug].event_types)
