"""The story of a request, from its bytes to its answer."""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson
from headwater.collect import collect
from headwater.outcomes import RefuseCode
from headwater.wire.ending import Collected
from headwater.wire.pixel import GIF
from headwater.wire.request import Request

from tests.examples import BROWSER_KEY, NOON, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream, RefusingStore


class Door:
    """A collector over memory, which numbers the ids that it makes up."""

    def __init__(
        self, stream: MemoryStream | None = None, store: MemoryStore | None = None
    ) -> None:
        self.stream = stream or MemoryStream()
        self.store = store or MemoryStore()
        self.ids = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def take(self, request: Request, **workspace: Any) -> Collected:
        return collect(
            request,
            workspace=a_workspace(**workspace),
            stream=self.stream,
            store=self.store,
            now=NOON,
            new_id=self.new_id,
        )

    @property
    def stored(self) -> list[Any]:
        return [orjson.loads(line) for line in self.stream.lines if line[:1] == b"{"]

    @property
    def rejected(self) -> list[Any]:
        return [orjson.loads(line[1:]) for line in self.stream.lines if line[:1] == b"!"]


def a_batch(*events: Any, **envelope: Any) -> Request:
    return a_request({"writeKey": BROWSER_KEY, "batch": events, **envelope}, path="/ev/v1/batch")


def a_track(**fields: Any) -> Mapping[str, Any]:
    return {"type": "track", "event": "E", "userId": "u-1", **fields}


def answer(collected: Collected) -> tuple[int, Any]:
    return collected.reply.status, orjson.loads(collected.reply.body)


def test_an_event_is_validated_enriched_and_committed_before_its_200() -> None:
    door = Door()
    body = {
        "writeKey": BROWSER_KEY,
        "anonymousId": "a-1",
        "event": "Order Completed",
        "messageId": "m-1",
        "timestamp": "2026-03-01T11:59:00Z",
        "sentAt": "2026-03-01T11:59:10Z",
        "context": {"page": {"url": "https://shop.example/done"}, "userToken": "secret"},
        "_metadata": {"bundled": []},
    }

    collected = door.take(a_request(body, path="/ev/v1/t", address="203.0.113.66"))

    assert answer(collected) == (200, {"success": True})
    assert (collected.accepted, collected.source_id, collected.committed_to) == (1, "web", "stream")
    assert door.stored == [
        {
            "schema": 1,
            "type": "track",
            "messageId": "m-1",
            "anonymousId": "a-1",
            "userId": None,
            "previousId": None,
            "groupId": None,
            "event": "Order Completed",
            "name": None,
            "category": None,
            "properties": {},
            "traits": {},
            "context": {"page": {"url": "https://shop.example/done"}, "ip": "203.0.113.66"},
            "integrations": {},
            "originalTimestamp": "2026-03-01T11:59:00Z",
            "sentAt": "2026-03-01T11:59:10.000Z",
            "timestamp": "2026-03-01T11:59:50.000Z",
            "receivedAt": "2026-03-01T12:00:00.000Z",
            "source": {"id": "web", "kind": "browser"},
            "identity": {
                "anonymousId": "a-1",
                "userId": None,
                "previousId": None,
                "groupId": None,
                "proven": False,
            },
            "enrichment": {
                "page": {
                    "url": "https://shop.example/done",
                    "host": "shop.example",
                    "path": "/done",
                },
                "referrer": {"kind": "direct"},
                "channel": "Direct",
            },
            "privacy": {"decision": "full", "noShare": False, "reasons": []},
            "violations": [],
            "_metadata": {"bundled": []},
        }
    ]
    assert [record.partition_key for record in door.stream.records] == ["a-1"]


def test_gzip_is_read_whatever_the_headers_say() -> None:
    door = Door()
    body = gzip.compress(orjson.dumps({"writeKey": BROWSER_KEY, **a_track()}))

    assert door.take(a_request(body)).reply.status == 200
    assert door.take(a_request(body, headers={"content-encoding": "br"})).reply.status == 200
    assert len(door.stored) == 2


def test_a_bad_event_never_costs_the_others_of_its_batch() -> None:
    door = Door()

    collected = door.take(
        a_batch(a_track(messageId="m-1"), {"type": "nope", "messageId": "m-2"}, 5, a_track())
    )

    status, body = answer(collected)
    assert (status, body["success"], body["accepted"]) == (200, True, 2)
    assert [(each["index"], each["messageId"], each["code"]) for each in body["rejected"]] == [
        (1, "m-2", "type_unknown"),
        (2, None, "event_not_object"),
    ]
    assert [event["messageId"] for event in door.stored] == ["m-1", "id-1"]
    assert collected.rejected == {"type_unknown": 1, "event_not_object": 1}


