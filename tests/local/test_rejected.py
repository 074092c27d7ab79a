"""What `make rejected` and `make replay-rejected` print and read."""

import json
from pathlib import Path

import pytest
from headwater.lake.rejected import RejectedEvent, tally
from headwater.replay import Trial

from local.rejected import originals, report
from local.replay_rejected import read, told
from tests.examples import NOON, a_stored_track

EVENT = RejectedEvent(
    code="event_not_defined",
    path="$.event",
    message="a track call needs the name of its event",
    source_id="shop-web",
    received_at=NOON,
    original={"type": "track", "userId": "jürgen", "messageId": "m-1"},
)


def test_the_counts_are_a_table_with_nobody_in_it() -> None:
    assert list(report(tally([EVENT, EVENT]), hours=24)) == [
        "events  source    code               path     first (UTC)       last (UTC)",
        "2       shop-web  event_not_defined  $.event  2026-03-01 12:00  2026-03-01 12:00",
    ]


def test_nothing_rejected_is_said_in_a_sentence() -> None:
    assert list(report([], hours=6)) == ["no rejected event is found in the last 6 hours"]


def test_what_was_written_to_a_file_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "rejected.ndjson"
    file.write_text("".join(f"{line}\n" for line in originals([EVENT])), encoding="utf-8")

    assert list(read(file)) == [EVENT]
    assert "jürgen" in file.read_text(encoding="utf-8")


def test_a_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rejected.ndjson"
    file.write_text(f"{json.dumps(EVENT.to_json())}\nnonsense\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"rejected\.ndjson, line 2: not a rejected line"):
        list(read(file))


def test_a_trial_is_told_by_counts_and_says_that_nothing_was_sent() -> None:
    tried = Trial(
        taken=(a_stored_track(),), dropped=2, still_rejected={"event_not_defined": 3, "bad": 1}
    )

    assert list(told(tried, sent=False)) == [
        "would be taken now: 1",
        "dropped by choice or policy: 2",
        "still rejected, bad: 1",
        "still rejected, event_not_defined: 3",
        "nothing was sent: add SEND=1 to send them",
    ]
    assert next(told(tried, sent=True)) == "sent: 1"
