"""Asking the local lake from a terminal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.athena import Rows, __main__
from local.athena.printing import table
from local.generate.bucket import fill
from local.generate.events import generate

UNTIL = datetime(2026, 5, 20, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path, list(generate(events=40, days=2, seed=3, until=UNTIL)), until=UNTIL)
    return tmp_path


def test_a_question_is_answered_as_a_table(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = __main__.main(
        ["--directory", str(data), "SELECT count(*) > 30 AS many, 'x' AS letter FROM events"]
    )

    assert code == 0
    assert capsys.readouterr().out == "many  letter\n────  ──────\nTrue  x\n(1 row)\n"


def test_a_file_is_answered_as_comma_separated_values(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "question.sql"
    file.write_text("SELECT 1 AS one, 'a,b' AS two")

    for way in (["--file", str(file)], [str(file)]):
        assert __main__.main(["--directory", str(data), "--csv", *way]) == 0
        assert capsys.readouterr().out.splitlines() == ["one,two", '1,"a,b"']


def test_a_saved_query_is_asked_by_its_name(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["--directory", str(data), "rejected_events"]) == 0
    assert capsys.readouterr().out.startswith("source_id  code  path")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("SELECT nope FROM events", "'nope' could not be resolved"),
        ("SELECT 1 FROM", "Expected table name"),
        ("SELECT json_parse('x')", "Malformed JSON"),
        ("", "nothing asked"),
    ],
)
def test_a_bad_question_is_told_why_without_a_traceback(
    data: Path, capsys: pytest.CaptureFixture[str], question: str, message: str
) -> None:
    assert __main__.main(["--directory", str(data), question]) == 1

    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""


def test_a_table_puts_numbers_right_and_cuts_what_is_long() -> None:
    rows = Rows(
        ("name", "people", "share", "since", "list"),
        (
            ("a\nb", 10, 33.333333, datetime.fromisoformat("2026-03-01T10:00:00.250"), ["x", "y"]),
            ("c" * 60, None, 12345.6, None, []),
        ),
    )

    assert table(rows).splitlines() == [
        "name                                              people  share  since                list",
        f"{'─' * 48}  ──────  ─────  ───────────────────  ────",
        f"{'a b':48}      10  33.33  2026-03-01 10:00:00  x, y",
        f"{'c' * 47}…          12346",
        "(2 rows)",
    ]


def test_the_same_seed_makes_the_same_shop_and_another_seed_another() -> None:
    first, again, other = (
        list(generate(events=200, days=5, seed=seed, until=UNTIL)) for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_the_shop_has_everything_the_queries_are_about() -> None:
    events = list(generate(events=5_000, days=60, seed=1, until=UNTIL))
    ids = [event.message_id for event in events]

    assert len(set(ids)) < len(ids)  # copies
    assert any((event.received_at - event.timestamp).total_seconds() > 3_600 for event in events)
    assert any(event.timestamp > event.received_at for event in events)
    assert any(event.type == "alias" for event in events)
    assert any(event.violations for event in events)
    assert {event.event for event in events} >= {"Signed Up", "Order Completed"}
    shared = {event.anonymous_id for event in events if "kiosk" in (event.anonymous_id or "")}
    assert shared
    assert all(event.received_at < UNTIL for event in events)


def test_generated_data_is_landed_and_compacted_by_the_real_code(data: Path) -> None:
    assert list((data / "events").rglob("*.parquet"))
    assert list((data / "identity_changes").rglob("*.ndjson.gz"))
