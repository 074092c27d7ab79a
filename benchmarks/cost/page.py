"""The bill as tables for people: in a terminal, in README.md and in docs/cost.md, between markers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.cost import prices
from benchmarks.cost.bill import Assumed, Month, bill, charged
from benchmarks.cost.measured import Measured, lines
from benchmarks.cost.peers import PUBLISHED
from benchmarks.cost.prices import Price
from benchmarks.cost.stack import Stack
from local.places import ROOT

README = ROOT / "README.md"
PAGE = ROOT / "docs" / "cost.md"
TRAFFIC: Mapping[str, float] = {"idle": 0, "1 M": 1e6, "100 M": 100e6, "10 B": 10e9}
SHARD = "Kinesis: shards"


class MarkersError(Exception):
    """A page without the markers that the tables go between."""


def totals(month: Month, *, allowance: bool = True) -> dict[str, float]:
    """Return the dollars of each part of the month's bill, in the bill's order."""
    found: dict[str, float] = {}
    for line, dollars in charged(bill(month), allowance=allowance):
        found[line.part] = found.get(line.part, 0.0) + dollars
    return found


def months(
    measured: Measured, stack: Stack, assumed: Assumed, traffic: Mapping[str, float] = TRAFFIC
) -> dict[str, Month]:
    """Return a month of each traffic."""
    return {name: Month(events, stack, measured, assumed) for name, events in traffic.items()}


def summary(of: Mapping[str, Month]) -> list[str]:
    """Return the README's table: a row a group of parts, a column a traffic."""
    columns = {name: grouped(totals(month)) for name, month in of.items()}
    rows = [[part, *(_money(column[part]) for column in columns.values())] for part in GROUPS]
    sums = {name: sum(totals(month).values()) for name, month in of.items()}
    full = {name: sum(totals(month, allowance=False).values()) for name, month in of.items()}
    shards = {name: totals(month)[SHARD] for name, month in of.items()}
    return _table(
        ["dollars a month, at events a month", *of],
        [
            *rows,
            ["**all**", *(f"**{_money(each)}**" for each in sums.values())],
            ["all but the stream's shards", *(_money(sums[name] - shards[name]) for name in of)],
            ["all, without AWS's always-free allowances", *map(_money, full.values())],
            [
                "a million events",
                *(
                    _money(sums[name] / month.asked * 1e6) if month.asked else "–"
                    for name, month in of.items()
                ),
            ],
        ],
    )


def every_part(of: Mapping[str, Month]) -> list[str]:
    """Return the table of every part by itself."""
    columns = {name: totals(month) for name, month in of.items()}
    parts = next(iter(columns.values()))
    return _table(
        ["part", *of],
        [[part, *(_money(column[part]) for column in columns.values())] for part in parts]
        + [["**all**", *(f"**{_money(sum(column.values()))}**" for column in columns.values())]],
    )


def others(month: Month) -> list[str]:
    """Return what others publish beside Headwater's bill for the same traffic."""

    def ours(events: float, events_a_request: float) -> dict[str, float]:
        assumed = replace(month.assumed, events_a_request=events_a_request)
        return totals(replace(month, asked=events, assumed=assumed))

    return _table(
        [
            "system",
            "what its figure covers",
            "events a month",
            "published",
            "Headwater, taking and landing only",
            "Headwater, all of it",
        ],
        [
            [
                f"{each.system} ({each.source})",
                each.covers,
                f"{each.events / 1e6:,.0f} M"
                + (f", {each.events_a_request:.0f} a request" if each.events_a_request > 1 else ""),
                _money(each.dollars),
                _money(sum(bill_of[part] for part in INGESTION)),
                _money(sum(bill_of.values())),
            ]
            for each in PUBLISHED
            for bill_of in [ours(each.events, each.events_a_request)]
        ],
    )


def options(month: Month) -> list[str]:
    """Return what the optional parts would add to a month of requests."""
    requests, out = month.requests, month.requests * month.measured.response_bytes / 1024**3
    rows = {
        "CloudFront before the API": (
            prices.CLOUDFRONT_REQUEST.of(requests, allowance=True)
            + prices.CLOUDFRONT_GB.of(out, allowance=True),
            "one host with the site, viewer headers for geography",
        ),
        "WAF on it, one ACL and one rate rule": (
            prices.WAF_ACL.of(1, allowance=False)
            + prices.WAF_RULE.of(1, allowance=False)
            + prices.WAF_REQUEST.of(requests, allowance=False),
            "a cap a visitor address; API Gateway's throttle is free",
        ),
        "Tracing=Active": (
            prices.TRACE.of(requests, allowance=True),
            "the time of each function; the access log has each request's",
        ),
        "StreamRetentionHours=168": (
            month.shards * prices.HOURS_A_MONTH * 0.02,
            "a week for a consumer that is down; raise it while one is",
        ),
    }
    return _table(
        ["option", f"dollars at {month.asked / 1e6:,.0f} M events", "what it buys"],
        [[name, _money(dollars), buys] for name, (dollars, buys) in rows.items()],
    )


