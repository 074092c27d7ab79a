"""Headwater's own tag from the site's own path."""

import gzip
import hashlib

import pytest
from headwater.outcomes import Refused
from headwater.wire.answers import answer
from headwater.wire.replies import Reply
from headwater.wire.routes import TagJs, route
from headwater.wire.tag import file, hash_in_name, integrity

from tests.examples import a_request, a_workspace

HASHED = f"/ev/tag.{hash_in_name()}.js"


def ask(path: str = "/ev/tag.js", **headers: str) -> Reply:
    workspace = a_workspace()
    question = route("GET", path, workspace.prefix)
    assert isinstance(question, TagJs)
    return answer(question, a_request(b"", method="GET", headers=headers), workspace)


@pytest.mark.parametrize("path", ["/ev/tag.js", "/tag.js", HASHED])
def test_the_tag_is_served_under_both_names(path: str) -> None:
    reply = ask(path)

    assert (reply.status, reply.body) == (200, file())
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_plain_name_is_asked_for_again_and_the_hashed_one_never() -> None:
    assert ask().headers["cache-control"] == "public, max-age=3600"
    assert ask(HASHED).headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "coding", "suffix"),
    [
        ("gzip, deflate, br, zstd", "br", ".br"),
        ("gzip;q=1.0, BR;q=0.5", "br", ".br"),
        ("gzip", "gzip", ".gz"),
        ("br;q=0, gzip", "gzip", ".gz"),
    ],
)
def test_a_browser_gets_the_smallest_form_that_it_reads(
    accepted: str, coding: str, suffix: str
) -> None:
    reply = ask(**{"accept-encoding": accepted})

    assert (reply.headers["content-encoding"], reply.binary) == (coding, True)
    assert reply.body == file(suffix)
    assert "Accept-Encoding" in reply.headers["vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0, br;q=0.0", "zstd"])
def test_all_others_get_it_plain(accepted: str) -> None:
    reply = ask(**{"accept-encoding": accepted})

    assert "content-encoding" not in reply.headers
    assert (reply.body, reply.binary) == (file(), False)


def test_each_form_has_a_tag_of_its_own_and_is_not_sent_twice() -> None:
    forms = ["", "gzip", "br"]
    tags = [ask(**{"accept-encoding": form}).headers["etag"] for form in forms]

    again = [
        ask(**{"accept-encoding": form, "if-none-match": tag})
        for form, tag in zip(forms, tags, strict=True)
    ]

    assert len(set(tags)) == len(forms)
    assert [(reply.status, reply.body) for reply in again] == [(304, b"")] * len(forms)
    assert ask(**{"if-none-match": '"other"'}).status == 200


def test_the_zipped_form_holds_the_tag() -> None:
    # What is in the brotli form, `node tag/build.mjs --check` sees (tests/tag).
    assert gzip.decompress(file(".gz")) == file()


def test_another_hash_is_no_tag_and_is_not_kept() -> None:
    reply = ask("/ev/tag.0000000000000000.js")

    assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/tag.JS", "/tag..js", "/tag.0123.js", "/tag/tag.js", "/stub.js"])
def test_nothing_else_is_served(path: str) -> None:
    assert isinstance(route("GET", path, "/ev"), Refused)


def test_no_cookie_is_answered_whatever_the_browser_brings() -> None:
    workspace = a_workspace()
    request = a_request(b"", method="GET", cookies=("ajs_anonymous_id=a-1",))

    reply = answer(TagJs(None), request, workspace)

    assert "set-cookie" not in reply.headers


def test_the_hashes_are_of_the_file() -> None:
    assert hash_in_name() == hashlib.sha256(file()).hexdigest()[:16]
    assert integrity().startswith("sha384-")
    assert len(integrity()) == len("sha384-") + 64
