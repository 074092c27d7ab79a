"""Users of another tool as identify and alias calls: who they are, on which devices, what is known.

CSV with a head, or NDJSON with an object a line. The columns are found by the names that tools give
them (`_NAMES`); every other column is a trait. `ajs_user_id` and `ajs_anonymous_id` may stand as
analytics.js keeps them, in quotation marks and with `%22`.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

from local.load.call import Call, Unusable
from local.load.files import FilesError, Line, lines, text
from local.load.history import NOBODY

# Ours, and what others call it, by letters and digits alone.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "userId": ("userid", "ajsuserid", "externalid", "customerid"),
    "anonymousId": ("anonymousid", "ajsanonymousid", "deviceid", "distinctid", "mpdeviceid"),
    "previousId": ("previousid", "previoususerid", "aliasof"),
    "timestamp": ("timestamp", "updatedat", "lastseen", "lastseenat", "createdat", "firstseen"),
    "traits": ("traits", "properties", "userproperties"),
}


def calls(file: Path, *, at: datetime | None, deliver: bool) -> Iterator[Call | Unusable]:
    """Return the file's calls; `at` dates those rows that have no time of their own.

    A trait that is newer wins, so an import dated today would undo what a user changed last week.
    """
    for line, row in _rows(file):
        if isinstance(row, str):
            yield Unusable(line.file, line.number, row, line.content)
            continue
        made = list(_calls(row, at, deliver=deliver))
        if not made:
            yield Unusable(line.file, line.number, "names neither user nor device", line.content)
        for each in made:
            if isinstance(each, str):
                yield Unusable(line.file, line.number, each, line.content)
                break
            yield Call(line.file, line.number, orjson.dumps(each))


def _rows(file: Path) -> Iterator[tuple[Line, Mapping[str, Any] | str]]:
    if ".csv" in file.suffixes:
        with text(file) as opened:
            rows = csv.DictReader(opened)
            try:
                for row in rows:
                    line = Line(
                        file,
                        rows.line_num,
                        orjson.dumps(row, default=str, option=orjson.OPT_NON_STR_KEYS),
                    )
                    yield line, {name: value for name, value in row.items() if name and value}
            except (csv.Error, UnicodeDecodeError, OSError, EOFError) as error:
                raise FilesError(f"{file}, line {rows.line_num}: {error}") from None
        return
    for line in lines(file):
        try:
            found = orjson.loads(line.content)
        except orjson.JSONDecodeError as error:
            yield line, f"no JSON: {error}"
            continue
        yield line, found if isinstance(found, dict) else "no JSON object"


def _calls(
    row: Mapping[str, Any], at: datetime | None, *, deliver: bool
) -> Iterator[dict[str, Any] | str]:
    ours = {found: name for name in row if (found := _ours(name))}
    user, device, previous = (
        _id(row.get(ours.get(name, ""))) for name in ("userId", "anonymousId", "previousId")
    )
    when = _time(row.get(ours.get("timestamp", "")), at)
    if when is None:
        yield "has no time: say one for all with AT=2026-01-31"
        return
    known = row.get(ours.get("traits", ""))
    traits = {name: value for name, value in row.items() if not _ours(name)}
    traits |= _object(known)
    shared: dict[str, Any] = {"timestamp": when, **({} if deliver else {"integrations": NOBODY})}
    if user or device:
        ids = {name: value for name, value in (("userId", user), ("anonymousId", device)) if value}
        yield _numbered({"type": "identify", **ids, "traits": traits, **shared})
    if user and previous and previous != user:
        yield _numbered({"type": "alias", "userId": user, "previousId": previous, **shared})


def _numbered(call: dict[str, Any]) -> dict[str, Any]:
    content = orjson.dumps(call, option=orjson.OPT_SORT_KEYS)
    return {**call, "messageId": f"load-{sha256(content).hexdigest()[:40]}"}


def _ours(name: str) -> str | None:
    letters = "".join(filter(str.isalnum, name.lower()))
    return next((ours for ours, names in _NAMES.items() if letters in names), None)


def _id(value: Any) -> str | None:
    if value is None or isinstance(value, bool | dict | list):
        return None
    return unquote(str(value)).strip().strip('"').strip() or None


def _time(value: Any, at: datetime | None) -> str | None:
    """Read ISO 8601, or seconds or milliseconds since 1970."""
    moment = at
    try:
        if isinstance(value, str) and value.strip() and not value.strip().isdigit():
            moment = datetime.fromisoformat(value.strip())
        elif value not in (None, "", False, True):
            seconds = float(value)
            moment = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    if moment is None:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, dict) else {}
