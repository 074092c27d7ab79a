"""The exact statuses and bodies that clients live by."""

from typing import Any

import orjson
import pytest
from headwater.outcomes import RefuseCode, Refused, RejectCode, Rejected
from headwater.wire.replies import TAKEN, Reply, receipt, refused

_FAULT = Rejected(RejectCode.EVENT_NOT_DEFINED, "$.event", "say which", {"messageId": "m-1"})


def content(reply: Reply) -> tuple[int, Any]:
    return reply.status, orjson.loads(reply.body)


def test_success_is_exactly_200_and_true() -> None:
    assert content(TAKEN) == (200, {"success": True})
    assert content(receipt(1, [], single=True)) == (200, {"success": True})


def test_a_batch_is_told_what_became_of_each() -> None:
    assert content(receipt(2, [], single=False)) == (
        200,
        {"success": True, "accepted": 2, "rejected": []},
    )
    assert content(receipt(3, [(1, _FAULT)], single=False)) == (
        200,
        {
            "success": True,
            "accepted": 2,
            "rejected": [
                {
                    "index": 1,
                    "messageId": "m-1",
                    "code": "event_not_defined",
                    "message": "$.event: say which",
                }
            ],
        },
    )


def test_a_batch_of_which_nothing_was_taken_is_400() -> None:
    status, body = content(receipt(1, [(0, _FAULT)], single=False))

    assert (status, body["success"], body["code"]) == (400, False, "nothing_accepted")
    assert (body["accepted"], body["rejected"][0]["code"]) == (0, "event_not_defined")


def test_a_rejected_event_is_400_with_its_own_code() -> None:
    assert content(receipt(1, [(0, _FAULT)], single=True)) == (
        400,
        {
            "success": False,
            "code": "event_not_defined",
            "message": "$.event: say which",
            "error": "$.event: say which",
        },
    )


_OTHERS = {
    RefuseCode.SERVER_KEY_IN_BROWSER: 403,
    RefuseCode.NOT_FROM_EDGE: 403,
    RefuseCode.FOREIGN_PAGE: 403,
    RefuseCode.NOT_FOUND: 404,
    RefuseCode.METHOD_NOT_ALLOWED: 405,
    RefuseCode.OVERLOADED: 429,
    RefuseCode.UNAVAILABLE: 503,
}


@pytest.mark.parametrize("code", RefuseCode)
def test_every_refusal_is_permanent_unless_the_fault_is_ours(code: RefuseCode) -> None:
    reply = refused(Refused(code, "because"))

    assert content(reply) == (
        _OTHERS.get(code, 400),
        {"success": False, "code": code.value, "message": "because", "error": "because"},
    )


def test_only_a_passing_fault_says_when_to_come_back_to_old_and_new_clients() -> None:
    away = refused(Refused(RefuseCode.UNAVAILABLE, "later", 30)).headers
    gone = refused(Refused(RefuseCode.INVALID_JSON, "never")).headers

    assert (away["retry-after"], away["x-ratelimit-reset"]) == ("30", "30")
    assert not {"retry-after", "x-ratelimit-reset"} & gone.keys()


def test_no_answer_is_cached_sniffed_or_run() -> None:
    assert TAKEN.headers == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }


@pytest.mark.parametrize("odd", [None, "text", [], {}, {"messageId": 5}, {"messageId": {}}])
def test_a_receipt_names_a_message_id_only_where_there_is_one(odd: Any) -> None:
    fault = Rejected(RejectCode.EVENT_NOT_OBJECT, "$", "no", odd)

    _, body = content(receipt(2, [(0, fault)], single=False))

    assert body["rejected"][0]["messageId"] is None
