"""The filter language: Segment's own examples, its edges, and what it says of a mistake."""

import json
import re
import string
from copy import deepcopy
from typing import Any

import pytest
from headwater.destination.filter import FilterError, compile_filter
from headwater.record import StoredEvent
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import a_stored_track
from tests.unit.destinations.hostile import stored_events

CLICKED = a_stored_track(
    event="Button Clicked",
    context={"library": {"name": "analytics.js", "version": "1.0"}},
    properties={
        "features": ["discounts", "dark-mode"],
        "product 1": {"price": "19.99"},
        "total": 12.5,
        "count": 3,
        "gift": True,
        "note": None,
        "empty": "",
        "codes": [1, 2],
        "it's": 1,
        "cart": {"size": 2},
    },
    extra={"channel": "server"},
)

TRUE = [
    # Segment's table of examples (docs/api/public-api/fql, read 2026-11-27).
    "event = 'Button Clicked'",
    "type = 'identify' or type = 'track'",
    "event = 'Button Clicked' and type = 'track'",
    "match( context.library.version, '1.*' )",
    "type = 'track' and ( event = 'Click' or match( event, 'Button *' ) )",
    "'dark-mode' in properties.features",
    r"properties.product\ 1.price = '19.99'",
    # Comparison.
    'event = "Button Clicked"',
    "properties.total > 12 and properties.total <= 12.5",
    "properties.total >= 12.5 and properties.total < 1000",
    "properties.total > -5",
    "properties.count = 3.0",
    "properties.gift",
    "properties.gift = true",
    "properties.gift != 1",
    "properties.total != '12.5'",
    "properties.missing = null",
    "properties.note = null",
    "properties.event.deeper = null",
    "properties.codes = [1, 2]",
    "type in ['track', 'identify']",
    "null in [1, null]",
    "userId = 'user-1'",
    "channel = 'server'",
    r"properties.it\'s = 1",
    r"""'it\'s' = "it's" """,
    # Boolean words: not before and, and before or.
    "!(event = 'x')",
    "not event = 'x'",
    "!event = 'x'",
    "!!properties.gift",
    "!properties.missing",
    "type = 'track' or type = 'page' and event = 'x'",
    "not event = 'x' and properties.gift",
    # Functions, and their ease with null.
    "contains(context.library.name, 'js')",
    "!contains(properties.missing, 'js')",
    "length(properties.features) = 2",
    "length(properties.missing) = 0",
    "length('ア') = 3",
    "lowercase(event) = 'button clicked'",
    "uppercase(event) = 'BUTTON CLICKED'",
    "lowercase(properties.missing) = null",
    "snakecase('test string') = 'test_string'",
    "kebabcase('test string') = 'test-string'",
    "titlecase('test string') = 'Test String'",
    "typeof(event) = 'string' and typeof(properties.total) = 'number'",
    "typeof(properties.features) = 'list' and typeof(properties.gift) = 'bool'",
    "typeof(properties.missing) = 'null' and typeof(properties.cart) = 'object'",
    r"number(properties.product\ 1.price) > 19",
    "number('1e999') = null and number('x') = null and number(properties.gift) = null",
    "string(properties.count) = '3' and string(properties.codes) = '[1,2]'",
    "bool(properties.features) and !bool(properties.empty) and !bool('false')",
    "match(lowercase(event), 'button*')",
]

FALSE = [
    "event = 'Screen Tapped'",
    "properties.total < 12.5",
    "properties.total > 12.5",
    "context.path.path = '/login'",
    "match( context.library.version, '2.*' )",
    "!contains( context.library.name, 'js' )",
    "'blink' in properties.features",
    "!( type in ['track', 'identify'] )",
    "properties.total = '12.5'",
    "properties.gift = 1",
    "event > 10",
    "event < 10",
    "properties.missing > 0",
    "properties.missing < 0",
    "event",
    "properties.count",
    "properties.gift and event",
    "'track' in type",
    "2 in properties.cart",
    "length(properties.cart) >= 0",
    "contains(properties.total, '1')",
    "match(properties.total, '*')",
    "event = null",
]


@pytest.mark.parametrize("text", TRUE)
def test_true(text: str) -> None:
    assert compile_filter(text)(CLICKED) is True


@pytest.mark.parametrize("text", FALSE)
def test_false(text: str) -> None:
    assert compile_filter(text)(CLICKED) is False


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        # Segment's table.
        ("abcd", "a*d", True),
        ("", "*", True),
        ("abc", "ab", False),
        ("abcd", "a??d", True),
        ("abcd", "*d", True),
        ("ab*d", r"ab\*d", True),
        ("abCd", "ab[cC]d", True),
        ("abcd", "ab[a-z]d", True),
        ("abcd", "ab[A-Z]d", False),
        # Its edges.
        ("", "", True),
        ("a", "", False),
        ("abxd", r"ab\*d", False),
        ("aXbXc", "*X*X*", True),
        ("aXb", "*X*X*", False),
        ("a]b", r"a\]b", True),
        ("a-b", "a[-x]b", True),
        ("line\nbreak", "line*break", True),
    ],
)
def test_a_pattern_matches_the_whole_text(text: str, pattern: str, *, expected: bool) -> None:
    event = a_stored_track(event=text)

    assert compile_filter(f"match(event, '{pattern}')")(event) is expected


