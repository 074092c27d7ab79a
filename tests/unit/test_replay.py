"""Rejected events: read back, counted, and sent again after a fix."""

import gzip
from array import array
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from headwater.collect import collect
from headwater.lake.rejected import RejectedEvent, Tally, chosen, rejected_since, tally
from headwater.outcomes import RefuseCode, Refused
from headwater.privacy.suppressed import Suppressed, hashed
from headwater.replay import Trial, replay, trial
from headwater.tracking_plan import Modes
from headwater.workspace import Limits, Workspace

from tests.examples import BROWSER_KEY, NOON, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream, RefusingStore
from tests.unit.tracking_plan.plans import a_plan

STRICT = a_workspace(limits=Limits(event_bytes=300))
LARGE = {"userId": "u-1", "event": "Essay Written", "properties": {"text": "x" * 300}}


def sent(
    message: dict[str, Any],
    workspace: Workspace,
    path: str = "/v1/track",
    headers: dict[str, str] | None = None,
) -> list[bytes]:
    """Return the lines that the collector writes for the message."""
    stream = MemoryStream()
    body = {"writeKey": BROWSER_KEY, **message}
    collect(
        a_request(body, path=path, headers=headers or {}),
        workspace=workspace,
        stream=stream,
        store=MemoryStore(),
        now=NOON,
        new_id=lambda: "made-up",
    )
    return stream.lines


def tried_again(events: list[RejectedEvent], workspace: Workspace) -> Trial:
    return trial(events, workspace, Suppressed())


def rejected(message: dict[str, Any], **other: Any) -> RejectedEvent:
    (line,) = sent(message, STRICT, **other)
    return RejectedEvent.from_line(line)


def test_after_a_fix_the_event_is_stored_as_if_it_had_been_taken_at_once() -> None:
    times = {"timestamp": "2026-03-01T11:00:00.000Z", "sentAt": "2026-03-01T11:59:00.000Z"}
    message = {**LARGE, **times, "messageId": "m-1", "type": "track"}
    stream = MemoryStream()

    ended = replay(
        tried_again([rejected(message)], a_workspace()),
        stream=stream,
        store=MemoryStore(),
        request_id="replay-1",
        now=NOON + timedelta(days=3),
    )

    assert ended is None
    assert stream.lines == sent(message, a_workspace())


def test_a_trial_sends_nothing_and_says_what_is_still_wrong() -> None:
    nameless = {"type": "track", "userId": "u-1", "messageId": "m-2"}
    unknown = replace(rejected(LARGE), source_id="gone")

    tried = tried_again(
        [rejected(LARGE), rejected(nameless), rejected(nameless), unknown], a_workspace()
    )

    assert [event.event for event in tried.taken] == ["Essay Written"]
    assert tried.still_rejected == {"event_not_defined": 2, "unknown_source": 1}


def test_the_type_that_only_the_path_said_is_kept_for_the_second_chance() -> None:
    identify = {"userId": "u-1", "traits": {"bio": "x" * 300}}

    tried = tried_again([rejected(identify, path="/v1/identify")], a_workspace())

    assert [event.type for event in tried.taken] == ["identify"]


def test_an_event_without_an_id_gets_the_same_one_each_time() -> None:
    first, second = (tried_again([rejected(LARGE)], a_workspace()).taken[0] for _ in range(2))

    assert first == second
    assert first.message_id.startswith("replay-")


def test_a_line_that_landed_twice_is_replayed_once() -> None:
    event = rejected({**LARGE, "messageId": "m-1"})

    assert len(tried_again([event, event], a_workspace()).taken) == 1


def test_when_neither_stream_nor_bucket_takes_it_that_is_said() -> None:
    ended = replay(
        tried_again([rejected(LARGE)], a_workspace()),
        stream=MemoryStream(down=True),
        store=RefusingStore(),
        request_id="replay-1",
        now=NOON,
    )

    assert isinstance(ended, Refused)
    assert ended.code == RefuseCode.UNAVAILABLE


def test_nobody_is_shown_by_accident() -> None:
    event = rejected({**LARGE, "userId": "peter"})

    assert "peter" not in f"{event!r} {tried_again([event], a_workspace())!r}"


def landed(store: MemoryStore, key: str, *lines: bytes) -> None:
    store.put(f"rejected/{key}.ndjson.gz", gzip.compress(b"".join(lines)))


def test_the_bucket_is_read_from_an_hour_on_and_each_line_once() -> None:
    store = MemoryStore()
    old, new = sent({"userId": "u-1"}, STRICT), sent({"userId": "u-2"}, STRICT)
    landed(store, "dt=2026-03-01/hr=10/s-1-2", *old)
    landed(store, "dt=2026-03-01/hr=11/s-3-4", *new)
    landed(store, "dt=2026-03-02/hr=00/s-3-5", *new)

    found = list(rejected_since(NOON - timedelta(minutes=30), store))

    assert [event.original["userId"] for event in found] == ["u-2"]


