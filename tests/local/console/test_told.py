"""What the page is told of a line, whatever the line holds."""

import orjson
import pytest
from headwater.record import REJECTED_MARK

from local.console.told import told
from tests.local.console.lines import REJECTED, event_line, record


def test_a_record_is_told_line_by_line_with_its_place() -> None:
    lines = list(told(record(event_line("m-1"), REJECTED, b"not json", sequence="7")))

    assert [line.kind for line in lines] == ["event", "rejected", "unreadable"]
    assert [line.key.rpartition(":")[2] for line in lines] == ["0", "1", "2"]
    assert lines[0].row["title"] == "Boots Tried"
    assert (lines[0].message_id, lines[0].row["userId"]) == ("m-1", "user-1")
    assert (lines[1].message_id, lines[1].row["code"]) == ("m-bad", "event_not_defined")
    assert lines[2].content == "not json"


def test_a_row_counts_violations_and_cuts_what_is_long() -> None:
    (line,) = told(record(event_line("m-1", event="x" * 900, violations=({"type": "a"},) * 2)))

    assert line.row["violations"] == 2
    assert len(line.row["title"]) == 200


@pytest.mark.parametrize("field", ["enrichment", "identity", "violations", "source", "privacy"])
@pytest.mark.parametrize("strange", [None, 7, ["a"]])
def test_a_line_of_no_collector_of_ours_is_told_and_stops_nothing(
    field: str, strange: object
) -> None:
    content = orjson.loads(event_line("m-1")) | {field: strange}

    (line,) = told(record(orjson.dumps(content)))

    assert line.kind in {"event", "unreadable"}


@pytest.mark.parametrize("original", [None, [], "text", {"messageId": {"a": 1}, "event": [1]}])
def test_a_rejected_line_may_hold_anything(original: object) -> None:
    content = orjson.loads(REJECTED.removeprefix(REJECTED_MARK)) | {"original": original}

    (line,) = told(record(REJECTED_MARK + orjson.dumps(content)))

    assert line.kind == "rejected"
    assert isinstance(orjson.dumps(dict(line.row)), bytes)