def price_list() -> list[str]:
    """Return the price table, every price with its page."""
    return _table(
        ["unit", "dollars", "always free, an account", "AWS's page", "found in"],
        [
            [
                each.unit,
                _steps(each),
                f"{each.free:,.0f}" if each.free else "",
                each.page,
                each.found,
            ]
            for each in vars(prices).values()
            if isinstance(each, Price)
        ],
    )


def assumptions(assumed: Assumed, measured: Measured) -> list[str]:
    """Return what the bill was made from: measured, and assumed."""
    return [
        "Measured:",
        *lines(measured),
        "Assumed:",
        *(f"  {name:24}{getattr(assumed, name):g}" for name in Assumed.__slots__),
    ]


def write(of: Mapping[str, Month]) -> None:
    """Put the tables between the markers of README.md and docs/cost.md."""
    for file, content in pages(of).items():
        file.write_text(content, encoding="utf-8")


def pages(of: Mapping[str, Month]) -> dict[Path, str]:
    """Return both pages as they ought to be."""
    middle = of["100 M"]
    tables = {
        "summary": summary(of),
        "parts": every_part(of),
        "others": others(middle),
        "options": options(middle),
        "made-from": ["```text", *assumptions(middle.assumed, middle.measured), "```"],
        "prices": [
            f"us-east-1. Compared on {prices.COMPARED_ON} with what the last column names.",
            "",
            *price_list(),
        ],
    }
    return {
        README: _between(README, {"summary": tables["summary"]}),
        PAGE: _between(PAGE, {name: it for name, it in tables.items() if name != "summary"}),
    }


# What others call ingestion: taken, validated, committed, written to S3.
INGESTION = (
    "API Gateway",
    "Lambda: collector",
    SHARD,
    "Kinesis: PUT units",
    "Lambda: lander",
    "S3: requests",
    "CloudWatch: logs",
)
# The README's rows: what belongs together when somebody asks what it costs.
GROUPS: Mapping[str, Sequence[str]] = {
    "the door: API Gateway, collector": ("API Gateway", "Lambda: collector", "Lambda: people"),
    "the stream: Kinesis": (SHARD, "Kinesis: PUT units"),
    "the lake: lander, compactor, S3, Athena": (
        "Lambda: lander",
        "Lambda: compactor",
        "S3: requests",
        "S3: storage",
        "Athena",
    ),
    "who is who: stitcher, DynamoDB": ("Lambda: stitcher", "Lambda: changes", "DynamoDB"),
    "delivery to one tool: SQS, forwarder": ("SQS", "Lambda: forwarder"),
    "watching: logs, metrics, alarms, dashboard": (
        "CloudWatch: logs",
        "CloudWatch: metrics",
        "CloudWatch: alarms",
        "CloudWatch: dashboard",
    ),
    "everything else": (),
}


def grouped(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the README's rows of a bill by parts."""
    named = {part for group in GROUPS.values() for part in group}
    grouped = {name: sum(parts[part] for part in group) for name, group in GROUPS.items()}
    *_, rest = GROUPS
    grouped[rest] = sum(dollars for part, dollars in parts.items() if part not in named)
    return grouped


def _between(file: Path, tables: Mapping[str, Sequence[str]]) -> str:
    text = file.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = f"<!-- cost:{name} -->", f"<!-- /cost:{name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise MarkersError(f"{file.name} lacks {begin} … {end}")
        text = "".join((before, begin, "\n\n", "\n".join(table), "\n\n", end, after))
    return text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"| {' | '.join(['---', *('---:' if _numeric(rows, at) else '---' for at in range(1, len(head)))])} |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _numeric(rows: Sequence[Sequence[str]], column: int) -> bool:
    return all(row[column].strip("*–")[:1] in "0123456789<" for row in rows if row[column])


def _money(dollars: float) -> str:
    if 0 < dollars < 0.005:
        return "<0.01"
    return f"{dollars:,.2f}" if dollars < 1000 else f"{dollars:,.0f}"


def _steps(price: Price) -> str:
    return ", then ".join(f"{step:.10f}".rstrip("0").rstrip(".") for _, step in price.steps)
