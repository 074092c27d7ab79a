"""Every recorded case that needs no custom mapping has its core in our requests."""

import pytest
from headwater.destinations import DESTINATIONS

from tests.conformance.deliberate import DELIBERATE, on_purpose
from tests.conformance.grade import CASES, cases, grade

RECORDED = sorted(path.stem for path in CASES.glob("*.jsonl"))


@pytest.mark.parametrize("slug", RECORDED)
def test_the_core_of_every_recorded_case_is_ours(slug: str) -> None:
    missed = {case["case"]: grade(slug, case).missed for case in cases(slug)}

    assert missed == {case["case"]: () for case in cases(slug)}
    assert missed


@pytest.mark.parametrize("slug", RECORDED)
def test_what_differs_beyond_the_core_differs_on_purpose(slug: str) -> None:
    differing = {path for case in cases(slug) for path in grade(slug, case).differing}

    assert {path for path in differing if not on_purpose(slug, path)} == set()
    used = {on_purpose(slug, path) for path in differing}
    assert used == {why for _, why in DELIBERATE.get(slug, ())}, "a reason that nothing needs"


def test_a_request_that_differs_is_graded_down() -> None:
    case = next(cases("mixpanel"))
    altered = {**case, "event": {**case["event"], "userId": "somebody-else"}}

    assert "0: json[0].properties.distinct_id" in grade("mixpanel", altered).missed


def test_every_recorded_destination_is_one_of_ours() -> None:
    assert set(RECORDED) <= set(DESTINATIONS)
