"""Each planned event is a view with its properties in columns of their types."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from headwater.lake.planned import planned_views
from headwater.tracking_plan import Plan, check
from headwater.tracking_plan.columns import column_type, planned_events, view_name
from headwater.tracking_plan.own_form import rule

from local.athena import Lake
from local.athena.lint import LintError
from local.athena.lint import check as lint
from tests.fakes import MemoryStore
from tests.unit.lake.bucket import NOON, an_event, arrive, change, compact
from tests.unit.tracking_plan.plans import written

ODD = Plan(
    "shop",
    tuple(
        rule({"name": name, "version": version, "properties": properties}, file="e.toml")
        for name, version, properties in (
            (
                "Order Completed",
                1,
                {
                    "order_id": {"type": "string", "required": True},
                    "total": {"type": "number"},
                    "items": {"type": ["integer", "null"]},
                    "gift": {"type": "boolean"},
                    "paid_at": {"type": "string", "format": "date-time"},
                    "due": {"type": "string", "format": "date"},
                    "products": {"type": "array"},
                    "shipping": {"enum": ["post", "pickup"]},
                    "timestamp": {"type": "string"},
                    "Grüße an": {"type": "string"},
                    "order": {"type": "string"},
                    "it's": {"type": "string"},
                    'no "path"': {"type": "string"},
                    "amount": {"type": "integer"},
                },
            ),
            ("Order Completed", 2, {"amount": {"type": "string"}}),
            ("Don't Ask", 1, {}),
        )
    ),
)
PAID = "2026-03-01T10:00:00+02:00"
PAID_AT = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - the lake's times are UTC without saying so


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    store = MemoryStore()
    properties = {
        "order_id": "o-1",
        "total": 12.5,
        "items": 3,
        "gift": True,
        "paid_at": PAID,
        "due": "2026-04-01",
        "products": [{"price": 1}],
        "shipping": "post",
        "timestamp": "the page's",
        "Grüße an": "Oma",
        "order": "asc",
        "it's": "so",
        "amount": 7,
    }
    wrong = dict.fromkeys(properties, "?") | {"items": 3.0, "amount": "7"}
    arrive(
        store,
        [
            an_event("m0", event="Order Completed", properties={}),
            an_event("m1", event="Order Completed", properties=properties, user_id="u1"),
            an_event("m2", event="Order Completed", properties=wrong),
            an_event("m3", event="Order completed", properties=properties),
            an_event("m4", event="Don't Ask"),
            an_event("m5", type="page", name="Order Completed"),
        ],
    )
    compact(store, tmp_path)
    return Lake(tmp_path / "lake", store=store, now=NOON, plan=ODD)


def test_properties_are_columns_of_their_types(lake: Lake) -> None:
    rows = lake.query(
        """SELECT message_id, user_id, order_id, total, items, gift, paid_at, due, products, shipping,
          property_timestamp, grue_an, "order", it_s, amount
        FROM event_order_completed WHERE message_id <> 'm0' ORDER BY message_id"""
    ).rows

    assert rows == (
        (
            "m1", "u1", "o-1", 12.5, 3, True, PAID_AT, date(2026, 4, 1),
            '[{"price":1}]', "post", "the page's", "Oma", "asc", "so", "7",
        ),
        (
            "m2", None, "?", None, 3, None, None, None, '"?"', "?", "?", "?", "?", "?", "7",
        ),
    )  # fmt: skip


def test_a_view_has_its_event_alone(lake: Lake) -> None:
    assert lake.query("SELECT message_id FROM event_don_t_ask").rows == (("m4",),)
    assert lake.query("SELECT count(*) FROM event_order_completed").rows == ((3,),)


def test_a_view_reads_the_days_that_are_asked_for_alone(tmp_path: Path) -> None:
    store = MemoryStore()
    for days in range(10):
        moment = NOON - timedelta(days=days)
        event = an_event(f"m{days}", event="Order Completed", anonymous_id="d1", received_at=moment)
        arrive(store, [event], at=moment)
    compact(store, tmp_path)
    change(store, {"kind": "owner", "id_value": "d1", "owner_user_id": "u1", "seq": 1})
    lake = Lake(tmp_path / "lake", store=store, now=NOON + timedelta(days=30), plan=ODD)

    read = lake.files_read("SELECT count(*) FROM event_order_completed WHERE dt = '2026-02-25'")

    assert read["READ_PARQUET"] == 1
    assert lake.query("SELECT count(*) FROM event_order_completed").rows == ((10,),)


def test_a_comparison_athena_would_refuse_is_refused_here(lake: Lake) -> None:
    with pytest.raises(LintError, match="compares number with text"):
        lake.query("SELECT 1 FROM event_order_completed WHERE total > 'x'")


@pytest.mark.parametrize("view", planned_views(ODD), ids=lambda view: view.name)
def test_a_view_keeps_to_the_portable_subset(view: object) -> None:
    lint(re.sub(r"CREATE OR REPLACE VIEW \w+ AS", "", str(getattr(view, "sql", ""))))


def test_a_name_is_made_safe_and_stays_its_own() -> None:
    assert view_name("Order Completed") == "event_order_completed"
    assert view_name("orderCompleted") == "event_order_completed"
    assert re.fullmatch(r"event_[0-9a-f]{8}", view_name("注文完了"))
    assert view_name("注文完了") != view_name("注文取消")
    assert len(view_name("A" * 500)) <= 110
    assert view_name("x'; DROP TABLE y --") == "event_x_drop_table_y"


def test_two_names_that_become_one_are_a_fault(tmp_path: Path) -> None:
    files = {
        "a.toml": 'name = "Order Completed"\n[properties]\n"orderId".type = "string"\norder_id.type = "string"',
        "b.toml": 'name = "Order completed"\n[properties]',
    }

    faults = check(written(tmp_path / "shop.plan", files))

    assert [fault.file for fault in faults] == ["shop.plan/a.toml", "shop.plan/b.toml"]
    assert "would both be the column order_id" in faults[0].message
    assert "would both be the view event_order_completed" in faults[1].message


def test_what_may_be_anything_is_json() -> None:
    said = [{}, {"type": ["string", "object"]}, {"enum": [1, "a"]}, {"enum": [{"a": 1}]}, True]

    assert [column_type(schema) for schema in said] == ["json", "json", "string", "json", "json"]


def test_versions_share_a_view() -> None:
    assert [event.view for event in planned_events(ODD)] == [
        "event_don_t_ask",
        "event_order_completed",
    ]