def test_what_is_rejected_is_kept_with_its_fault_and_without_its_key() -> None:
    door = Door()
    item = {"type": "nope", "writeKey": BROWSER_KEY, "context": {"userToken": "s", "a": 1}}

    status, _ = answer(door.take(a_batch(item)))

    assert status == 400
    assert door.rejected == [
        {
            "code": "type_unknown",
            "path": "$.type",
            "message": "type must be one of track, page, screen, identify, group, alias",
            "sourceId": "web",
            "receivedAt": "2026-03-01T12:00:00.000Z",
            "original": {"type": "nope", "context": {"a": 1}},
        }
    ]


def test_an_event_that_is_too_large_is_kept_without_its_key() -> None:
    door = Door()
    large = {"writeKey": BROWSER_KEY, **a_track(properties={"a": "x" * 40_000})}

    status, body = answer(door.take(a_request(large)))

    assert (status, body["code"]) == (400, "event_too_large")
    assert door.rejected[0]["original"] == a_track(properties={"a": "x" * 40_000})


def test_a_batch_sent_as_one_event_is_kept_without_its_keys() -> None:
    door = Door()
    item = {"writeKey": BROWSER_KEY, "event": "E", "context": {"userToken": "secret"}}

    door.take(a_request({"writeKey": BROWSER_KEY, "batch": [item, "text"]}, path="/v1/track"))

    (rejected,) = door.rejected
    assert rejected["original"]["batch"] == [{"event": "E", "context": {}}, "text"]


def test_the_key_is_stored_nowhere() -> None:
    door = Door()

    door.take(a_batch(a_track(writeKey=BROWSER_KEY), {"type": "no", "writeKey": BROWSER_KEY}))
    door.take(a_request({"writeKey": BROWSER_KEY, **a_track()}))

    assert len(door.stream.lines) == 3
    assert not [line for line in door.stream.lines if BROWSER_KEY.encode() in line]


def test_a_request_of_nobody_we_know_stores_nothing() -> None:
    door = Door()

    assert answer(door.take(a_request(a_track())))[1]["code"] == "no_write_key"
    assert answer(door.take(a_request({"writeKey": "unknown", **a_track()})))[1]["code"] == (
        "unknown_write_key"
    )
    refused = door.take(
        a_request({"writeKey": SERVER_KEY, **a_track()}, headers={"origin": "https://shop.example"})
    )
    assert (refused.reply.status, refused.refused) == (403, RefuseCode.SERVER_KEY_IN_BROWSER)
    assert door.stream.records == []


def test_a_refused_answer_can_be_read_by_the_page_that_asked() -> None:
    reply = Door().take(a_request(b"{", headers={"origin": "https://shop.example"})).reply

    assert reply.status == 400
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"


def test_an_unlisted_origin_is_taken_without_permission() -> None:
    door = Door()

    reply = door.take(a_request(headers={"origin": "https://evil.example"})).reply

    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers
    assert len(door.stored) == 1


def test_a_browser_that_names_nobody_is_known_by_its_cookie() -> None:
    door = Door()
    body = {"writeKey": BROWSER_KEY, "event": "E"}

    door.take(a_request(body, cookies=("ajs_anonymous_id=a-7",)))
    door.take(a_request(body, cookies=("ajs_anonymous_id=<script>",)))
    door.take(a_request(body | {"userId": "u"}, cookies=("ajs_anonymous_id=a-7",)))
    without = door.take(a_request(body))

    # ids are made up in turn: the first message's, the second's visitor, then its message's …
    assert [event["anonymousId"] for event in door.stored] == ["a-7", "id-2", None]
    assert answer(without)[1]["code"] == "id_required"


def test_a_servers_cookies_are_nobodys() -> None:
    request = a_request({"writeKey": SERVER_KEY, "event": "E"}, cookies=("ajs_anonymous_id=a-7",))

    assert answer(Door().take(request))[1]["code"] == "id_required"


def test_what_the_stream_does_not_take_is_spilled_and_counts_as_taken() -> None:
    door = Door(MemoryStream(down=True))

    collected = door.take(a_batch(a_track(messageId="m-1"), a_track(messageId="m-2"), 5))

    assert (collected.reply.status, collected.committed_to) == (200, "spill")
    ((key, body),) = door.store.objects.items()
    assert key.startswith("spill/dt=2026-03-01/hr=12/request-1-")
    assert key.endswith(".ndjson.gz")
    lines = gzip.decompress(body).splitlines()
    assert [line[:1] for line in lines] == [b"{", b"{", b"!"]


