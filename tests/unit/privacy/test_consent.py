"""Consent in the shapes in which clients say it."""

from typing import Any

import pytest
from headwater.privacy.consent import both, stated, with_preferences

YES_NO = {"Analytics": True, "Advertising": False}


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, None),
        ({}, None),
        ({"consent": None}, None),
        ({"consent": {}}, None),
        ({"consent": {"categoryPreferences": None}}, None),
        ({"consent": {"categoryPreferences": {}}}, {}),
        ({"consent": {"categoryPreferences": YES_NO}}, YES_NO),
        # only `true` grants
        ({"consent": {"categoryPreferences": {"A": "true", "B": 1, "C": None}}},
         {"A": False, "B": False, "C": False}),
        # what cannot be read grants nothing
        ({"consent": "all"}, {}),
        ({"consent": {"categoryPreferences": ["A"]}}, {}),
        # RudderStack
        ({"consentManagement": {}}, None),
        ({"consentManagement": {"provider": "custom", "resolutionStrategy": "and",
                                "allowedConsentIds": ["Analytics"],
                                "deniedConsentIds": ["Advertising"]}}, YES_NO),
        ({"consentManagement": {"allowedConsentIds": ["A"], "deniedConsentIds": ["A"]}},
         {"A": False}),
        ({"consentManagement": {"allowedConsentIds": {"A": 1}, "deniedConsentIds": [5, "B"]}},
         {"B": False}),
        ({"consentManagement": "yes"}, {}),
        # in two shapes at once
        ({"consent": {"categoryPreferences": {"A": True, "B": False}},
          "consentManagement": {"allowedConsentIds": ["B", "C"], "deniedConsentIds": ["A"]}},
         {"A": False, "B": False, "C": True}),
    ],
)  # fmt: skip
def test_a_context_states(context: Any, expected: dict[str, bool] | None) -> None:
    assert stated(context) == expected


def test_of_two_statements_a_no_stands_and_silence_says_nothing() -> None:
    assert both(None, None) is None
    assert both({"A": True}, None) == both(None, {"A": True}) == {"A": True}
    assert both({"A": True, "B": True}, {"B": False, "C": True}) == {
        "A": True,
        "B": False,
        "C": True,
    }


def test_preferences_are_written_where_routing_looks_beside_what_was_there() -> None:
    context = {"page": {}, "consent": {"tcf": {"tcString": "C"}, "categoryPreferences": 1}}

    assert with_preferences(context, YES_NO) == {
        "page": {},
        "consent": {"tcf": {"tcString": "C"}, "categoryPreferences": YES_NO},
    }
    assert with_preferences({}, YES_NO) == {"consent": {"categoryPreferences": YES_NO}}
