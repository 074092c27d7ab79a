"""Single requests against the running stack: both ways in, refusals, and what becomes of them."""

import base64
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from local.athena import Lake
from local.endpoints import Endpoints
from tests.e2e.stack import Stack, eventually, get, post


def a_track(**other: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Tested",
        "messageId": f"e2e-{uuid4()}",
        "anonymousId": str(uuid4()),
        **other,
    }


def basic(key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"}


def test_the_emulators_own_http_api_takes_an_event_too(stack: Stack) -> None:
    event = a_track()
    endpoints = stack.endpoints

    answer = post(
        f"{endpoints.api}{endpoints.prefix}/v1/t",
        event,
        basic(endpoints.write_key) | {"x-origin-secret": endpoints.origin_secret},
    )

    assert answer == (200, {"success": True})
    assert [row["event"] for row in stack.rows({event["messageId"]})] == ["Tested"]


def test_health_answers_under_the_prefix_and_without_it(endpoints: Endpoints) -> None:
    with_prefix = get(f"{endpoints.site}{endpoints.prefix}/v1/health")

    assert get(f"{endpoints.collector}/v1/health") == with_prefix
    assert get(f"{endpoints.collector}{endpoints.prefix}/v1/health") == with_prefix


def test_the_settings_document_names_the_site_it_was_asked_on(endpoints: Endpoints) -> None:
    path = f"{endpoints.prefix}/v1/projects/{endpoints.write_key}/settings"

    document = json.loads(get(f"{endpoints.site}{path}"))

    host = endpoints.site.removeprefix("http://")
    assert document["integrations"]["Segment.io"]["apiHost"] == f"{host}{endpoints.prefix}/v1"


def test_the_same_event_sent_three_times_is_one_event(stack: Stack) -> None:
    event = a_track()
    url = f"{stack.endpoints.collector}/v1/track"

    for _ in range(3):
        assert post(url, event, basic(stack.endpoints.write_key))[0] == 200
    later = a_track()
    post(url, later, basic(stack.endpoints.write_key))

    rows = stack.rows({event["messageId"], later["messageId"]})
    assert sorted(row["message_id"] for row in rows) == sorted(
        [event["messageId"], later["messageId"]]
    )


def test_a_gzipped_body_under_a_json_content_type_arrives_whole(stack: Stack) -> None:
    events = [a_track(properties={"n": number, "text": "ünï"}) for number in range(50)]
    body = gzip.compress(json.dumps({"batch": events}).encode())

    status, answer = post(
        f"{stack.endpoints.site}{stack.endpoints.prefix}/v1/batch",
        body,
        basic(stack.endpoints.write_key)
        | {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )

    assert (status, answer["success"]) == (200, True)
    rows = stack.rows({event["messageId"] for event in events})
    assert sorted(json.loads(row["properties"])["n"] for row in rows) == list(range(50))


def test_a_burst_of_sixty_at_once_is_taken_whole(stack: Stack) -> None:
    events = [a_track() for _ in range(60)]
    url, key = f"{stack.endpoints.collector}/v1/t", basic(stack.endpoints.write_key)

    with ThreadPoolExecutor(len(events)) as clients:
        answers = list(clients.map(lambda event: post(url, event, key), events))

    assert answers == [(200, {"success": True})] * len(events)
    ids = {event["messageId"] for event in events}
    assert sorted(row["message_id"] for row in stack.rows(ids)) == sorted(ids)


def test_a_rejected_event_is_kept_with_its_reason_and_its_neighbours_go_on(stack: Stack) -> None:
    good, bad = a_track(), a_track(event=None)
    batch = {"batch": [good, bad]}

    status, answer = post(
        f"{stack.endpoints.collector}/v1/batch", batch, basic(stack.endpoints.write_key)
    )

    assert (status, answer["success"]) == (200, True)
    assert [row["message_id"] for row in stack.rows({good["messageId"]})] == [good["messageId"]]
    lake = Lake.open(stack.endpoints)

    def look() -> list[tuple[Any, ...]]:
        lake.refresh()
        rows = lake.query("SELECT code, source_id, original FROM rejected").rows
        return [row for row in rows if bad["messageId"] in row[2]]

    rejected = eventually(look, lambda rows: len(rows) == 1)
    assert [(code, source_id) for code, source_id, _ in rejected] == [
        ("event_not_defined", "shop-web")
    ]


def test_an_unknown_key_is_refused_with_a_code(endpoints: Endpoints) -> None:
    status, answer = post(f"{endpoints.collector}/v1/t", a_track(), basic("nobodysKey00000"))

    assert (status, answer["success"], answer["code"]) == (400, False, "unknown_write_key")


def test_a_server_key_seen_in_a_browser_is_refused(endpoints: Endpoints) -> None:
    status, answer = post(
        f"{endpoints.collector}/v1/t",
        a_track(),
        basic(endpoints.server_key) | {"Origin": endpoints.site},
    )

    assert (status, answer["code"]) == (403, "server_key_in_browser")


def test_a_destination_that_fails_gets_the_event_later(stack: Stack) -> None:
    event = a_track(type="page", event=None, name="Retried")
    stack.fail(2, about=event["messageId"], status=503, retry_after=1)

    post(f"{stack.endpoints.collector}/v1/p", event, basic(stack.endpoints.write_key))

    assert set(stack.webhooks({event["messageId"]})) == {event["messageId"]}
    attempts = [
        request["status"]
        for request in stack.received()
        if isinstance(request["body"], dict)
        and request["body"].get("messageId") == event["messageId"]
    ]
    # At least once: when the stream's answer was late, it has the event twice and so has the destination.
    assert (attempts[:3], set(attempts[3:]) - {200}) == ([503, 503, 200], set())
