"""The bill: what idle may cost, what the pages say, and that free units are an account's."""

import argparse
from dataclasses import replace

import pytest

from benchmarks.cost import page, prices
from benchmarks.cost.__main__ import number
from benchmarks.cost.bill import Assumed, Line, Month, bill, charged
from benchmarks.cost.measured import kept
from benchmarks.cost.prices import INFRACOST, MEMORY, Price
from benchmarks.cost.stack import Function, stack, times_a_month
from tests.template.document import functions


def month(events: float, **assumed: float) -> Month:
    return Month(events, stack(), kept(), replace(Assumed(), **assumed))  # type: ignore[arg-type]


def test_idle_costs_fifteen_dollars_at_most_and_four_of_them_beside_the_shard() -> None:
    idle = page.totals(month(0))

    assert sum(idle.values()) <= 15
    assert sum(idle.values()) - idle[page.SHARD] <= 4


def test_the_pages_say_what_the_template_makes() -> None:
    of = page.months(kept(), stack(), Assumed())

    for file, content in page.pages(of).items():
        assert file.read_text(encoding="utf-8") == content, "run `make cost KEPT=1 WRITE=1`"


def test_every_function_of_the_template_is_on_the_bill() -> None:
    assert {f"Lambda: {name}" for name in functions()} <= {line.part for line in bill(month(1e6))}


def test_the_readme_leaves_no_part_out() -> None:
    of = month(100e6)

    assert sum(page.grouped(page.totals(of)).values()) == pytest.approx(
        sum(page.totals(of).values())
    )


def test_what_is_free_is_taken_off_once_and_not_once_a_line() -> None:
    price = Price("call", ((float("inf"), 1.0),), "https://aws.amazon.com/", MEMORY, free=10)
    lines = [Line("one", "calls", 8, price), Line("other", "calls", 8, price)]

    assert [dollars for _, dollars in charged(lines, allowance=True)] == [0, 6]
    assert [dollars for _, dollars in charged(lines, allowance=False)] == [8, 8]


def test_a_price_falls_by_its_steps() -> None:
    price = Price("GB", ((10, 2.0), (float("inf"), 1.0)), "https://aws.amazon.com/", MEMORY)

    assert price.of(15, allowance=False) == 25


def test_every_price_says_where_it_is_written() -> None:
    found = [each for each in vars(prices).values() if isinstance(each, Price)]

    assert len(found) > 20
    assert all(each.page.startswith("https://aws.amazon.com/") for each in found)


def test_more_events_never_cost_less_and_batches_never_more() -> None:
    bills = [sum(page.totals(month(events)).values()) for events in (0, 1e6, 50e6, 1e9, 10e9)]
    batched = sum(page.totals(month(1e9, events_a_request=20)).values())

    assert bills == sorted(bills)
    assert batched < bills[3]


@pytest.mark.parametrize(
    ("written", "events"), [("1000", 1e3), ("250M", 250e6), ("1.5 b", 1.5e9), ("20k", 20e3)]
)
def test_a_number_of_events_may_be_written_short(written: str, events: float) -> None:
    assert number(written) == events


@pytest.mark.parametrize("written", ["", "-1", "many", "1MM", "1e6"])
def test_what_is_no_number_is_said_so(written: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="as in 250M"):
        number(written)


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(15 minutes)", 2_920),
        ("rate(1 day)", 730 / 24),
        ("cron(5 * * * ? *)", 730),
        ("cron(35 3 * * ? *)", 730 / 24),
    ],
)
def test_a_schedule_is_counted_for_a_month(schedule: str, times: float) -> None:
    assert times_a_month(schedule) == pytest.approx(times)


def test_a_schedule_that_nobody_has_counted_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="cron"):
        times_a_month("cron(0 12 ? * MON-FRI *)")


def test_a_canary_is_taken_landed_and_paid_but_delivered_to_nobody() -> None:
    watched = replace(
        stack(),
        functions={**stack().functions, "canary": Function(256, 512, {"Minutely": 43_800.0})},
    )

    idle = page.totals(replace(month(0), stack=watched))

    assert idle["API Gateway"] > 0
    assert idle["Lambda: forwarder"] == page.totals(month(0))["Lambda: forwarder"]
    assert sum(idle.values()) - idle[page.SHARD] <= 4


def test_every_price_of_the_stacks_own_bill_was_found_somewhere() -> None:
    at_list = {line.price for line in bill(month(100e6))}

    assert {price.unit for price in at_list if price.found == MEMORY} == set()
    assert sum(price.found == INFRACOST for price in at_list) > len(at_list) / 2
