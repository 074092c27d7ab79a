"""A saved query's answer as a picture, where one says more: a page of its own that needs no network."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import plotly.graph_objects as go
from headwater.lake.views import SavedQuery
from plotly.subplots import make_subplots

from local.athena.lake import Rows
from local.athena.printing import cell

_INK, _BLUE, _AMBER = "#16324f", "#2878b5", "#d98324"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: {ink}; max-width: 68rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin-bottom: 0 }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #d5dde5 }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
{figure}
<details><summary>{count} rows</summary>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</details>
</body>
</html>
"""


def page(query: SavedQuery, rows: Rows) -> str:
    """Return the query's picture, with its rows under it, as one HTML page."""
    figure = CHARTS[query.name](rows.dicts())
    figure.update_layout(template="plotly_white", font_color=_INK, margin={"t": 40, "b": 40})
    return _PAGE.format(
        ink=_INK,
        title=escape(query.title),
        description=escape(query.description),
        figure=figure.to_html(
            full_html=False, include_plotlyjs=True, config={"displayModeBar": False}
        ),
        count=len(rows.rows),
        head="".join(f"<th>{escape(name)}</th>" for name in rows.columns),
        body="\n".join(
            "<tr>" + "".join(f"<td>{escape(cell(value))}</td>" for value in row) + "</tr>"
            for row in rows.rows
        ),
    )


def funnel(rows: list[dict[str, Any]]) -> go.Figure:
    """Draw how many people reached each step in all weeks, and what share of each week's did."""
    figure = make_subplots(
        cols=2,
        specs=[[{"type": "funnel"}, {"type": "xy"}]],
        subplot_titles=("People in all weeks", "Percent of those who came, by week"),
    )
    steps = {"came": "Came", "signed_up": "Signed up", "ordered": "Ordered"}
    figure.add_trace(
        go.Funnel(
            y=list(steps.values()),
            x=[sum(row[step] for row in rows) for step in steps],
            textinfo="value+percent initial",
            marker_color=[_INK, _BLUE, _AMBER],
            showlegend=False,
        ),
        row=1,
        col=1,
    )
    for step, colour in (("signed_up", _BLUE), ("ordered", _AMBER)):
        figure.add_trace(
            go.Scatter(
                x=[row["week"] for row in rows],
                y=[row[f"{step}_percent"] for row in rows],
                name=steps[step],
                line_color=colour,
                mode="lines+markers",
            ),
            row=1,
            col=2,
        )
    figure.update_yaxes(rangemode="tozero", ticksuffix=" %", row=1, col=2)
    return figure


def weekly_retention(rows: list[dict[str, Any]]) -> go.Figure:
    """Draw the triangle: a row a week of arrival, a column a week after, the percent who came back."""
    cohorts = list(dict.fromkeys(row["cohort"] for row in rows))
    later = range(max((row["weeks_later"] for row in rows), default=-1) + 1)
    percent = {(row["cohort"], row["weeks_later"]): row["percent"] for row in rows}
    size = {row["cohort"]: row["size"] for row in rows}
    figure = go.Figure(
        go.Heatmap(
            x=list(later),
            y=[f"{cohort} ({size[cohort]:,})" for cohort in cohorts],
            z=[[percent.get((cohort, week)) for week in later] for cohort in cohorts],
            text=[[_percent(percent.get((cohort, week))) for week in later] for cohort in cohorts],
            texttemplate="%{text}",
            colorscale=[(0, "#eef5fb"), (1, _BLUE)],
            hoverongaps=False,
            showscale=False,
        )
    )
    figure.update_xaxes(title="weeks later", dtick=1, side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return figure


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} %"


def sessions(rows: list[dict[str, Any]]) -> go.Figure:
    """Draw visits and the people behind them, day by day."""
    days = [row["day"] for row in rows]
    figure = go.Figure(
        [
            go.Scatter(x=days, y=[row[name] for row in rows], name=name.title(), line_color=colour)
            for name, colour in (("sessions", _BLUE), ("people", _AMBER))
        ]
    )
    figure.update_yaxes(rangemode="tozero")
    return figure


CHARTS: Mapping[str, Callable[[list[dict[str, Any]]], go.Figure]] = {
    "funnel": funnel,
    "sessions": sessions,
    "weekly_retention": weekly_retention,
}
