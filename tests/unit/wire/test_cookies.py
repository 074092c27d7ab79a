"""Cookies, byte for byte."""

import pytest
from headwater.wire.cookies import pairs, value_of, values_of


def test_a_cookie_is_read_as_it_stands() -> None:
    assert value_of("b", ["a=1", 'b="x=y"']) == '"x=y"'
    assert value_of("c", ["a=1"]) is None
    assert value_of("c", []) is None


def test_a_header_that_came_whole_is_split_at_every_semicolon() -> None:
    assert values_of("a", ["a=1;b=2;\ta=3 ; c", "a=4"]) == ["1", "3", "4"]


def test_what_has_no_name_is_no_cookie() -> None:
    assert list(pairs(["=a=b", "a", ";;", " = "])) == []


def test_legacy_syntax_is_a_pair_like_others_and_quotes_are_kept() -> None:
    header = ['$Version=1; __Host-Http-vid="evil"; $Path="/"']

    assert value_of("__Host-Http-vid", header) == '"evil"'


def test_a_name_that_comes_twice_is_believed_neither_time() -> None:
    assert value_of("a", ["a=1", "a=2"]) is None


@pytest.mark.parametrize("name", ["\u2000__Host-vid", "\u00a0a", "A", "$a", "\x0ba"])
def test_a_name_that_looks_alike_is_another(name: str) -> None:
    assert value_of("a", [f"{name}=1"]) is None
    assert value_of("__Host-vid", [f"{name}=1"]) is None
