"""What `make plan-check` and `make plan-infer` say of a plan and of the events that were seen."""

import tomllib
from pathlib import Path

import pytest
from headwater.tracking_plan import load
from headwater.workspace import load as load_workspace

from local.athena import Lake
from local.plan.check import against_lake, main
from local.plan.difference import difference, told
from local.plan.infer import proposals
from local.plan.naming import event_fault, naming_faults
from local.plan.seen import seen
from tests.fakes import MemoryStore
from tests.unit.lake.bucket import NOON, an_event, arrive
from tests.unit.tracking_plan.plans import a_plan, written

PLAN = 'name = "Boots Tried"\ndescription = "d"\nowner = "o"\n[properties.size]\ntype = '


@pytest.mark.parametrize(
    "name",
    ["Order Completed", "Signed Up", "Product Added to Wishlist", "Email Marked as Spam",
     "Application Installed", "A/B Test Seen".replace("A/B", "AB"), "Message Sent"],
)  # fmt: skip
def test_a_name_as_agreed_is_none_of_the_faults(name: str) -> None:
    assert event_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("order_completed", "Title Case"),
        ("order completed", "Title Case"),
        ("Completed", "past-tense"),
        ("Order Complete", "past-tense"),
        ("Order 10231 Completed", "value"),
        ("Viewed {page}", "value"),
        ("Product 3f2a9c1b Viewed", "value"),
        ("Viewed 2026-03-01 Report", "value"),
    ],
)
def test_a_name_that_is_not_is_told_why(name: str, fault: str) -> None:
    assert fault in (event_fault(name) or "")


def test_properties_are_snake_case_inside_too(tmp_path: Path) -> None:
    text = (
        'name = "Boots Tried"\n[properties.shoeSize]\ntype = "integer"\n[properties.shops]\n'
        'type = "array"\n[properties.shops.items.properties]\nZip.type = "string"'
    )

    faults = [fault.message for fault in naming_faults(a_plan(tmp_path, {"a.toml": text}))]

    assert faults == [
        "Boots Tried: 'shoeSize' is not snake_case",
        "Boots Tried: 'shops.Zip' is not snake_case",
    ]


def test_the_demos_plan_keeps_to_the_convention(capsys: pytest.CaptureFixture[str]) -> None:
    plan = load_workspace("demo").plan
    assert plan is not None

    assert list(naming_faults(plan)) == []
    assert all(rule.description and rule.owner for rule in plan.rules)


def test_faults_are_printed_with_their_lines_and_end_in_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "shop.plan", {"a.toml": f'{PLAN}"numbr"'})

    assert main(["--workspace", "shop", "--directory", str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith("shop.plan/a.toml:5: Boots Tried: ")


def test_the_lake_says_what_nobody_sent_and_nobody_planned(tmp_path: Path) -> None:
    plan = a_plan(
        tmp_path,
        {"a.toml": f'{PLAN}"integer"', "b.toml": PLAN.replace("Boots", "Hats") + '"integer"'},
    )
    store = MemoryStore()
    arrive(store, [an_event("m1", event="Boots Tried"), an_event("m2", event="Shoe Tried")])
    events = list(seen(Lake(tmp_path / "lake", store=store, now=NOON), days=7))

    assert list(against_lake(plan, events, days=7)) == [
        "unused: Hats Tried: planned, and not seen in 7 days",
        "undocumented: Shoe Tried: seen 1 times, and not planned",
    ]


def test_a_change_says_what_it_would_have_refused(tmp_path: Path) -> None:
    old = a_plan(tmp_path / "old", {"a.toml": f'{PLAN}"integer"'})
    new = a_plan(tmp_path / "new", {"a.toml": f'{PLAN}"string"'})
    events = [
        *(an_event(f"n{n}", event="Boots Tried", properties={"size": n}) for n in range(3)),
        an_event("s", event="Boots Tried", properties={"size": "42"}),
        an_event("u", event="Nobody Planned"),
    ]

    found = difference(events, old, new)

    assert list(told(found, days=7)) == [
        "of 5 events of the last 7 days, the change would have refused 3 more, and 1 fewer"
        " (of a source that rejects; one that flags, flags them)",
        "  -      3  shop-web  Boots Tried at properties.size: Invalid Type: must be string",
        "  +      1  shop-web  Boots Tried at properties.size: Invalid Type: must be integer",
    ]
    assert sum(difference(events, None, new).newly_refused.values()) == 4


def test_what_is_proposed_is_a_plan_that_takes_what_was_seen(tmp_path: Path) -> None:
    events = [
        an_event(
            f"m{n}",
            event="Order Paid",
            properties={
                "total": 3 if n % 2 else 2.5,
                "way": "card" if n % 3 else "cash",
                "at": "2026-03-01T10:00:00Z",
                "lines": [{"sku": "s", "count": n}],
                "to": {"city": "Rome"},
                **({"coupon": f"c{n}"} if n % 2 else {}),
            },
        )
        for n in range(60)
    ]
    dynamic = an_event("d", event="Order 10231 Paid")

    ((name, text),) = proposals([*events, dynamic], planned={"Hats Tried"})

    properties = tomllib.loads(text)["properties"]
    assert name == "order_paid"
    assert properties["total"] == {"type": "number", "required": True}
    assert properties["way"] == {"type": "string", "required": True, "enum": ["card", "cash"]}
    assert properties["at"]["format"] == "date-time"
    assert properties["coupon"] == {"type": "string"}
    assert properties["lines"]["items"]["properties"]["count"]["type"] == "integer"
    plan = load(written(tmp_path / "shop.plan", {f"{name}.toml": text}))
    assert plan is not None
    assert difference(events, None, plan).newly_refused == {}
