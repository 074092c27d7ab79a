"""A Parquet file without somebody's rows: the new one is added, then the old one goes.

What is about to be swapped is written down first, in the roll-up's own words, so after a crash any later
run of either finishes it (`rollup`). The date's lease keeps compactor and roll-up away meanwhile.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson

from headwater.lake import parquet
from headwater.lake.keys import SWAPS, fingerprint
from headwater.ports import ObjectStore


@dataclass(frozen=True, slots=True)
class Rows:
    """Whose rows: those of the users, and on these devices those of nobody else.

    `instead` are the names for ids that stand in other people's rows; `distinct` those of them that are
    looked for in every text.
    """

    users: tuple[str, ...] = field(repr=False)
    devices: tuple[str, ...] = field(repr=False)
    instead: Mapping[str, str] = field(repr=False)
    distinct: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nameless:
    """What is left of the rows when they stay: these columns, under one name."""

    kept: frozenset[str]
    name: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rewriter:
    """One file, downloaded: counted first, and written anew if there is a reason."""

    key: str
    path: Path
    connection: duckdb.DuckDBPyConnection
    rows: Rows

    def count(self) -> tuple[int, int, int]:
        """Return how many rows there are, how many are theirs, and how many of others name them."""
        columns = self._columns()
        theirs, mention = _theirs(columns), _mention(columns, self.rows)
        ((total, own, other),) = self.connection.execute(
            f"""SELECT count(*), count(*) FILTER ({theirs}), count(*) FILTER (NOT {theirs} AND {mention})
            FROM read_parquet('{self.path}')""",
            self._parameters(theirs + mention),
        ).fetchall()
        return total, own, other

    def theirs(self) -> list[dict[str, Any]]:
        """Return their rows, for them to read."""
        theirs = _theirs(self._columns())
        cursor = self.connection.execute(
            f"SELECT * FROM read_parquet('{self.path}') WHERE {theirs}", self._parameters(theirs)
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def swap(self, store: ObjectStore, nameless: Nameless | None, *, left: int) -> None:
        """Put the file without their rows (or with them nameless) in the old one's place."""
        if left == 0:
            store.delete(self.key)
            return
        folder = self.key.rsplit("/", 1)[0]
        new = f"{folder}/{fingerprint([self.key])}.parquet"
        path = self.path.with_suffix(".new")
        self._write(path, nameless)
        swap = f"{SWAPS}{folder.rsplit('/', 1)[1]}/{fingerprint([new])}.json"
        store.put(swap, orjson.dumps({"new": new, "old": [self.key]}))
        store.upload(path, new)
        store.delete(self.key)
        store.delete(swap)

    def _write(self, path: Path, nameless: Nameless | None) -> None:
        theirs, named = _theirs(self._columns()), self._named()
        columns = []
        for name, type_ in self._columns():
            other = _without(name, named) if type_ == "VARCHAR" else f'"{name}"'
            own = f"CAST({_nameless(name, nameless)} AS {type_})" if nameless else "NULL"
            columns.append(f'CASE WHEN {theirs} THEN {own} ELSE {other} END AS "{name}"')
        keep = "true" if nameless else f"NOT {theirs}"
        query = (
            f"COPY (SELECT {', '.join(columns)} FROM read_parquet('{self.path}') WHERE {keep}"
            ' ORDER BY anonymous_id, "timestamp", message_id)'
            f" TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
        more = {"name": nameless.name, "secret": nameless.secret} if nameless else {}
        self.connection.execute(query, self._parameters(query, more))

    def _named(self) -> list[tuple[int, str]]:
        """Return the distinct ids that stand in some row of the file, numbered."""
        text = _texts(self._columns())
        found = []
        for number, id_ in enumerate(self.rows.instead):
            if id_ in self.rows.distinct:
                query = (
                    f"SELECT count(*) FROM read_parquet('{self.path}')"
                    f" WHERE contains({text}, $q{number:04})"
                )
                ((rows,),) = self.connection.execute(query, self._parameters(query)).fetchall()
                found += [(number, id_)] if rows else []
        return found

    def _columns(self) -> list[tuple[str, str]]:
        described = self.connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{self.path}')")
        return [(str(row[0]), str(row[1])) for row in described.fetchall()]

    def _parameters(self, query: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        given: dict[str, Any] = {
            "users": list(self.rows.users),
            "devices": list(self.rows.devices),
            "ids": list(self.rows.instead),
            "names": list(self.rows.instead.values()),
            "pattern": _pattern(self.rows.distinct),
            **{f"q{number:04}": _quoted(id_) for number, id_ in enumerate(self.rows.instead)},
            **{
                f"r{number:04}": _quoted(name)
                for number, name in enumerate(self.rows.instead.values())
            },
            **(more or {}),
        }
        return {name: value for name, value in given.items() if re.search(rf"\${name}\b", query)}


def rewriter(
    key: str, store: ObjectStore, connection: duckdb.DuckDBPyConnection, directory: Path, rows: Rows
) -> Rewriter:
    """Download a file to look into it."""
    path = directory / "looked-into.parquet"
    store.download(key, path)
    return Rewriter(key, path, connection, rows)


def connect(directory: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB over an empty directory."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return parquet.connect(directory)


def _theirs(columns: list[tuple[str, str]]) -> str:
    """Return SQL that is never NULL, so that NOT means the others."""
    theirs = (
        "CASE WHEN user_id IS NOT NULL THEN list_contains($users, user_id)"
        " ELSE list_contains($devices, anonymous_id) END"
    )
    # A file from before the column existed has no claim that was not proven.
    if any(name == "claimed_user_id" for name, _ in columns):
        theirs = f"coalesce({theirs}, false) OR list_contains($users, claimed_user_id)"
    return f"coalesce({theirs}, false)"


_ID_COLUMNS = ("anonymous_id", "user_id", "previous_id")
_JSON_COLUMNS = ("properties", "traits", "context", "integrations", "enrichment", "violations")


def _texts(columns: list[tuple[str, str]]) -> str:
    """Return SQL for all the JSON of a row in one text."""
    names = [f'"{name}"' for name, _ in columns if name in _JSON_COLUMNS]
    return f"concat_ws(chr(10), '', {', '.join(names)})" if names else "''"


def _mention(columns: list[tuple[str, str]], rows: Rows) -> str:
    """Return SQL that finds other people's rows with an id of theirs."""
    tests = [f'coalesce(list_contains($ids, "{name}"), false)' for name in _ID_COLUMNS]
    if rows.distinct:
        tests.append(f"regexp_matches({_texts(columns)}, $pattern)")
    return "(" + " OR ".join(tests) + ")"


def _without(name: str, named: list[tuple[int, str]]) -> str:
    """Return SQL for another's column with other names in the ids' places."""
    text = f'"{name}"'
    if name in _ID_COLUMNS:
        return f"coalesce($names[list_position($ids, {text})], {text})"
    if name in _JSON_COLUMNS:
        for number, _ in named:
            text = f"replace({text}, $q{number:04}, $r{number:04})"
    return text


def _quoted(id_: str) -> str:
    """Write an id as JSON has it."""
    return orjson.dumps(id_).decode()


def _pattern(ids: tuple[str, ...]) -> str:
    """Return RE2's pattern of any of the ids as a JSON string."""
    literal = (_quoted(id_)[1:-1].replace("\\E", "\\E\\\\E\\Q") for id_ in ids)
    return '"(' + "|".join(f"\\Q{text}\\E" for text in literal) + ')"'


def _nameless(name: str, nameless: Nameless) -> str:
    match name:
        case "anonymous_id":
            return "$name"
        case "message_id":
            return "'erased-' || left(sha256($secret || message_id), 32)"
        case "properties" | "traits" | "context" | "integrations" | "enrichment":
            return "'{}'"
        case "violations" | "privacy_reasons":
            return "'[]'"
        case _:
            return f'"{name}"' if name in nameless.kept else "NULL"