_LETTERS = st.text("ab*?", max_size=12)


@given(text=st.text("ab", max_size=12), pattern=_LETTERS)
def test_a_pattern_says_what_a_regular_expression_says(text: str, pattern: str) -> None:
    expression = pattern.replace("*", ".*").replace("?", ".")
    matches = compile_filter(f"match(event, '{pattern}')")

    assert matches(a_stored_track(event=text)) is bool(re.fullmatch(expression, text, re.DOTALL))


def test_no_pattern_takes_for_ever() -> None:
    """A regular expression would try some 10^20 ways here."""
    pattern = "*a" * 99
    event = a_stored_track(event="a" * 98 + "b" * 30_000)

    assert compile_filter(f"match(event, '{pattern}')")(event) is False


MISTAKES = {
    "": "at character 1: expected a field, a value or a function, found the end",
    "event =": "at character 8: expected a field, a value or a function, found the end",
    "event = = 'x'": "at character 9: expected a field, a value or a function, found =",
    "event = 'x": "at character 9: this text has no closing quote",
    'userId = oops"': "at character 14: this text has no closing quote",
    "event == 'x'": "at character 8: expected a field, a value or a function, found =",
    "event ~ 'x'": "at character 7: '~' has no meaning here",
    "event = 'x' type = 'y'": "at character 13: expected and, or, or the end, found type",
    "a = b = c": "at character 7: expected and, or, or the end, found =",
    "(event = 'x'": "at character 13: expected ), found the end",
    "and event": "at character 1: expected a field, a value or a function, found and",
    "lenght(event) > 1": "at character 1: there is no function lenght; use contains, match, length",
    "contains(event)": "at character 15: expected ,, found )",
    "match(event, name)": "at character 14: expected a pattern in quotes, found name",
    "match(event, '[a')": "at character 14: this pattern has a [ without its ]",
    "type in [type]": "at character 10: expected a text, a number, true, false or null, found type",
    "type in [[1]]": "at character 10: expected a text, a number, true, false or null, found [",
    "properties..total": "at character 11: '.' has no meaning here",
    "(" * 21 + "a" + ")" * 21: "at character 21: nested more than 20 deep",
    f"match(event, '{'a' * 201}')": "at character 14: a pattern has at most 200 characters",
    "a" * 5_001: "at character 5001: a filter has at most 5000 characters",
}


@pytest.mark.parametrize("text", MISTAKES, ids=lambda text: text[:20])
def test_a_mistake_is_named_with_its_place(text: str) -> None:
    with pytest.raises(FilterError) as error:
        compile_filter(text)

    assert MISTAKES[text] in str(error.value)


_PATHS = st.sampled_from(
    [
        "type",
        "event",
        "userId",
        "groupId",
        "properties",
        "properties.total",
        "context.traits.email",
        "properties.products",
        "traits.age",
        "timestamp",
        "source.kind",
        "privacy.noShare",
        "other",
        "integrations.All",
        "violations",
        "enrichment.page.url",
        "channel",
    ]
)
_VALUES = _PATHS | st.sampled_from(["true", "null", "12", "-0.5", "'text'", "['a', 1, null]"])
_COMPARED = st.builds(
    "{} {} {}".format, _VALUES, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"]), _VALUES
)
_ONES = ["length", "lowercase", "uppercase", "snakecase", "kebabcase", "titlecase", "typeof"]
_CALLED = st.builds(
    "{}({}) = {}".format, st.sampled_from([*_ONES, "bool", "string", "number"]), _VALUES, _VALUES
) | st.builds("contains({}, {})".format, _VALUES, _VALUES)
FILTERS = st.recursive(
    _COMPARED | _CALLED | _PATHS | st.builds("match({}, '*a?[b-d]')".format, _PATHS),
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("!({})".format, inner)
    ),
    max_leaves=6,
)


@given(text=FILTERS, event=stored_events())
def test_no_event_makes_a_filter_raise_or_is_changed_by_it(text: str, event: StoredEvent) -> None:
    before = deepcopy(event)
    filtered = compile_filter(text)

    assert filtered(event) in (True, False)
    assert compile_filter(f"!({text})")(event) is not filtered(event)
    assert event == before


@given(text=st.text(st.sampled_from(string.printable), max_size=40) | st.text(max_size=40))
@example("9" * 4_900 + " = 1")
@example("." * 10)
def test_any_text_is_a_filter_or_a_named_mistake(text: str) -> None:
    try:
        compile_filter(text)(CLICKED)
    except FilterError as error:
        mistake = str(error)
    else:
        return
    assert re.match(r"at character \d+: ", mistake)


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_written(value: str) -> None:
    quoted: Any = value.replace("\\", "\\\\").replace('"', '\\"')

    assert compile_filter(f'event = "{quoted}"')(a_stored_track(event=value)) is True


def test_a_value_nested_as_deep_as_the_collector_takes_it() -> None:
    deep = json.loads("[" * 190 + "]" * 190)
    event = a_stored_track(properties={"deep": deep, "too": deep})

    assert compile_filter("properties.deep = properties.too")(event) is True
    assert compile_filter("length(string(properties.deep)) = 380")(event) is True
