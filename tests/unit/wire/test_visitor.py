"""The visitor's cookies: issued, adopted, renewed once a day, repaired, and never believed when planted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from headwater.wire.proof import Proof, written
from headwater.wire.visitor import Visitor, forgotten
from headwater.workspace import CookiePolicy
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOON, a_request, a_workspace

KEY, OLD = b"k" * 64, b"o" * 64
MINE, THEIRS = "8aa50242-4f0a-42e1-afae-070ce389373c", "11111111-2222-4333-8444-555555555555"
NEW = "99999999-aaaa-4bbb-8ccc-dddddddddddd"
TODAY = int(NOON.timestamp()) // 86_400
HOST = "__Host-Http-vid"


def proof(visitor: str = MINE, issued: int = TODAY, sent: int = TODAY, key: bytes = KEY) -> str:
    return f"{HOST}={written(Proof(visitor, issued, sent), key, 'tests')}"


def mirror(visitor: str = MINE) -> str:
    return f"ajs_anonymous_id={visitor}"


def a_visitor(*cookies: str, keys: Sequence[bytes] = (KEY,), **workspace: Any) -> Visitor:
    request = a_request(cookies=cookies)
    return Visitor(request, a_workspace(**workspace), keys, NOON, lambda: NEW, at_home=True)


def test_a_new_visitor_gets_two_cookies_with_every_attribute() -> None:
    told, mirrored = a_visitor().set_cookies(None)

    assert told.startswith(f"{HOST}=1.")
    rest = "Path=/; Max-Age=34084800; HttpOnly; Secure; SameSite=Lax"
    assert told.partition("; ")[2] == rest
    assert mirrored == f"{mirror(NEW)}; Path=/; Max-Age=34084800; Secure; SameSite=Lax"


def test_a_domain_comes_from_the_workspace_and_gives_the_proof_its_other_name() -> None:
    cookies = a_visitor(cookies={"domain": "shop.example"}).set_cookies(None)

    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Secure-vid", "ajs_anonymous_id"]
    assert all("; Domain=shop.example; Path=/; " in cookie for cookie in cookies)


def test_scripts_see_no_id_where_the_workspace_wants_no_mirror() -> None:
    (only,) = a_visitor(cookies={"mirror": False}).set_cookies(None)

    assert "HttpOnly" in only


@pytest.mark.parametrize(
    "cookie", [mirror(), f"ajs_anonymous_id=%22{MINE}%22", mirror(MINE.upper())]
)
def test_an_id_that_analytics_js_gave_is_adopted(cookie: str) -> None:
    visitor = a_visitor(cookie)

    assert visitor.set_cookies(THEIRS)[1].startswith(mirror())
    assert visitor.id is not None
    assert visitor.id.lower() == MINE


def test_a_browser_without_cookies_keeps_the_id_its_page_made() -> None:
    assert a_visitor().set_cookies(MINE)[1].startswith(mirror())


@pytest.mark.parametrize(
    "cookies",
    [
        ("ajs_anonymous_id=%0d%0aSet-Cookie:a=b<script>",),
        ("ajs_anonymous_id=",),
        (mirror(), mirror(THEIRS)),
        ("ajs_anonymous_id=" + "a" * 101,),
    ],
)
def test_what_is_no_id_is_replaced_and_never_trusted(cookies: tuple[str, ...]) -> None:
    visitor = a_visitor(*cookies)

    assert visitor.id == NEW
    assert visitor.set_cookies(None)[1].startswith(mirror(NEW))


def test_both_cookies_right_and_sent_today_cost_no_header() -> None:
    assert a_visitor(proof(), mirror()).set_cookies(THEIRS) == ()
    assert a_visitor(proof(), f"ajs_anonymous_id=%22{MINE}%22").set_cookies(None) == ()


@pytest.mark.parametrize("planted", [(mirror(THEIRS),), (), (mirror(), mirror(THEIRS))])
def test_where_the_two_differ_the_proof_is_right(planted: tuple[str, ...]) -> None:
    visitor = a_visitor(proof(), *planted)

    assert visitor.id == MINE
    assert visitor.set_cookies(THEIRS)[1].startswith(mirror())


def test_a_renewed_cookie_ends_when_the_first_one_would_have() -> None:
    old = proof(issued=TODAY - 100, sent=TODAY - 1)

    renewed, mirrored = a_visitor(old, mirror()).set_cookies(None)

    end = (TODAY - 100 + 395) * 86_400
    left = f"Max-Age={end - int(NOON.timestamp())};"
    assert left in renewed
    assert left in mirrored
    again = renewed.partition(";")[0]
    assert a_visitor(again, mirror()).set_cookies(None) == ()
    tomorrow = Visitor(
        a_request(cookies=(again, mirror())),
        a_workspace(),
        (KEY,),
        NOON + timedelta(days=1),
        lambda: NEW,
        at_home=True,
    )
    assert len(tomorrow.set_cookies(None)) == 2


def test_an_old_key_reads_until_it_is_taken_away_and_the_new_one_writes() -> None:
    old = proof(key=OLD, sent=TODAY - 1, issued=TODAY - 1)

    renewed, _ = a_visitor(old, mirror(), keys=(KEY, OLD)).set_cookies(None)

    assert a_visitor(renewed.partition(";")[0], mirror(), keys=(KEY,)).id == MINE
    assert a_visitor(old, mirror(THEIRS), keys=(KEY,)).id == THEIRS


def test_without_keys_or_away_from_home_nothing_is_set() -> None:
    away = Visitor(a_request(), a_workspace(), (KEY,), NOON, lambda: NEW)

    assert a_visitor(keys=()).set_cookies(MINE) == ()
    assert (away.set_cookies(MINE), away.id) == ((), None)


@pytest.mark.parametrize(
    "hostile",
    [
        f"\u2000{proof(THEIRS)}",
        f"$Version=1; {HOST}={mirror(THEIRS)}",
        f'{HOST}="{proof(THEIRS).partition("=")[2]}"',
        f"{proof(THEIRS)}; {proof(THEIRS)}",
        proof(THEIRS, key=OLD),
        proof(THEIRS).replace("1.", "2.", 1),
        f"={proof(THEIRS)}",
        HOST.lower() + proof(THEIRS)[len(HOST) :],
        f"{HOST}=" + "1" * 8_000,
    ],
)
def test_a_hostile_proof_is_never_believed(hostile: str) -> None:
    visitor = a_visitor(hostile, mirror())

    assert visitor.proven is None
    assert visitor.id == MINE


@given(tossed=st.lists(st.text(max_size=80), max_size=6))
def test_no_cookie_that_anyone_tosses_makes_a_visitor_or_reaches_a_header(
    tossed: list[str],
) -> None:
    visitor = a_visitor(*tossed)

    assert visitor.proven is None
    for cookie in visitor.set_cookies(None):
        assert cookie.isascii()
        assert cookie.isprintable()
        assert cookie.count(";") == (5 if cookie.startswith(HOST) else 4)


def test_being_forgotten_takes_both_away() -> None:
    for cookie in forgotten(CookiePolicy()):
        assert "=; Path=/; Max-Age=0;" in cookie
