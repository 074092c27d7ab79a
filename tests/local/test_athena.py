"""Asking the local lake from a terminal."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from headwater.lake.views import saved_query

from local.athena import Rows, __main__
from local.athena.chart import funnel, page, sessions, weekly_retention
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
        ("tunnel", "no saved query is called tunnel: there are attribution,"),
        ("SELEC 1", "Line 1, Col: 7.\n  SELEC 1"),
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


def test_a_saved_query_is_drawn_on_a_page_that_needs_no_network(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "funnel.html"

    assert __main__.main(["--directory", str(data), "--chart", str(file), "funnel"]) == 0

    html = file.read_text("utf-8")
    assert capsys.readouterr().out.startswith("week")
    assert "<h1>Funnel: first page to sign-up to order</h1>" in html
    assert re.search(r"<(script|link|img)[^>]+(src|href)=", html) is None


def test_what_has_no_picture_says_which_have(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "no.html"

    assert __main__.main(["--directory", str(data), "--chart", str(file), "SELECT 1 AS one"]) == 1
    assert "funnel, sessions, weekly_retention" in capsys.readouterr().err
    assert not file.exists()


def test_a_page_shows_its_rows_and_nothing_of_theirs_is_markup() -> None:
    rows = Rows(("day", "sessions", "people"), (("<script>", 3, 2),))

    html = page(saved_query("sessions"), rows)

    assert "<td>&lt;script&gt;</td><td>3</td><td>2</td>" in html


def test_the_funnel_adds_up_the_weeks_and_shows_each_weeks_share() -> None:
    weeks = [
        {"week": date(2026, 5, day), "came": 10, "signed_up": 4, "ordered": day - 3}
        | {"signed_up_percent": 40.0, "ordered_percent": 10.0 * (day - 3)}
        for day in (4, 11)
    ]

    steps, signed_up, ordered = funnel(weeks).data

    assert (list(steps.y), list(steps.x)) == (["Came", "Signed up", "Ordered"], [20, 8, 9])
    assert (list(signed_up.y), list(ordered.y)) == ([40.0, 40.0], [10.0, 80.0])


def test_retention_is_a_triangle_with_nothing_where_no_week_has_been() -> None:
    first, second = date(2026, 5, 4), date(2026, 5, 11)
    rows = [
        {"cohort": first, "size": 1200, "weeks_later": 0, "people": 1200, "percent": 100.0},
        {"cohort": first, "size": 1200, "weeks_later": 1, "people": 300, "percent": 25.0},
        {"cohort": second, "size": 7, "weeks_later": 0, "people": 7, "percent": 100.0},
    ]

    (triangle,) = weekly_retention(rows).data

    assert list(triangle.y) == ["2026-05-04 (1,200)", "2026-05-11 (7)"]
    assert [list(row) for row in triangle.text] == [["100 %", "25 %"], ["100 %", ""]]


def test_sessions_and_people_are_two_lines_over_days() -> None:
    rows = [{"day": "2026-05-04", "sessions": 5, "people": 3}]

    lines = sessions(rows).data

    assert [(line.name, list(line.x), list(line.y)) for line in lines] == [
        ("Sessions", ["2026-05-04"], [5]),
        ("People", ["2026-05-04"], [3]),
    ]
