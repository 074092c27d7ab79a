"""`make load` over HTTP into the real collector: history keeps its time, and nothing is lost or twice."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from collector import app

from local.edge import Collector
from local.load import __main__ as command
from local.load import history, users
from local.load.batches import batches, body
from local.load.call import Call, Unusable
from local.load.files import FilesError, Line, lines, matching
from local.load.ledger import Ledger
from local.load.loading import Load
from local.load.sending import Importer, StoppedError
from local.serving import Reply, Request, Server
from tests.examples import BROWSER_KEY, SERVER_KEY, a_workspace
from tests.fakes import MemoryStore, MemoryStream

pytestmark = pytest.mark.enable_socket

Answer = Callable[[Request], Reply | None]


@dataclass
class Collecting:
    """The collector behind HTTP, with an answer of somebody before it for a while."""

    url: str
    stream: MemoryStream
    before: list[Reply | None] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.lines if line.startswith(b"{")]


@pytest.fixture
def collecting() -> Iterator[Collecting]:
    stream = MemoryStream()
    means = app.Adapters(a_workspace(), stream, MemoryStore())
    found = Collecting("", stream)

    def invoke(payload: bytes) -> tuple[bytes, bool]:
        return json.dumps(
            app.respond(json.loads(payload), means, now=datetime.now(UTC))
        ).encode(), False

    collector = Collector(invoke, log=print)

    def application(request: Request) -> Reply:
        planned = found.before.pop(0) if found.before and request.path.endswith("/import") else None
        return planned or collector(request)

    with Server(application, 0, log=lambda _: None) as server:
        found.url = f"{server.url}/ev"
        yield found


def loader(to: Collecting, tmp_path: Path, waits: list[float] | None = None) -> Load:
    slept = waits if waits is not None else []
    importer = Importer(to.url, SERVER_KEY, sleep=slept.append, random=lambda: 0.5)
    return Load(
        importer,
        Ledger(tmp_path / "ledger.json"),
        tmp_path / "rejected.ndjson",
        events_a_second=1e9,
        sleep=slept.append,
    )


def old_track(number: int, **other: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"old-{number}",
        "userId": f"user-{number}",
        "timestamp": "2024-05-01T10:00:00.000Z",
        "sentAt": "2024-05-01T10:00:01.000Z",
        "receivedAt": "2024-05-01T10:00:02.000Z",
        "writeKey": "another-pipelines-key",
        **other,
    }


def written(path: Path, events: list[dict[str, Any]], *, packed: bool = False) -> Path:
    content = "".join(json.dumps(event) + "\n" for event in events).encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def run(load: Load, *files: Path, deliver: bool = False) -> None:
    for _ in load.run(files, lambda file: history.calls(file, deliver=deliver)):
        pass


def test_history_keeps_its_time_its_ids_and_goes_to_no_destination(
    collecting: Collecting, tmp_path: Path
) -> None:
    file = written(tmp_path / "a.ndjson.gz", [old_track(1)], packed=True)

    run(loader(collecting, tmp_path), file)

    (event,) = collecting.events
    assert event["timestamp"] == "2024-05-01T10:00:00.000Z"
    assert (event["messageId"], event["userId"]) == ("old-1", "user-1")
    assert event["integrations"] == {"All": False}


def test_it_is_delivered_when_that_is_asked_for(collecting: Collecting, tmp_path: Path) -> None:
    file = written(tmp_path / "a.ndjson", [old_track(1, integrations={"GA4": False})])

    run(loader(collecting, tmp_path), file, deliver=True)

    assert collecting.events[0]["integrations"] == {"GA4": False}


def test_a_call_without_an_id_has_the_same_one_each_time(
    collecting: Collecting, tmp_path: Path
) -> None:
    file = written(tmp_path / "a.ndjson", [old_track(1, messageId=None)])

    for at in range(2):
        (tmp_path / str(at)).mkdir()
        run(loader(collecting, tmp_path / str(at)), file)

    first, second = collecting.events
    assert first["messageId"] == second["messageId"]


def test_what_is_not_taken_is_kept_with_its_line_and_reason(
    collecting: Collecting, tmp_path: Path
) -> None:
    file = written(tmp_path / "a.ndjson", [old_track(1), {"type": "track"}, old_track(3)])
    with file.open("ab") as more:
        more.write(b"no json\n[1]\n" + json.dumps({"batch": []}).encode() + b"\n")
    load = loader(collecting, tmp_path)

    run(load, file)

    told = [json.loads(line) for line in load.rejected.read_text().splitlines()]
    assert {(each["line"], each["code"]) for each in told} == {
        (2, "event_not_defined"),
        (4, "unusable_line"),
        (5, "unusable_line"),
        (6, "unusable_line"),
    }
    assert next(each for each in told if each["line"] == 2)["original"]["type"] == "track"
    assert (load.said.taken, load.said.refused) == (2, 4)
    assert [event["messageId"] for event in collecting.events] == ["old-1", "old-3"]


def test_a_batch_of_nothing_valid_is_told_line_by_line(
    collecting: Collecting, tmp_path: Path
) -> None:
    file = written(tmp_path / "a.ndjson", [{"type": "track"}, {"type": "page"}])
    load = loader(collecting, tmp_path)

    run(load, file)

    assert (load.said.taken, load.said.refused) == (0, 2)


def test_a_load_that_was_stopped_goes_on_where_it_was(
    collecting: Collecting, tmp_path: Path
) -> None:
    files = [
        written(tmp_path / f"{name}.ndjson", [old_track(at) for at in range(start, start + 40)])
        for name, start in (("a", 0), ("b", 40))
    ]
    stopped = loader(collecting, tmp_path)
    batch = next(stopped.run(files, lambda file: history.calls(file, deliver=False)))
    assert batch.taken == 40

    resumed = loader(collecting, tmp_path)
    run(resumed, *files)

    assert (resumed.said.skipped, resumed.said.taken) == (40, 40)
    assert [event["messageId"] for event in collecting.events] == [f"old-{at}" for at in range(80)]


def test_it_waits_as_long_as_the_collector_asks_and_loses_nothing(
    collecting: Collecting, tmp_path: Path
) -> None:
    busy = b'{"success":false,"code":"overloaded"}'
    collecting.before = [
        Reply(429, (("Retry-After", "7"),), busy),
        Reply(503, (), b"{}"),
        Reply(502, (), b"<html>"),
        None,
    ]
    waits: list[float] = []
    load = loader(collecting, tmp_path, waits)

    run(load, written(tmp_path / "a.ndjson", [old_track(1)]))

    assert waits == [7.0, 1.0, 2.0]
    assert load.said.taken == 1


def test_it_stops_where_the_key_is_refused(collecting: Collecting, tmp_path: Path) -> None:
    load = loader(collecting, tmp_path)
    load.importer = Importer(collecting.url, "nobodys-key", sleep=lambda _: None, random=lambda: 1)

    with pytest.raises(StoppedError, match="unknown_write_key"):
        run(load, written(tmp_path / "a.ndjson", [old_track(1), old_track(2)]))
    assert load.ledger.done(tmp_path / "a.ndjson") == 0


def test_only_a_servers_key_may_load(collecting: Collecting) -> None:
    def of(key: str) -> Importer:
        return Importer(collecting.url, key, sleep=lambda _: None, random=lambda: 1)

    assert of(SERVER_KEY).check() == "server"
    with pytest.raises(StoppedError, match="no server source"):
        of(BROWSER_KEY).check()
    with pytest.raises(StoppedError, match="with its prefix"):
        of("nobodys-key").check()


def test_no_faster_than_asked(collecting: Collecting, tmp_path: Path) -> None:
    waits: list[float] = []
    load = loader(collecting, tmp_path, waits)
    load.events_a_second, load.monotonic = 10, lambda: 0.0

    run(load, written(tmp_path / "a.ndjson", [old_track(at) for at in range(25)]))

    assert waits == [2.5]


def test_the_command_loads_says_what_it_did_and_keeps_the_key_to_itself(
    collecting: Collecting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("local.load.ledger.STATE", tmp_path)
    monkeypatch.setenv("KEY", SERVER_KEY)
    written(tmp_path / "a.ndjson", [old_track(1), {"type": "track"}])

    code = command.main([str(tmp_path / "*.ndjson"), "--url", collecting.url, "--rate", "100000"])

    printed = capsys.readouterr().out
    assert code == 1
    assert "100%" in printed
    assert "taken: 1; not taken: 1" in printed
    assert SERVER_KEY not in printed
    assert SERVER_KEY not in "".join(
        path.read_text() + path.name for path in tmp_path.rglob("*.json")
    )


def test_batches_are_as_large_as_the_collector_takes_and_no_larger(tmp_path: Path) -> None:
    calls = [Call(tmp_path / "a", at, b"x" * 10_000) for at in range(200)]

    made = list(batches(calls))

    assert [call for batch in made for call in batch] == calls
    assert all(len(body(batch)) <= 512_000 for batch in made)
    assert len(made) == 4
    many = [Call(tmp_path / "a", at, b"{}") for at in range(5_000)]
    assert max(len(batch) for batch in batches(many)) <= 2_500


def test_what_came_from_one_line_stays_in_one_batch(tmp_path: Path) -> None:
    calls = [Call(tmp_path / "a", at // 2, b"{}") for at in range(20)]

    for batch in batches(calls, events=3):
        assert len({call.number for call in batch}) * 2 == len(batch)


def test_a_line_too_long_for_any_event_is_not_held(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b'{"a":"' + b"x" * 5_000_000 + b'"}\n{"type":"page"}\n')

    found = list(lines(file))

    assert [(line.number, line.too_long) for line in found] == [(1, True), (2, False)]
    assert len(found[0].content) <= 2048


def test_a_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"type":"page"}\n' * 10_000)
    (tmp_path / "a.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(FilesError, match=r"a\.gz"):
        list(lines(tmp_path / "a.gz"))
    with pytest.raises(FilesError, match="no file matches"):
        matching([str(tmp_path / "*.csv")])


def made(tmp_path: Path, name: str, content: str, at: datetime | None = None) -> list[Any]:
    file = tmp_path / name
    file.write_text(content)
    return [
        each if isinstance(each, Unusable) else json.loads(each.written)
        for each in users.calls(file, at=at, deliver=False)
    ]


def test_users_of_a_csv_become_identify_and_alias_calls(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        "users.csv",
        "ajs_user_id,ajs_anonymous_id,previous_id,email,plan,updated_at\n"
        '"""u-1""",%22device-1%22,old-1,ada@example.com,gold,2025-01-02T03:04:05+01:00\n'
        ",device-2,,,,1735700000\n",
    )

    first, alias, second = found
    assert {name: first[name] for name in ("type", "userId", "anonymousId", "timestamp")} == {
        "type": "identify",
        "userId": "u-1",
        "anonymousId": "device-1",
        "timestamp": "2025-01-02T02:04:05.000Z",
    }
    assert first["traits"] == {"email": "ada@example.com", "plan": "gold"}
    assert (alias["type"], alias["userId"], alias["previousId"]) == ("alias", "u-1", "old-1")
    assert "userId" not in second
    assert second["timestamp"] == "2025-01-01T02:53:20.000Z"


def test_users_of_ndjson_keep_the_types_of_their_traits(tmp_path: Path) -> None:
    (found,) = made(
        tmp_path,
        "users.ndjson",
        json.dumps({"$distinct_id": 7, "properties": {"visits": 3}, "beta": True}) + "\n",
        at=datetime(2025, 6, 1, tzinfo=UTC),
    )

    assert found["anonymousId"] == "7"
    assert found["traits"] == {"beta": True, "visits": 3}
    assert found["timestamp"] == "2025-06-01T00:00:00.000Z"


def test_a_user_without_ids_or_time_is_told(tmp_path: Path) -> None:
    nobody, timeless = made(
        tmp_path, "users.csv", "user_id,email,updated_at\n,a@example.com,2025-01-01\nu-2,,\n"
    )

    assert isinstance(nobody, Unusable)
    assert "neither" in nobody.reason
    assert isinstance(timeless, Unusable)
    assert "AT=" in timeless.reason


def test_a_csv_may_be_gzipped_and_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "users.csv.gz"
    file.write_bytes(gzip.compress("\ufeffuser_id,created_at\nu-1,2025-01-01\n".encode()))

    (call,) = users.calls(file, at=None, deliver=True)

    assert isinstance(call, Call)
    assert json.loads(call.written)["userId"] == "u-1"
    assert "integrations" not in json.loads(call.written)


def test_a_users_row_has_the_same_message_ids_each_time(tmp_path: Path) -> None:
    content = "user_id,previous_id,created_at\nu-1,old-1,2025-01-01\n"

    assert made(tmp_path, "a.csv", content) == made(tmp_path, "b.csv", content)


def test_the_times_of_another_export_are_not_taken_for_today(tmp_path: Path) -> None:
    line = Line(
        tmp_path / "a",
        1,
        json.dumps(
            {
                "type": "page",
                "originalTimestamp": "2024-01-01T00:00:00Z",
                "sentAt": "2024-01-01T00:00:05Z",
            }
        ).encode(),
    )

    call = history.call_of(line, deliver=True)

    assert isinstance(call, Call)
    assert json.loads(call.written)["timestamp"] == "2024-01-01T00:00:00Z"
    assert "sentAt" not in json.loads(call.written)
