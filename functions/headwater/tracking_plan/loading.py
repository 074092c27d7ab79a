"""The folder of a plan becomes a checked plan, or an error with the file and line of each fault."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from headwater.errors import WorkspaceError
from headwater.tracking_plan import own_form, segment_export
from headwater.tracking_plan.plan import Plan, duplicates
from headwater.tracking_plan.rule import Fault, Rule

SUFFIX = ".plan"


def load(directory: Path) -> Plan | None:
    """Read the plan in `<name>.plan`; None where there is no such folder.

    Raises `WorkspaceError` with all faults, a line each: `file:line: what and the remedy`. Schemas are
    compiled later, by the first event or by `check`.
    """
    if not directory.is_dir():
        return None
    rules, faults = read(directory)
    faults += duplicates(rules)
    if faults:
        raise WorkspaceError("\n".join(map(str, sorted(faults))))
    return Plan(directory.name.removesuffix(SUFFIX), rules)


def check(directory: Path) -> list[Fault]:
    """Find every fault of a plan, those of its schemas too; for the time of building it."""
    if not directory.is_dir():
        return []
    rules, faults = read(directory)
    faults += duplicates(rules)
    from headwater.tracking_plan.columns import collisions  # a collector has no lake

    plan = Plan(directory.name, rules)
    faults += collisions(plan)
    for rule, place, message in plan.schema_faults():
        path = directory.parent / rule.file
        faults.append(Fault(rule.file, _line(path, rule, place), f"{rule.title}: {message}"))
    return sorted(faults)


def read(directory: Path) -> tuple[tuple[Rule, ...], list[Fault]]:
    """Read every file of the folder: the rules that could be read, and the faults of the others."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    for path in sorted(directory.iterdir()):
        readers = {".toml": _toml, ".json": _json}
        reader = readers.get(path.suffix)
        if reader is None:
            continue  # a README beside the plan is welcome
        for found in reader(path, f"{directory.name}/{path.name}"):
            if isinstance(found, Rule):
                rules.append(found)
            else:
                faults.append(found)
    return tuple(rules), faults


def _toml(path: Path, file: str) -> Iterator[Rule | Fault]:
    text = path.read_text("utf-8")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Fault(file, _said_line(str(error)), f"not valid TOML: {error}")
        return
    wrong = list(own_form.faults(document))
    if not wrong:
        yield own_form.rule(document, file=file)
        return
    from headwater.tracking_plan.places import line_in_toml  # only what is wrong asks for its line

    for place, message in wrong:
        yield Fault(file, line_in_toml(text, place), f"{'.'.join(place)}: {message}")


def _json(path: Path, file: str) -> Iterator[Rule | Fault]:
    content = path.read_bytes()
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield Fault(file, error.lineno, f"not valid JSON: {error.msg}")
        return
    for found in segment_export.rules(document, file=file):
        if isinstance(found, Rule):
            yield found
        else:
            from headwater.tracking_plan.places import line_in_json

            place, message = found
            yield Fault(file, line_in_json(content.decode(), place), message)


def _line(path: Path, rule: Rule, place: tuple[str, ...]) -> int:
    from headwater.tracking_plan.places import line_in_json, line_in_toml

    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return line_in_json(text, (rule.key or rule.type, *place))
    # The message's `properties.properties.x` is the file's `properties.x`.
    return line_in_toml(text, _in_own_form(place))


def _in_own_form(place: tuple[str, ...]) -> tuple[str, ...]:
    part = place[1:2] if place[:1] == ("properties",) else ()
    return (*part, *place[3:]) if part else place


def _said_line(message: str) -> int:
    _, _, after = message.rpartition("(at line ")
    digits: Any = after.partition(",")[0]
    return int(digits) if digits.isdigit() else 1
