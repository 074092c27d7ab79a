"""The lake, asked in Athena's SQL, answered by DuckDB over a local copy of the bucket."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import duckdb
from headwater import workspace
from headwater.adapters.s3 import S3ObjectStore
from headwater.lake.planned import planned_views
from headwater.lake.views import views
from headwater.ports import ObjectStore
from headwater.tracking_plan import Plan
from headwater.workspace import IdentityPolicy

from local.athena.lint import check
from local.athena.mirror import mirror
from local.athena.tables import table_statements
from local.athena.translate import MACROS, tables_read, translate
from local.deploy import client
from local.endpoints import Endpoints
from local.places import STATE


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: the columns' names, and the rows in the order the query gave them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Lake:
    """The tables and views of the deployed lake, over a directory laid out like the bucket.

    `now` makes time stand still for the queries; without it they read the clock. With a `plan`, each of
    its events has its view; `policy`: which ids are believed.
    """

    def __init__(
        self,
        directory: Path,
        *,
        store: ObjectStore | None = None,
        now: datetime | None = None,
        plan: Plan | None = None,
        policy: IdentityPolicy | None = None,
    ) -> None:
        self._directory = directory
        self._store = store
        self._now = now
        self._views = (*views(policy), *(planned_views(plan) if plan is not None else ()))
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = false")  # standard output is the answer
        self._connection.execute(MACROS)
        self._made: set[str] = set()
        self.refresh()

    @classmethod
    def open(cls, endpoints: Endpoints, *, directory: Path = STATE / "lake") -> Self:
        """Open the local stack's lake; its objects are copied to the directory."""
        store = S3ObjectStore(client("s3", endpoints.aws), endpoints.bucket)
        demo = workspace.load("demo")
        return cls(directory / endpoints.bucket, store=store, plan=demo.plan, policy=demo.identity)

    def refresh(self) -> None:
        """Look at the bucket again: the tables are of the objects there are now."""
        if self._store is not None:
            mirror(self._store, self._directory)
        for statement in table_statements(self._directory):
            self._connection.execute(statement)

    def query(self, sql: str) -> Rows:
        """Answer one or more statements with the rows of the last.

        Raises `LintError` for SQL that Athena would refuse or answer otherwise, `duckdb.Error` and
        `sqlglot.errors.ParseError` for SQL that is wrong in itself.
        """
        check(sql, self._views)
        self._make_views(sql)
        relation = self._run(sql)
        if relation is None:
            return Rows((), ())
        return Rows(tuple(relation.columns), tuple(_fetched(relation)))

    def files_read(self, sql: str) -> dict[str, int]:
        """Run a query and count the files it read, by the format: `READ_PARQUET` or `READ_CSV`.

        Which files a `dt` spares is decided by the same predicates as on Athena, so this is what
        shows that a view keeps them.
        """
        self._make_views(sql)
        (statement,) = translate(sql, now=self._now)
        ((_, plan),) = self._connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT json) {statement}"
        ).fetchall()
        counts: dict[str, int] = {}
        for scan in _scans({"children": json.loads(plan)["operator"]}):
            name = scan["Function"]
            counts[name] = counts.get(name, 0) + int(scan["Total Files Read"])
        return counts

    def _make_views(self, sql: str) -> None:
        """Make the views that the SQL reads, and those they read: all of them would take a third of a second."""
        named = tables_read(sql)
        # A view reads tables, and views that come before it.
        for view in reversed(self._views):
            if view.name in named:
                named |= tables_read(view.sql)
        for view in self._views:
            if view.name in named - self._made:
                self._run(view.sql)
                self._made.add(view.name)

    def _run(self, sql: str) -> duckdb.DuckDBPyRelation | None:
        relation = None
        for statement in translate(sql, now=self._now):
            relation = self._connection.sql(statement)
        return relation


def _fetched(relation: duckdb.DuckDBPyRelation) -> Sequence[tuple[Any, ...]]:
    """Fetch the rows, times with a zone as UTC: DuckDB's Python would need pytz to hand them out."""
    names = [
        f"{name} AT TIME ZONE 'UTC' AS {name}" if "TIME ZONE" in str(kind) else name
        for name, kind in zip(map(_quoted, relation.columns), relation.types, strict=True)
    ]
    return relation.project(", ".join(names)).fetchall()


def _scans(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Walk a query's plan to the places where files are read."""
    found = node.get("extra_info", {})
    if "Total Files Read" in found:
        yield found
    for child in node.get("children", ()):
        yield from _scans(child)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
