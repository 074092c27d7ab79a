"""Bodies as bytes: gzip by its magic bytes, bounded, and named faults."""

import gzip
import tracemalloc

import pytest
from headwater.outcomes import RefuseCode, Refused
from headwater.wire.compression import inflate

_LIMIT = 512_000


def fault(body: bytes) -> RefuseCode:
    refused = inflate(body, max_bytes=_LIMIT)
    assert isinstance(refused, Refused)
    return refused.code


def test_a_plain_body_passes_as_it_is() -> None:
    assert inflate(b'{"a":1}', max_bytes=_LIMIT) == b'{"a":1}'
    assert inflate(b"", max_bytes=_LIMIT) == b""


def test_gzip_is_known_by_its_first_bytes() -> None:
    assert inflate(gzip.compress(b'{"a":1}'), max_bytes=_LIMIT) == b'{"a":1}'


def test_the_limit_is_of_the_inflated_body_to_the_byte() -> None:
    assert inflate(b"x" * _LIMIT, max_bytes=_LIMIT) == b"x" * _LIMIT
    assert inflate(gzip.compress(b"x" * _LIMIT), max_bytes=_LIMIT) == b"x" * _LIMIT
    assert fault(b"x" * (_LIMIT + 1)) is RefuseCode.BODY_TOO_LARGE
    assert fault(gzip.compress(b"x" * (_LIMIT + 1))) is RefuseCode.BODY_TOO_LARGE


_EMPTY = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(_EMPTY[:-4], RefuseCode.GZIP_INVALID, id="cut off"),
        pytest.param(_EMPTY + b"tail", RefuseCode.GZIP_INVALID, id="a tail"),
        pytest.param(_EMPTY * 2, RefuseCode.GZIP_INVALID, id="two members"),
        pytest.param(gzip.compress(_EMPTY), RefuseCode.GZIP_INVALID, id="gzip within gzip"),
        pytest.param(b"\x1f\x8bnot gzip at all", RefuseCode.GZIP_INVALID, id="a lie"),
        pytest.param(_EMPTY[:-8] + b"\0" * 8, RefuseCode.GZIP_INVALID, id="a wrong checksum"),
        pytest.param(
            _EMPTY.decode("utf-8", "replace").encode(), RefuseCode.GZIP_MANGLED, id="read as text"
        ),
    ],
)
def test_what_is_wrong_with_gzip_has_its_code(body: bytes, code: RefuseCode) -> None:
    assert fault(body) is code


def test_a_bomb_costs_no_more_memory_than_a_body() -> None:
    bomb = gzip.compress(b"\0" * 64_000_000)

    tracemalloc.start()
    code = fault(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert code is RefuseCode.BODY_TOO_LARGE
    assert len(bomb) < _LIMIT
    assert peak < 4_000_000
