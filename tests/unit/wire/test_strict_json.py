"""One JSON profile: strict as the RFC, kind to real clients."""

import json
from typing import Any

import pytest
from headwater.outcomes import RefuseCode, Refused
from headwater.wire.strict_json import parse_json
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":[1,2.5,null,true,"x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"n":18446744073709551616}', {"n": "18446744073709551616"}),
        (b'{"n":9223372036854775807}', {"n": 9223372036854775807}),
        (b'{"n":-9223372036854775808}', {"n": -9223372036854775808}),
        (b'{"n":9223372036854775808}', {"n": "9223372036854775808"}),
        (b'{"n":-9223372036854775809}', {"n": "-9223372036854775809"}),
        (b'{"n":' + b"9" * 6_000 + b"}", {"n": "9" * 6_000}),
        (b'{"n":1.7976931348623157e308,"z":-0.0}', {"n": 1.7976931348623157e308, "z": -0.0}),
        (rb'{"s":"cut \ud83d"}', {"s": "cut \ufffd"}),
        (rb'{"s":"\udc00\ud800"}', {"s": "\ufffd\ufffd"}),
        (rb'{"\ud800":1}', {"\ufffd": 1}),
        (rb'{"s":"\ud83d\ude00"}', {"s": "\U0001f600"}),
        (b'{"__proto__":{"x":1},"a":[{"__proto__":1,"b":2}]}', {"a": [{"b": 2}]}),
        (rb'{"\u005f_proto__":1,"b":2}', {"b": 2}),
        (
            b'{"a":"__proto__","constructor":"Ferrari"}',
            {"a": "__proto__", "constructor": "Ferrari"},
        ),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_what_is_read(body: bytes, value: Any) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b'{"a":1,}',
        b'{"a":/*c*/1}',
        b'{"a":1}\n{"a":2}',
        b'{"a":01}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":1e999,"n":1234567890123456789012}',
        b'{"a":NaN,"n":1234567890123456789012}',
        b'{"a":"\xff\xfe"}',
        b"{'a':1}",
        b'{"a":"\x01"}',
        b"[" * 14_000,
        b"[" * 14_000 + b"]" * 14_000,
        '{"a":1}'.encode("utf-16"),
    ],
)
def test_what_is_no_json(body: bytes) -> None:
    refused = parse_json(body)

    assert isinstance(refused, Refused)
    assert refused.code is RefuseCode.INVALID_JSON


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_two_hundred_levels_are_read_and_one_more_is_not(opening: bytes, closing: bytes) -> None:
    def nested(levels: int) -> bytes:
        return opening * (levels - 1) + b"{}" + closing * (levels - 1)

    assert parse_json(nested(200)) == json.loads(nested(200))
    assert isinstance(parse_json(nested(201)), Refused)
    assert isinstance(parse_json(nested(1_100)), Refused)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text().filter(lambda name: name != "__proto__"), inner)
    ),
)


@given(_json, st.booleans())
def test_any_json_is_read_as_it_is_written(value: Any, escaped: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=64))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    parse_json(body)