def test_a_tally_counts_by_source_code_and_path_the_most_frequent_first() -> None:
    large = rejected(LARGE)
    later = replace(large, received_at=NOON + timedelta(hours=1))
    nameless = rejected({"userId": "u-1"})

    assert tally([nameless, later, large]) == [
        Tally(
            code="event_too_large",
            path="$",
            source_id="web",
            times=2,
            first=NOON,
            last=NOON + timedelta(hours=1),
        ),
        Tally(
            code="event_not_defined",
            path="$.event",
            source_id="web",
            times=1,
            first=NOON,
            last=NOON,
        ),
    ]


def test_events_are_chosen_by_code_and_source() -> None:
    large, nameless = rejected(LARGE), rejected({"userId": "u-1"})
    others = replace(large, source_id="other")
    events = [large, nameless, others]

    assert list(chosen(events, {"code": None, "source_id": ""})) == events
    assert list(chosen(events, {"code": "event_too_large", "source_id": "web"})) == [large]


@pytest.mark.parametrize("line", [b"", b"!", b"[]", b"{}", b'!{"code":"x"}', b"null"])
def test_what_is_no_rejected_line_is_named_as_such(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a rejected line"):
        RejectedEvent.from_line(line)


def test_a_line_reads_back_as_it_was_written() -> None:
    (line,) = sent({"userId": "u-1"}, STRICT)

    event = RejectedEvent.from_line(line)

    assert RejectedEvent.from_line(orjson.dumps(event.to_json())) == event
    assert tried_again([event], STRICT) == Trial(still_rejected={"event_not_defined": 1})


@pytest.mark.parametrize(
    ("effect", "decision"), [("no-share", "full"), ("cookieless", "cookieless")]
)
def test_a_second_chance_is_no_freer_than_the_first(effect: str, decision: str) -> None:
    strict, fixed = (
        a_workspace(limits=limits, privacy={"template": "us", "gpc": effect})
        for limits in (Limits(event_bytes=300), Limits())
    )
    message = {**LARGE, "type": "track", "messageId": "m-1"}
    (line,) = sent(message, strict, headers={"sec-gpc": "1"})

    (taken,) = tried_again([RejectedEvent.from_line(line)], fixed).taken

    assert (taken.privacy.decision, taken.privacy.no_share) == (decision, True)
    assert taken.privacy.reasons == ("gpc",)
    assert (taken.identity.user_id is None) == (decision == "cookieless")
    assert [taken.to_line()] == sent(message, fixed, headers={"sec-gpc": "1"})


def test_a_user_id_that_pages_must_prove_is_put_aside_at_a_replay() -> None:
    signing = {"mode": "enforce", "secrets": ["secret:user-token-key"]}
    enforcing = a_workspace(identity={"signing": signing})

    (taken,) = tried_again([rejected(LARGE)], enforcing).taken

    assert (taken.user_id, taken.identity.user_id) == (None, None)
    assert taken.enrichment["claimedUserId"] == "u-1"


def test_what_the_plan_rejected_is_taken_as_if_at_once_when_the_plan_is_fixed(
    tmp_path: Path,
) -> None:
    strict = a_workspace()
    rejecting = strict.sources[0].model_copy(update={"tracking_plan": Modes(violations="reject")})
    strict = strict.model_copy(update={"sources": (rejecting, *strict.sources[1:])})
    planned = 'name = "Essay Written"\n[properties.text]\ntype = '
    wrong = strict.with_plan(a_plan(tmp_path / "wrong", {"a.toml": f'{planned}"integer"'}))
    fixed = strict.with_plan(a_plan(tmp_path / "fixed", {"a.toml": f'{planned}"string"'}))
    message = {**LARGE, "type": "track", "context": {"userToken": "secret"}}
    (line,) = sent(message, wrong)
    event = RejectedEvent.from_line(line)

    tried = tried_again([event], fixed)

    assert (event.code, event.path) == ("schema_violation", "properties.text")
    assert event.original["messageId"] == "made-up"
    assert b"secret" not in line
    assert [each.to_line() for each in tried.taken] == sent(message, fixed)
    assert tried_again([event], wrong).still_rejected == {"schema_violation": 1}


def test_nobody_who_was_suppressed_since_gets_a_second_chance() -> None:
    key = b"k" * 32
    suppressed = Suppressed(key, array("Q", [hashed("user", "u-1", key)]))
    other = rejected({**LARGE, "userId": "u-2"})

    tried = trial([rejected(LARGE), other], a_workspace(), suppressed)

    assert [event.user_id for event in tried.taken] == ["u-2"]
    assert tried.dropped == 1
