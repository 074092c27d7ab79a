"""Cookies, byte for byte."""

import pytest
from headwater.wire.cookies import anonymous_id, value_of


def visitor(*cookies: str) -> str | None:
    return anonymous_id(cookies, lambda: "new-one")


def test_a_cookie_is_read_as_it_stands() -> None:
    assert value_of("b", ["a=1", 'b="x=y"']) == '"x=y"'
    assert value_of("c", ["a=1"]) is None
    assert value_of("c", []) is None


def test_a_name_that_comes_twice_is_believed_neither_time() -> None:
    assert value_of("a", ["a=1", "a=2"]) is None


@pytest.mark.parametrize("name", ["\u2000__Host-vid", " a", "A", "$a"])
def test_a_name_that_looks_alike_is_another(name: str) -> None:
    assert value_of("a", [f"{name}=1"]) is None
    assert value_of("__Host-vid", [f"{name}=1"]) is None


@pytest.mark.parametrize(
    ("cookies", "found"),
    [
        ((), None),
        (("other=1",), None),
        (("ajs_anonymous_id=8aa50242-4f0a",), "8aa50242-4f0a"),
        (("ajs_anonymous_id=%228aa50242-4f0a%22",), "8aa50242-4f0a"),
        (("ajs_anonymous_id=%0d%0aSet-Cookie:a=b<script>",), "new-one"),
        (("ajs_anonymous_id=",), "new-one"),
        (("ajs_anonymous_id=a", "ajs_anonymous_id=b"), "new-one"),
        (("ajs_anonymous_id=" + "a" * 101,), "new-one"),
    ],
)
def test_a_visitor_id_is_adopted_or_replaced_and_never_trusted(
    cookies: tuple[str, ...], found: str | None
) -> None:
    assert visitor(*cookies) == found
