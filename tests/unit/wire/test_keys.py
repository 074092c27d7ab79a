"""Whose request it is: every place a client puts its key, in order."""

import base64
from typing import Any

import pytest
from headwater.outcomes import RefuseCode, Refused
from headwater.wire.keys import authenticate

from tests.examples import BROWSER_KEY, SERVER_KEY, a_request, a_workspace

_WORKSPACE = a_workspace()
_BODY = {"writeKey": BROWSER_KEY}


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def who(body: Any, query: str = "", **headers: str) -> str:
    request = a_request({}, query=query, headers=headers)
    found = authenticate(request, body, _WORKSPACE)
    return found.code if isinstance(found, Refused) else found.id


@pytest.mark.parametrize(
    ("body", "query", "headers"),
    [
        ({}, "", {"authorization": basic(f"{BROWSER_KEY}:")}),
        ({}, "", {"authorization": basic(BROWSER_KEY)}),
        ({}, "", {"authorization": basic(f"{BROWSER_KEY}:").replace("Basic", "basic")}),
        ({}, "", {"x-write-key": BROWSER_KEY}),
        ({"writeKey": "jk1:***"}, "", {"x-write-key": f"jk1:{BROWSER_KEY}"}),
        ({}, f"writeKey={BROWSER_KEY}", {}),
        ({}, f"writekey={BROWSER_KEY}", {}),
        (_BODY, "", {}),
        (_BODY, "", {"authorization": "Bearer some-token"}),
        ({"batch": [{"writeKey": BROWSER_KEY}, {"writeKey": "another-key"}]}, "", {}),
        ({"writeKey": None, "batch": [{"writeKey": BROWSER_KEY}]}, "", {}),
    ],
)
def test_the_key_is_found_where_the_client_puts_it(
    body: Any, query: str, headers: dict[str, str]
) -> None:
    assert who(body, query, **headers) == "web"


def test_the_header_wins_over_the_body_and_is_not_helped_by_it() -> None:
    assert who(_BODY, authorization=basic("another-key:")) == RefuseCode.UNKNOWN_WRITE_KEY
    assert who({"writeKey": "another-key"}, authorization=basic(f"{BROWSER_KEY}:")) == "web"
    assert who(_BODY, **{"x-write-key": "another-key"}) == RefuseCode.UNKNOWN_WRITE_KEY
    assert who(_BODY, "writeKey=another-key") == RefuseCode.UNKNOWN_WRITE_KEY


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({}, {}, RefuseCode.NO_WRITE_KEY),
        (None, {}, RefuseCode.NO_WRITE_KEY),
        ([1], {}, RefuseCode.NO_WRITE_KEY),
        ({"writeKey": ["a"]}, {}, RefuseCode.NO_WRITE_KEY),
        ({"writeKey": "  "}, {}, RefuseCode.NO_WRITE_KEY),
        ({"writeKey": "k" * 257}, {}, RefuseCode.NO_WRITE_KEY),
        ({"batch": ["text"]}, {}, RefuseCode.NO_WRITE_KEY),
        ({}, {"authorization": "Basic //46"}, RefuseCode.NO_WRITE_KEY),
        ({}, {"authorization": "Basic not base64"}, RefuseCode.NO_WRITE_KEY),
        ({}, {"authorization": basic(":")}, RefuseCode.UNKNOWN_WRITE_KEY),
        ({"writeKey": "' OR 1=1 --"}, {}, RefuseCode.UNKNOWN_WRITE_KEY),
    ],
)
def test_a_request_without_a_known_key_is_refused(
    body: Any, headers: dict[str, str], code: RefuseCode
) -> None:
    assert who(body, **headers) == code


def test_a_servers_key_works_from_a_server() -> None:
    assert who({}, authorization=basic(f"{SERVER_KEY}:")) == "server"


@pytest.mark.parametrize("header", ["origin", "sec-fetch-site", "sec-fetch-dest"])
def test_a_servers_key_in_a_browser_is_refused(header: str) -> None:
    assert who({"writeKey": SERVER_KEY}, **{header: "anything"}) == RefuseCode.SERVER_KEY_IN_BROWSER


def test_nodes_own_fetch_is_no_browser() -> None:
    # What undici adds to each request, as analytics-node sent it.
    headers = {"accept": "*/*", "accept-language": "*", "sec-fetch-mode": "cors"}

    assert who({"writeKey": SERVER_KEY}, **headers) == "server"


def test_two_keys_of_a_server_are_live_while_they_are_rotated() -> None:
    digests = [
        "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",  # "secret"
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",  # "password"
    ]
    workspace = a_workspace(
        sources=[{"id": "server", "kind": "server", "write_key_sha256": digests}]
    )

    found = [
        authenticate(a_request({}), {"writeKey": key}, workspace) for key in ("secret", "password")
    ]

    assert found == [workspace.sources[0]] * 2
