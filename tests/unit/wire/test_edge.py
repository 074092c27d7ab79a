"""Whose word about the visitor is taken."""

from dataclasses import replace
from hashlib import sha256

import pytest
from headwater.outcomes import RefuseCode, Refused
from headwater.wire.edge import admitted
from headwater.workspace import Edge

from tests.examples import a_request

_EDGE = Edge(secret_sha256=tuple(sha256(secret).hexdigest() for secret in (b"old", b"new")))
_HEADERS = {"host": "shop.example", "cloudfront-viewer-country": "NL"}


@pytest.mark.parametrize("secret", ["old", "new"])
def test_either_secret_opens_while_they_are_rotated_and_is_taken_off(secret: str) -> None:
    request = a_request(headers=_HEADERS | {"x-origin-secret": secret}, address="192.0.2.1")

    assert admitted(request, _EDGE) == replace(request, headers=_HEADERS)


@pytest.mark.parametrize("headers", [{}, {"x-origin-secret": ""}, {"x-origin-secret": "\ud800"}])
def test_nothing_else_opens(headers: dict[str, str]) -> None:
    refused = admitted(a_request(headers=headers), _EDGE)

    assert isinstance(refused, Refused)
    assert refused.code is RefuseCode.NOT_FROM_EDGE


@pytest.mark.parametrize(
    ("viewer", "address"),
    [
        ("203.0.113.66:41234", "203.0.113.66"),
        ("2001:db8::7:41234", "2001:db8::7"),
        ("[2001:db8::7]:41234", "2001:db8::7"),
        ("nonsense", "192.0.2.1"),
        ("", "192.0.2.1"),
    ],
)
def test_the_edge_says_which_address_the_visitor_has(viewer: str, address: str) -> None:
    request = a_request(
        headers={"x-origin-secret": "new", "cloudfront-viewer-address": viewer},
        address="192.0.2.1",
    )

    found = admitted(request, _EDGE)

    assert not isinstance(found, Refused)
    assert found.address == address


def test_without_a_secret_its_headers_are_anybodys() -> None:
    request = a_request(headers=_HEADERS | {"x-origin-secret": "new"}, address="192.0.2.1")

    assert admitted(request, Edge()) == replace(request, headers={"host": "shop.example"})
