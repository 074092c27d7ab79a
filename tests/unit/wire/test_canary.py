"""The canary: an image for everybody, of which no trace is left."""

from headwater.collect import collect
from headwater.privacy.held import Held
from headwater.wire.replies import Reply

from tests.examples import NOON, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream


def ask(path: str = "/ev/px.gif", method: str = "GET") -> Reply:
    stream, store, asked_for = MemoryStream(), MemoryStore(), []

    def held() -> Held:
        asked_for.append(1)
        return Held(cookie_keys=(b"k" * 64,))

    reply = collect(
        a_request(
            b"",
            method=method,
            path=path,
            query="c",
            headers={"origin": "https://shop.example", "sec-fetch-site": "same-origin"},
            cookies=("ajs_anonymous_id=8aa50242-4f0a-42e1-afae-070ce389373c",),
        ),
        workspace=a_workspace(),
        stream=stream,
        store=store,
        now=NOON,
        new_id=lambda: "id",
        held=held,
    ).reply
    assert (stream.records, list(store.list("")), asked_for) == ([], [], [])
    return reply


def test_it_is_an_image_that_may_be_cached_and_sets_no_cookie() -> None:
    reply = ask()

    assert (reply.status, reply.binary, len(reply.body)) == (200, True, 43)
    assert reply.body.startswith(b"GIF89a")
    assert reply.headers["content-type"] == "image/gif"
    assert reply.headers["cache-control"] == "public, max-age=86400"
    assert reply.cookies == ()
    assert "set-cookie" not in reply.headers
    # A page on another of the site's origins must be able to see that it came.
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"


def test_no_event_is_taken_there() -> None:
    assert ask(method="POST").status == 405
    assert ask("/px.gif").body == ask("/ev/px.gif").body
