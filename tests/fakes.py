"""The outside world in memory: fakes of `headwater.ports`, shared by every test."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headwater.errors import DependencyError
from headwater.ports import (
    HttpRequest,
    HttpResponse,
    QueueMessage,
    StoredObject,
    StreamRecord,
    WriteResult,
)
from pydantic import SecretStr


class MemoryStore:
    """The bucket as a dictionary: `ports.ObjectStore` in memory, every object dated `now`."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.objects: dict[str, bytes] = {}
        self.now = now

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        if if_absent and key in self.objects:
            return False
        self.objects[key] = body
        return True

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise DependencyError("NoSuchKey")
        return self.objects[key]

    def list(self, prefix: str) -> Iterator[StoredObject]:
        for key in sorted(key for key in self.objects if key.startswith(prefix)):
            yield StoredObject(key, len(self.objects[key]), self.now)

    def copy(self, key: str, to: str) -> None:
        self.objects[to] = self.get(key)

    def move(self, key: str, to: str) -> None:
        self.copy(key, to)
        self.delete(key)

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    def download(self, key: str, path: Path) -> None:
        path.write_bytes(self.get(key))

    def upload(self, path: Path, key: str, *, if_absent: bool = False) -> bool:
        return self.put(key, path.read_bytes(), if_absent=if_absent)


class CrashError(BaseException):
    """The process died: nothing catches it, and nothing it meant to do afterwards happens."""


class CrashingStore:
    """A `MemoryStore` whose user dies at a chosen moment: before, between or after its effects."""

    def __init__(self, store: MemoryStore, *, crash_at: int) -> None:
        self._store = store
        self._crash_at = crash_at
        self.moments = 0

    def _moment(self) -> None:
        self.moments += 1
        if self.moments >= self._crash_at:  # the dead stay dead: a `finally` reaches nothing
            raise CrashError

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        self._moment()
        written = self._store.put(key, body, if_absent=if_absent)
        self._moment()
        return written

    def get(self, key: str) -> bytes:
        self._moment()
        return self._store.get(key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self._moment()
        return self._store.list(prefix)

    def move(self, key: str, to: str) -> None:
        self._moment()
        self._store.copy(key, to)
        self._moment()
        self._store.delete(key)
        self._moment()

    def delete(self, key: str) -> None:
        self._moment()
        self._store.delete(key)
        self._moment()

    def download(self, key: str, path: Path) -> None:
        self._moment()
        self._store.download(key, path)

    def upload(self, path: Path, key: str, *, if_absent: bool = False) -> bool:
        self._moment()
        written = self._store.upload(path, key, if_absent=if_absent)
        self._moment()
        return written


class MemoryQueue:
    """The deliveries queue as a list: `ports.Queue` in memory; `down` makes it refuse everything."""

    def __init__(self, *, down: bool = False) -> None:
        self.messages: list[QueueMessage] = []
        self.down = down

    def send(self, messages: Sequence[QueueMessage]) -> None:
        if self.down:
            raise DependencyError("the queue is down")
        self.messages += messages


class MemorySecrets:
    """Secrets from a dictionary: `ports.Secrets` in memory."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})

    def get(self, name: str) -> SecretStr:
        if name not in self.values:
            raise DependencyError(f"no secret {name!r}")
        return SecretStr(self.values[name])


class ScriptedHttp:
    """A vendor that answers by a function of the request: `ports.Http` that keeps what was sent."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer
        self.sent: list[HttpRequest] = []

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        self.sent.append(request)
        return self._answer(request)


class MemoryStream:
    """The stream as a list: `ports.Stream` in memory; while `down`, it acknowledges nothing."""

    def __init__(self, *, down: bool = False) -> None:
        self.records: list[StreamRecord] = []
        self.down = down

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        if self.down:
            return records
        self.records.extend(records)
        return ()

    @property
    def lines(self) -> list[bytes]:
        return [line for record in self.records for line in record.data.splitlines(keepends=True)]


class RefusingStore(MemoryStore):
    """A bucket that takes nothing."""

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        raise DependencyError("SlowDown")


class MemoryQueryEngine:
    """Athena's workgroup as a list of statements and a dictionary of saved queries."""

    def __init__(self, *, failing: str | None = None) -> None:
        self.statements: list[str] = []
        self.saved: dict[str, tuple[str, str, str]] = {}
        self._failing = failing
        self._next_id = 0

    def run(self, sql: str) -> None:
        if sql == self._failing:
            raise DependencyError("Athena: SYNTAX_ERROR")
        self.statements.append(sql)

    def run_all(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.run(statement)

    def views(self) -> Sequence[str]:
        made: dict[str, None] = {}
        for statement in self.statements:
            words = statement.split()
            if words[:4] == ["CREATE", "OR", "REPLACE", "VIEW"]:
                made[words[4]] = None
            elif words[:4] == ["DROP", "VIEW", "IF", "EXISTS"]:
                made.pop(words[4], None)
        return list(made)

    def saved_queries(self) -> Mapping[str, str]:
        return {name: query_id for query_id, (name, _, _) in self.saved.items()}

    def save_query(
        self, name: str, description: str, sql: str, *, replacing: str | None = None
    ) -> None:
        if replacing is not None:
            self.delete_query(replacing)
        self._next_id += 1
        self.saved[f"q{self._next_id}"] = (name, description, sql)

    def delete_query(self, query_id: str) -> None:
        del self.saved[query_id]


class MemoryTable:
    """A table of numbers: `ports.Table` for updates of the form `SET a=:x, b=:y ADD c :z`."""

    def __init__(self, *, down: bool = False) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.reads = 0
        self.writes = 0
        self.down = down

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        self.reads += 1
        if self.down:
            raise DependencyError("the table is down")
        return self.items.get((pk, sk))

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        for (found, sk), item in sorted(self.items.items()):
            if found == pk and sk.startswith(sk_prefix):
                yield item

    def update(
        self,
        pk: str,
        sk: str,
        *,
        update: str,
        condition: str | None,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> WriteResult:
        self.writes += 1
        if self.down:
            raise DependencyError("the table is down")
        item = self.items.setdefault((pk, sk), {})
        if condition is not None:
            name, _, value = condition.partition("=")
            absent = name.removeprefix("attribute_not_exists(").removesuffix(")")
            if item.get(name) != values[value] if value else absent in item:
                return WriteResult(applied=False, item=dict(item))
        sets, _, adds = update.removeprefix("SET ").partition("ADD ")
        for assignment in filter(None, map(str.strip, sets.split(","))):
            name, _, value = assignment.partition("=")
            item[name] = values[value]
        for addition in filter(None, map(str.strip, adds.split(","))):
            name, _, value = addition.partition(" ")
            item[name] = item.get(name, 0) + values[value]
        return WriteResult(applied=True, item=dict(item))