def test_an_object_that_is_there_already_is_an_acknowledgement() -> None:
    door = Door(MemoryStream(down=True))
    request = a_batch(a_track(messageId="m-1"))

    assert [door.take(request).reply.status for _ in range(2)] == [200, 200]
    assert len(door.store.objects) == 1


def test_other_lines_under_the_same_request_id_are_another_object() -> None:
    door = Door(MemoryStream(down=True))

    door.take(a_batch(a_track(messageId="m-1")))
    door.take(a_batch(a_track(messageId="m-2")))

    assert len(door.store.objects) == 2


def test_when_nothing_can_be_stored_the_client_is_told_when_to_come_back() -> None:
    collected = Door(MemoryStream(down=True), RefusingStore()).take(a_batch(a_track()))

    status, body = answer(collected)
    assert (status, body["success"], body["code"]) == (503, False, "unavailable")
    assert collected.reply.headers["retry-after"] == "30"
    assert collected.reply.headers["x-ratelimit-reset"] == "30"
    assert collected.committed_to is None


def test_a_pixel_is_an_image_whatever_became_of_its_event() -> None:
    door = Door()
    query = f"writeKey={BROWSER_KEY}&userId=u-1&event=Opened&properties.subject=Hi"

    replies = [
        door.take(a_request(b"", method="GET", path="/v1/pixel/track", query=query)).reply
        for query in (query, "data=%%%", "writeKey=unknown", f"writeKey={BROWSER_KEY}")
    ]

    assert [(reply.status, reply.body) for reply in replies] == [(200, GIF.body)] * 4
    assert [(event["event"], event["properties"]) for event in door.stored] == [
        ("Opened", {"subject": "Hi"})
    ]
    assert door.rejected[0]["code"] == "event_not_defined"


def test_a_pixel_that_could_not_be_stored_does_not_say_200() -> None:
    door = Door(MemoryStream(down=True), RefusingStore())
    query = f"writeKey={BROWSER_KEY}&userId=u-1&event=Opened"

    reply = door.take(a_request(b"", method="GET", path="/v1/pixel/track", query=query)).reply

    assert (reply.status, reply.body) == (503, GIF.body)


def test_a_declared_overload_is_429_with_both_headers_and_reads_nothing() -> None:
    door = Door()
    query = f"writeKey={BROWSER_KEY}&userId=u-1&event=Opened"

    upload = door.take(a_request(b"{"), overload={"retry_after_seconds": 90}).reply
    image = door.take(
        a_request(b"", method="GET", path="/v1/pixel/track", query=query), overload={}
    ).reply
    question = door.take(a_request(method="GET", path="/v1/health"), overload={}).reply

    assert (upload.status, orjson.loads(upload.body)["code"]) == (429, "overloaded")
    assert (upload.headers["retry-after"], upload.headers["x-ratelimit-reset"]) == ("90", "90")
    assert (image.status, image.body, question.status) == (429, GIF.body, 200)
    assert door.stream.records == []


def test_a_request_that_went_around_the_edge_is_refused() -> None:
    door = Door()
    policy = {"secret_sha256": [sha256(b"of the edge").hexdigest()]}
    viewer = {"cloudfront-viewer-address": "2001:db8::7:443", "cloudfront-viewer-country": "NL"}

    around = door.take(a_request(headers=viewer), edge=policy)
    through = door.take(
        a_request(headers={**viewer, "x-origin-secret": "of the edge"}, address="192.0.2.1"),
        edge=policy,
    )

    assert (around.reply.status, around.refused) == (403, RefuseCode.NOT_FROM_EDGE)
    assert through.reply.status == 200
    (stored,) = door.stored
    assert stored["context"]["ip"] == "2001:db8::7"
    assert stored["enrichment"]["geo"] == {"country": "NL"}


def test_without_an_edge_nobody_speaks_for_the_visitor() -> None:
    door = Door()
    forged = {"cloudfront-viewer-address": "8.8.8.8:1", "cloudfront-viewer-country": "NL"}

    door.take(a_request(headers=forged | {"x-forwarded-for": "8.8.8.8"}, address="192.0.2.1"))

    (stored,) = door.stored
    assert stored["context"]["ip"] == "192.0.2.1"
    assert "geo" not in stored["enrichment"]
