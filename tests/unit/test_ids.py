"""Which ids may stand for somebody."""

import hashlib

import pytest
from headwater.ids import MAX_ID_CHARACTERS, person_of_device, person_of_user, usable_id
from hypothesis import given
from hypothesis import strategies as st

PLACEHOLDERS = [
    "anonymous",
    "Guest",
    "distinctid",
    "distinct_id",
    "id",
    "not_authenticated",
    "email",
    "undefined",
    "true",
    "FALSE",
    "[object Object]",
    "NaN",
    "nil",
    "None",
    "null",
    "0",
    "-1",
    "00000000-0000-0000-0000-000000000000",
    "",
    "   ",
    '"undefined"',
    "'null'",
]


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_stands_for_nobody(placeholder: str) -> None:
    assert usable_id(placeholder) is None


@pytest.mark.parametrize("value", [None, True, False, [], {}, ["u1"], {"id": "u1"}, b"u1"])
def test_what_is_no_string_stands_for_nobody(value: object) -> None:
    assert usable_id(value) is None


@pytest.mark.parametrize(
    "lookalike", ["undefined-1", "anonymous@shop.example", "idris", "10", "-12"]
)
def test_an_id_that_only_contains_a_placeholder_is_usable(lookalike: str) -> None:
    assert usable_id(lookalike) == lookalike


def test_a_number_becomes_the_string_every_client_would_send() -> None:
    assert usable_id(12345) == "12345"


def test_length_is_counted_in_characters_up_to_256() -> None:
    assert usable_id("я" * MAX_ID_CHARACTERS) == "я" * MAX_ID_CHARACTERS
    assert usable_id("я" * (MAX_ID_CHARACTERS + 1)) is None


def test_a_nul_makes_an_id_unusable() -> None:
    assert usable_id("user\0one") is None


@given(st.text(max_size=300))
def test_a_usable_id_comes_back_unchanged(value: str) -> None:
    assert usable_id(value) in {value, None}


@given(st.text(min_size=1, max_size=50), st.text(min_size=1, max_size=50))
def test_people_are_told_apart_by_id_and_by_kind(one: str, other: str) -> None:
    assert (person_of_user(one) == person_of_user(other)) == (one == other)
    assert person_of_user(one) != person_of_device(one)


def test_a_person_id_is_the_start_of_a_sha256_that_sql_can_compute_too() -> None:
    assert person_of_user("u1") == hashlib.sha256(b"u:u1").hexdigest()[:32]
    assert person_of_device("a1") == hashlib.sha256(b"a:a1").hexdigest()[:32]
