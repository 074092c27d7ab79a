"""The console's routes: the page's files, the live feed's wire, and clear words for what goes wrong."""

import json
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from headwater.lake.landing import LandingRecord

from local.console.application import Console
from local.console.event_view import EventView
from local.console.live import WATCHERS, Live
from local.console.page_files import PageFiles
from local.console.person import People
from local.console.questions import BusyError, Questions
from local.serving import Reply, Request
from tests.identity.memory_table import MemoryTable
from tests.local.console.lines import REJECTED, event_line, record
from tests.local.console.test_journey import MemoryLake, ways

PAGE = Path(__file__).resolve().parents[3] / "local" / "console" / "page"


class Reader:
    def __init__(self, *records: LandingRecord) -> None:
        self.waiting = list(records)

    def read(self) -> Iterator[LandingRecord]:
        came, self.waiting = self.waiting, []
        yield from came


@pytest.fixture
def reader() -> Reader:
    return Reader(record(event_line("m-1"), REJECTED), record(event_line("m-2"), sequence="101"))


@pytest.fixture
def lake() -> MemoryLake:
    return MemoryLake({"week": "2026-02-23", "came": "3"})


@pytest.fixture
def console(reader: Reader, lake: MemoryLake) -> Iterator[Console]:
    live = Live(reader, pause_seconds=0.001)  # type: ignore[arg-type]
    yield Console(
        about={"stage": "local"},
        epoch="e1",
        live=live,
        people=People(MemoryTable(), max_users_per_device=5),
        events=EventView(live, ways(lake), lake),
        questions=Questions(lake, seconds=lambda: 0.0),
        now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
        sleep=lambda _: None,
    )
    live.stop()


def get(console: Console, target: str, **headers: str) -> Reply:
    return console(Request("GET", target, tuple(headers.items())))


def answer(reply: Reply) -> Any:
    return json.loads(reply.body)


def news(console: Console, last: str = "") -> Generator[tuple[str, Any]]:
    """Yield id and data of each message of the feed; leaving it closes the connection."""
    stream = console(Request("GET", "/api/live", (("Last-Event-ID", last),))).stream
    assert stream is not None
    try:
        for piece in stream:
            lines = piece.decode().strip().split("\n")
            if lines[0].startswith("id: "):
                yield lines[0].removeprefix("id: "), json.loads(lines[1].removeprefix("data: "))
    finally:
        stream.close()


def test_the_feed_tells_what_came_and_goes_on_where_it_broke_off(
    console: Console, reader: Reader
) -> None:
    seen: list[str] = []
    feed = news(console)
    while len(seen) < 3:
        last, told = next(feed)
        seen += [row["kind"] for row in told["rows"]]
    feed.close()
    reader.waiting = [record(event_line("m-3"), sequence="102")]
    _, again = next(news(console, last))
    _, anew = next(news(console, "other-3"))

    assert seen == ["event", "rejected", "event"]
    assert ([row["messageId"] for row in again["rows"]], last) == (["m-3"], "e1-3")
    assert len(anew["rows"]) == 4  # numbers of another start mean nothing


def test_one_page_too_many_is_told_so(console: Console) -> None:
    feeds = [news(console) for _ in range(WATCHERS)]
    for feed in feeds:
        next(feed)
    stream = console(Request("GET", "/api/live")).stream
    assert stream is not None

    assert list(stream) == [b"retry: 5000\nevent: crowded\ndata: {}\n\n"]
    for feed in feeds:
        feed.close()
    assert next(news(console))


def test_an_event_and_a_line_are_found_by_what_their_rows_say(
    console: Console, lake: MemoryLake
) -> None:
    lake.answer = []
    feed = news(console)
    rows: list[Any] = []
    while len(rows) < 3:
        rows += next(feed)[1]["rows"]

    event = answer(get(console, "/api/event?id=m-1&deliveries=1"))
    rejected = answer(get(console, f"/api/event?key={rows[1]['key']}"))

    assert event["content"]["messageId"] == "m-1"
    assert event["person"]["userIds"] == ["user-1"]
    assert rejected["content"]["message"] == "a track call needs the name of its event"
    timeline = answer(get(console, "/api/timeline?kind=user&id=user-1"))
    assert [row["messageId"] for row in timeline] == ["m-1", "m-2"]


@pytest.mark.parametrize(
    "target",
    [
        "/api/event?id=none",
        "/api/event",
        "/api/person?id=nobody",
        "/api/person",
        "/api/person?id=undefined&kind=user",
        "/api/timeline?id=nobody",
        "/api/questions/none",
        "/api/questions/..%2Ffunnel",
        "/api/none",
        "/none",
        "/../application.py",
    ],
)
def test_what_is_not_there_is_a_404(console: Console, lake: MemoryLake, target: str) -> None:
    lake.answer = []

    assert get(console, target).status == 404


def test_a_saved_query_is_asked_by_its_name(console: Console, lake: MemoryLake) -> None:
    names = {each["name"] for each in answer(get(console, "/api/questions"))}
    funnel = answer(get(console, "/api/questions/funnel"))

    assert {"funnel", "sessions", "violations"} <= names
    assert funnel["rows"] == [{"week": "2026-02-23", "came": "3"}]
    assert lake.asked == [funnel["sql"]]


def test_a_lake_that_fails_and_a_second_question_are_told(lake: MemoryLake) -> None:
    questions = Questions(lake, seconds=lambda: 0.0)
    questions._asking.acquire()
    with pytest.raises(BusyError):
        questions.answer("funnel")
    questions._asking.release()
    lake.fault = "Athena: no end after 240 looks"
    with pytest.raises(Exception, match="no end"):
        questions.answer("funnel")
    lake.fault = ""
    assert questions.answer("funnel") is not None


def test_the_page_s_scripts_make_no_markup_of_strings_and_load_nothing_from_elsewhere() -> None:
    files = {path.name: path.read_text("utf-8") for path in PAGE.iterdir()}

    for name, text in files.items():
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "https://"):
            assert forbidden not in text, (name, forbidden)
    assert "<script>" not in files["index.html"]
    assert " style=" not in files["index.html"]


def test_files_are_served_with_their_types_and_asked_for_again_by_tag() -> None:
    page = PageFiles()
    script = page(Request("GET", "/main.js"))
    headers = dict(script.headers)

    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert dict(page(Request("GET", "/")).headers)["Content-Type"] == "text/html; charset=utf-8"
    again = page(Request("GET", "/main.js", (("If-None-Match", headers["ETag"]),)))
    assert (again.status, again.body) == (304, b"")
