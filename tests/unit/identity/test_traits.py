from typing import Any

import pytest
from headwater.identity.traits import (
    MAX_NAME_BYTES,
    MAX_TRAITS,
    MAX_VALUE_BYTES,
    Trait,
    fold,
    from_item,
    join,
    living,
    to_text,
    traits_of,
)
from hypothesis import given
from hypothesis import strategies as st

names = st.one_of(st.sampled_from(["plan", "email", "a", ""]), st.text(max_size=8))
values = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5), st.lists(st.none())
)
sayings = st.tuples(
    st.dictionaries(names, values, max_size=4), st.integers(0, 3), st.sampled_from(["m1", "m2"])
)


def said(saying: tuple[dict[str, Any], int, str]) -> dict[str, Trait]:
    traits, at, message_id = saying
    return traits_of(traits, at=at, message_id=message_id)


@given(sayings, sayings, sayings)
def test_joining_does_not_depend_on_order_grouping_or_repetition(
    one: tuple[dict[str, Any], int, str],
    two: tuple[dict[str, Any], int, str],
    three: tuple[dict[str, Any], int, str],
) -> None:
    a, b, c = said(one), said(two), said(three)

    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(join(a, b), b) == join(a, b)


@given(st.lists(st.tuples(st.integers(0, 3 * MAX_TRAITS), st.integers(0, 5)), max_size=40))
def test_what_is_kept_of_too_many_traits_does_not_depend_on_order(
    sayings: list[tuple[int, int]],
) -> None:
    registers = [
        traits_of(
            {f"trait{start + step}": step for step in range(MAX_TRAITS // 2)},
            at=at,
            message_id="m",
        )
        for start, at in sayings
    ]

    forward: dict[str, Trait] = {}
    for register in registers:
        forward = join(forward, register)
    backward: dict[str, Trait] = {}
    for register in reversed(registers):
        backward = join(register, backward)

    assert forward == backward
    assert len(forward) <= MAX_TRAITS


@given(sayings)
def test_a_register_survives_being_stored(saying: tuple[dict[str, Any], int, str]) -> None:
    register = said(saying)

    assert from_item({"t": to_text(register)}) == register


def test_the_latest_value_wins_and_a_tie_goes_to_the_larger_message_id() -> None:
    early = traits_of({"x": 1}, at=1, message_id="m9")
    late = traits_of({"x": 2}, at=2, message_id="m1")
    tied = traits_of({"x": 3}, at=2, message_id="m2")

    assert living(join(join(tied, late), early)) == {"x": 3}


def test_null_removes_and_its_time_keeps_an_older_value_from_coming_back() -> None:
    removed = traits_of({"x": None}, at=2, message_id="m2")
    older = traits_of({"x": 1, "y": 0}, at=1, message_id="m1")

    assert living(join(removed, older)) == {"y": 0}


def test_a_removal_in_one_place_outlasts_an_older_value_in_another() -> None:
    user = traits_of({"x": None}, at=2, message_id="m2")
    device = traits_of({"x": 1, "y": 2}, at=1, message_id="m1")

    assert living(fold([device, user])) == {"y": 2}


def test_an_empty_text_is_a_value() -> None:
    assert living(traits_of({"x": ""}, at=1, message_id="m")) == {"x": ""}


@pytest.mark.parametrize(
    ("traits", "kept"),
    [
        ({"x": "v" * (MAX_VALUE_BYTES - 2)}, {"x": "v" * (MAX_VALUE_BYTES - 2)}),
        ({"x": "v" * (MAX_VALUE_BYTES - 1)}, {}),
        ({"n" * MAX_NAME_BYTES: 1}, {"n" * MAX_NAME_BYTES: 1}),
        ({"n" * (MAX_NAME_BYTES + 1): 1, "": 2}, {}),
    ],
)
def test_what_is_too_long_for_a_profile_is_not_in_it(
    traits: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert living(traits_of(traits, at=1, message_id="m")) == kept


def test_a_trait_that_grew_too_long_is_gone_rather_than_stale() -> None:
    short = traits_of({"x": 1}, at=1, message_id="m1")
    long = traits_of({"x": "v" * 3000}, at=2, message_id="m2")

    assert living(join(long, short)) == {}


def test_the_largest_register_fits_an_item_of_the_table() -> None:
    names = [f"{number:03}" + "n" * (MAX_NAME_BYTES - 3) for number in range(2 * MAX_TRAITS)]
    register = traits_of(
        dict.fromkeys(names, "v" * (MAX_VALUE_BYTES - 2)), at=10**12, message_id="m" * 100
    )

    assert len(to_text(register).encode()) < 400_000
