"""Proposes a plan from the events that were seen: `make plan-infer WORKSPACE=shop DAYS=30 [WRITE=1]`.

    python -m local.plan.infer [--workspace shop] [--days 30] [--data] [--write]

For each track event that is not planned: a file to read, correct and describe. Without `--write` it is
printed. No example of a value is proposed, since a value may be somebody's.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from headwater import workspace
from headwater.errors import HeadwaterError
from headwater.record import StoredEvent
from headwater.tracking_plan import SUFFIX, load
from headwater.tracking_plan.columns import snake_case

from local.athena import Lake
from local.endpoints import Endpoints, NotUpError
from local.generate.bucket import DATA
from local.plan.naming import event_fault, is_dynamic
from local.plan.seen import seen

# A text is an enumeration when few values make up many events.
_MIN_FOR_ENUM = 50
_MAX_OPTIONS = 8
_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,23}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def main(arguments: list[str] | None = None) -> int:
    """Print or write the proposals, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make plan-infer")
    parser.add_argument("--workspace", default="demo")
    parser.add_argument("--directory", type=Path, default=workspace.DIRECTORY)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--data", action="store_true", help="ask `make data`'s events instead")
    parser.add_argument("--write", action="store_true", help="write the files into the plan")
    asked = parser.parse_args(arguments)
    directory: Path = asked.directory / f"{asked.workspace}{SUFFIX}"
    try:
        plan = load(directory)
        lake = Lake(DATA) if asked.data else Lake.open(Endpoints.load())
    except (HeadwaterError, NotUpError) as error:
        print(error, file=sys.stderr)
        return 1
    planned = {rule.key for rule in plan.rules if rule.type == "track"} if plan else set()
    for name, text in proposals(seen(lake, days=asked.days), planned):
        if asked.write:
            directory.mkdir(exist_ok=True)
            directory.joinpath(f"{name}.toml").write_text(text, "utf-8")
            print(f"{directory.name}/{name}.toml")
        else:
            print(f"# --- {directory.name}/{name}.toml\n{text}")
    return 0


def proposals(events: Iterable[StoredEvent], planned: set[str | None]) -> Iterator[tuple[str, str]]:
    """Yield a file's name and its text for each event that is not planned, by name.

    A name that holds a value is no event: it is left out, as its values belong into a property.
    """
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for event in events:
        if event.type == "track" and event.event and event.event not in planned:
            found[event.event].append(event.properties)
    for name in sorted(found):
        if not is_dynamic(name):
            yield snake_case(name), _file(name, found[name])


def _file(name: str, samples: list[Mapping[str, Any]]) -> str:
    fault = event_fault(name)
    note = f"# This name {fault}.\n" if fault else ""
    head = (
        f'{note}# Seen {len(samples)} times.\nname = {_text(name)}\ndescription = ""\nowner = ""\n'
    )
    tables = list(_tables("properties", samples))
    return head + ("".join(tables) if tables else "\n[properties]\n")


def _tables(path: str, samples: list[Mapping[str, Any]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for sample in samples for name in sample))
    for name in names:
        values = [sample[name] for sample in samples if name in sample]
        key = f"{path}.{name if _BARE.fullmatch(name) else _text(name)}"
        required = len(values) == len(samples)
        yield from _table(key, values, required=required)


def _table(key: str, values: list[Any], *, required: bool) -> Iterator[str]:
    kinds = {_kind(value) for value in values}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    listed = sorted(kinds)
    said = _text(listed[0]) if len(listed) == 1 else f"[{', '.join(map(_text, listed))}]"
    lines = [f"\n[{key}]", f"type = {said}"]
    lines += ["required = true"] if required else []
    texts = [value for value in values if isinstance(value, str)]
    if kinds == {"string"}:
        lines += _of_texts(texts)
    yield "\n".join(lines) + "\n"
    objects: list[Mapping[str, Any]] = [value for value in values if isinstance(value, dict)]
    if kinds == {"object"}:
        yield from _tables(f"{key}.properties", objects)
    items = [item for value in values if isinstance(value, list) for item in value]
    if kinds == {"array"} and items and all(isinstance(item, dict) for item in items):
        yield from _tables(f"{key}.items.properties", items)


def _of_texts(texts: list[str]) -> list[str]:
    if all(_is_moment(text) for text in texts):
        return ['format = "date-time"']
    counts = Counter(texts)
    if (
        len(texts) >= _MIN_FOR_ENUM
        and len(counts) <= _MAX_OPTIONS
        and min(counts.values()) > 1
        and all(_OPTION.fullmatch(text) for text in counts)
    ):
        return [f"enum = [{', '.join(_text(option) for option in sorted(counts))}]"]
    return []


def _is_moment(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _text(value: str) -> str:
    """Write a TOML string: JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


if __name__ == "__main__":
    sys.exit(main())
