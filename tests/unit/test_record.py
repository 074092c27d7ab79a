"""The stored event survives its line, and the lake's columns are where the line has them."""

import dataclasses
from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from headwater.columns import COLUMNS
from headwater.record import (
    REJECTED_MARK,
    Identity,
    Privacy,
    SourceReference,
    StoredEvent,
    to_iso,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import a_stored_track

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=10), JSON_VALUES, max_size=4
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
IDS = st.none() | TEXTS
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)

stored_events = st.builds(
    StoredEvent,
    type=st.sampled_from(["track", "page", "screen", "identify", "group", "alias"]),
    message_id=TEXTS,
    timestamp=MOMENTS,
    received_at=MOMENTS,
    source=st.builds(SourceReference, TEXTS, st.sampled_from(["browser", "server"])),
    anonymous_id=IDS,
    user_id=IDS,
    event=IDS,
    properties=OBJECTS,
    traits=OBJECTS,
    context=OBJECTS,
    original_timestamp=IDS,
    sent_at=st.none() | MOMENTS,
    identity=st.builds(
        Identity, anonymous_id=IDS, user_id=IDS, proven=st.booleans(), person_id=IDS
    ),
    enrichment=OBJECTS,
    privacy=st.builds(
        Privacy, no_share=st.booleans(), reasons=st.lists(TEXTS, max_size=2).map(tuple)
    ),
    violations=st.lists(OBJECTS, max_size=2).map(tuple),
)


@given(stored_events)
def test_an_event_read_back_from_its_line_is_the_same_event(event: StoredEvent) -> None:
    assert StoredEvent.from_json(orjson.loads(event.to_line())) == event


@given(stored_events)
def test_an_event_is_exactly_one_line_and_never_looks_rejected(event: StoredEvent) -> None:
    line = event.to_line()

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert not line.startswith(REJECTED_MARK)


def test_fields_that_segment_does_not_name_are_kept() -> None:
    event = smallest(extra={"_metadata": {"bundled": []}, "channel": "web"})

    again = StoredEvent.from_json(orjson.loads(event.to_line()))

    assert again.extra == {"_metadata": {"bundled": []}, "channel": "web"}


def test_a_field_of_the_client_never_replaces_one_of_ours() -> None:
    event = smallest(extra={"source": {"id": "forged"}, "receivedAt": "1970-01-01T00:00:00.000Z"})

    stored = event.to_json()

    assert stored["source"] == {"id": "web", "kind": "browser"}
    assert stored["receivedAt"] == "2026-03-01T10:00:00.000Z"


def test_times_are_written_in_utc_with_milliseconds() -> None:
    moment = datetime.fromisoformat("2026-03-01T12:00:00.123456+02:00")

    assert to_iso(moment) == "2026-03-01T10:00:00.123Z"


def test_every_column_reads_a_key_that_the_line_has() -> None:
    stored = smallest().to_json()

    top_level = {column.path.removeprefix("$.").split(".")[0] for column in COLUMNS}

    assert top_level <= stored.keys()


def test_column_names_are_unique_and_their_meanings_are_sentences() -> None:
    names = [column.name for column in COLUMNS]

    assert len(names) == len(set(names))
    assert all(column.meaning.endswith(".") for column in COLUMNS)


def smallest(**fields: Any) -> StoredEvent:
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    defaults: Mapping[str, Any] = {
        "type": "page",
        "message_id": "m1",
        "timestamp": moment,
        "received_at": moment,
        "source": SourceReference("web", "browser"),
    }
    return StoredEvent(**{**defaults, **fields})


def test_a_copy_has_its_changes_and_everything_else() -> None:
    event = a_stored_track()

    copy = replace(event, name="Cart", enrichment={"a": 1})

    assert copy == dataclasses.replace(event, name="Cart", enrichment={"a": 1})
    assert (event.name, event.enrichment) != (copy.name, copy.enrichment)


def test_a_copy_takes_no_field_the_event_does_not_have() -> None:
    with pytest.raises(TypeError, match="colour"):
        replace(a_stored_track(), colour="red")  # type: ignore[call-arg]
