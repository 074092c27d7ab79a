"""People are hashed in one form, however their names were typed, and never twice."""

from hashlib import sha256

import pytest
from headwater.destination.hashing import (
    day,
    digits,
    e164,
    gender,
    hashed,
    lettered,
    match_keys,
    postcode,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.destinations.cases import stored


def sha(value: str) -> str:
    return sha256(value.encode()).hexdigest()


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (" Ada.Lovelace@Example.COM ", "ada.lovelace@example.com"),
        ("ada @example.com", "ada@example.com"),
    ],
)
def test_an_email_address_is_hashed_in_lower_case_without_space(given: str, normal: str) -> None:
    assert hashed(given) == sha(normal)


@pytest.mark.parametrize(
    ("normalise", "given", "normal"),
    [
        (digits, "+44 7911-123456", "447911123456"),
        (digits, "0044 7911 123456", "447911123456"),
        (e164, "+1 (650)555-1212", "+16505551212"),
        (e164, "1-650-555   - 1212 x450", "+16505551212"),
        (lettered, "O'Brien-Ünal", "obrienünal"),
        (lettered, "St. Ives", "stives"),
        (gender, "Female", "f"),
        (gender, "male", "m"),
        (day, "1990-12-10T00:00:00Z", "19901210"),
        (day, "19901210", "19901210"),
        (day, "1990-2-1", "19900201"),
        (day, "2/1/1990", "19900201"),
        (postcode, "94035-1234", "94035"),
        (postcode, "SW1Y 4JH", "sw1y4jh"),
    ],
)
def test_each_key_has_its_form(normalise: object, given: str, normal: str) -> None:
    assert callable(normalise)
    assert hashed(given, normalise) == sha(normal)


@pytest.mark.parametrize("value", ["Dec 10 1990", "35", "10.12.1990"])
def test_a_birthday_in_no_known_form_is_not_hashed(value: str) -> None:
    assert hashed(value, day) is None


@given(st.text())
def test_a_hash_is_never_hashed_again(value: str) -> None:
    once = hashed(value)

    assert hashed(once) == once
    assert once is None or hashed(once.upper(), e164) == once


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}, True, "---"])
def test_what_says_nothing_has_no_hash(nothing: object) -> None:
    assert hashed(nothing, lettered) is None


def test_a_products_name_is_not_the_persons() -> None:
    shoe = {"name": "Boots", "gender": "women", "city": "Oslo", "firstName": "Runner"}
    event = stored({"type": "track", "event": "Product Viewed", "properties": shoe})

    assert match_keys(event) == {}
