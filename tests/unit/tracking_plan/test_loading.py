"""A plan's files are read as they are, or every fault is named with its file and line."""

import json
from pathlib import Path

import pytest
from headwater.errors import WorkspaceError
from headwater.tracking_plan import check, load
from headwater.workspace import load as load_workspace

from tests.unit.test_workspace import BROWSER
from tests.unit.tracking_plan.plans import PUBLIC_API, a_plan, in_form, written

GOOD = """
name = "Order Completed"
description = "An order was paid."
owner = "checkout"
[properties.order_id]
type = "string"
required = true
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("version = 1\nname = x", "a.plan/e.toml:2: not valid TOML: Invalid value"),
        ("[properties]", "a.plan/e.toml:1: name: an event needs its name"),
        ('type = "alias"', "a.plan/e.toml:1: type: type is one of track, page"),
        ('\ntype = "identify"\nname = "x"', "a.plan/e.toml:3: name: identify has no name"),
        ('name = "X"\nversion = "2"', "a.plan/e.toml:2: version: version is a whole number"),
        ('name = "X"\n\nowners = "me"', "a.plan/e.toml:3: owners: unknown key 'owners'; known:"),
        (f"{GOOD}requird = true", "a.plan/e.toml:8: properties.order_id.requird: unknown key"),
        ('name = "X"\n[properties]\na = "string"', "a.plan/e.toml:3: properties.a: write what"),
        ('name = "X"\n[properties]\na.required = ["b"]', "a.plan/e.toml:3: properties.a.required"),
        ('name = "X"\n[traits]\na.type = "string"', "a.plan/e.toml:2: traits: track carries prop"),
        (
            'name = "X"\n[properties.a]\ntype = "array"\n[properties.a.items]\nkind = 1',
            "a.plan/e.toml:5: properties.a.items.kind: unknown key",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(WorkspaceError) as raised:
        load(written(tmp_path / "a.plan", {"e.toml": text}))

    assert str(raised.value).startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{\n\n]", "a.plan/s.json:3: not valid JSON"),
        ("{}", "a.plan/s.json:1: no exported tracking plan"),
        ('{"rules": [\n{"type": "TRACK"}]}', "a.plan/s.json:1: rule 0 has no jsonSchema"),
        (
            '{"rules": {"events": [{"name": "X",\n "rules": {}}, {"name": "Y"}]}}',
            "a.plan/s.json:1: event 1 has no rules",
        ),
    ],
)
def test_a_fault_of_an_export_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(WorkspaceError) as raised:
        load(written(tmp_path / "a.plan", {"s.json": text}))

    assert str(raised.value).startswith(fault)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    files = {"a.toml": "[properties]", "b.toml": GOOD, "c.toml": GOOD, "d.toml": 'name = "'}

    with pytest.raises(WorkspaceError) as raised:
        load(written(tmp_path / "a.plan", files))

    assert [line.partition(" ")[0] for line in str(raised.value).splitlines()] == [
        "a.plan/a.toml:1:",
        "a.plan/c.toml:1:",
        "a.plan/d.toml:1:",
    ]


def test_a_schema_that_is_none_is_found_before_it_is_deployed(tmp_path: Path) -> None:
    files = {
        "a.toml": f'{GOOD}\n[properties.total]\nminimum = 0\ntype = "numbr"',
        "b.toml": 'name = "B"\n[properties.a]\npattern = "(?!x)"',
        "c.json": json.dumps(PUBLIC_API, indent=1)
        .replace('"object"', '"objekt"', 1)
        .replace("Order Completed", "Order Refunded"),
    }

    faults = check(written(tmp_path / "a.plan", files))

    assert [(fault.file, fault.line) for fault in faults[:2]] == [
        ("a.plan/a.toml", 11),
        ("a.plan/b.toml", 3),
    ]
    assert faults[2].file == "a.plan/c.json"
    assert load(tmp_path / "a.plan") is not None


def test_a_rule_keeps_who_answers_for_it(tmp_path: Path) -> None:
    (rule,) = a_plan(tmp_path, {"a.toml": GOOD}).rules

    assert (rule.key, rule.description, rule.owner) == (
        "Order Completed",
        "An order was paid.",
        "checkout",
    )


def test_the_config_apis_older_list_of_traits_is_read(tmp_path: Path) -> None:
    traits = [{"name": "email", "rules": {"type": "string"}, "required": True}, {"name": "age"}]
    document = {"rules": {"events": [], "identify_traits": traits}}

    (rule,) = a_plan(tmp_path, {"s.json": json.dumps(document)}).rules

    assert rule.type == "identify"
    assert set(rule.members) == {"email", "age"}
    assert rule.required == {"email"}


def test_the_plan_comes_with_its_workspace(tmp_path: Path) -> None:
    tmp_path.joinpath("shop.toml").write_text(
        f'{BROWSER}\n[sources.tracking_plan]\nviolations = "omit"\n', "utf-8"
    )
    bare = load_workspace("shop", directory=tmp_path)
    plan = in_form(tmp_path, "own")

    workspace = load_workspace("shop", directory=tmp_path)

    assert bare.plan is None
    assert bare.plan_of(bare.sources[0]) is None
    judged_by = workspace.plan_of(workspace.sources[0])
    assert judged_by is not None
    assert judged_by.plan == plan
    assert judged_by.modes.violations == "omit"


def test_a_wrong_plan_is_a_wrong_workspace(tmp_path: Path) -> None:
    tmp_path.joinpath("shop.toml").write_text(BROWSER, "utf-8")
    written(tmp_path / "shop.plan", {"a.toml": "name = 3"})

    with pytest.raises(WorkspaceError, match=r"shop\.plan/a\.toml:1: name: name is a text"):
        load_workspace("shop", directory=tmp_path)


def test_an_event_has_no_part_to_omit(tmp_path: Path) -> None:
    tmp_path.joinpath("shop.toml").write_text(
        f'{BROWSER}\n[sources.tracking_plan]\nunplanned_events = "omit"\n', "utf-8"
    )

    with pytest.raises(WorkspaceError, match="unplanned_events"):
        load_workspace("shop", directory=tmp_path)
