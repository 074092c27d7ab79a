"""Ask the local lake: SQL, a file of SQL, or a saved query by its name."""

import argparse
import csv
import re
import sys
from pathlib import Path

import duckdb
from headwater import workspace
from headwater.errors import HeadwaterError
from headwater.lake.views import saved_queries, saved_query
from sqlglot.errors import SqlglotError

from local.athena.lake import Lake, Rows
from local.athena.lint import LintError
from local.athena.printing import table
from local.endpoints import Endpoints, NotUpError
from local.generate.bucket import DATA

# With which the parser shows the place of a fault, terminal or not.
_UNDERLINE = re.compile("\x1b\\[[0-9;]*m")


def main(arguments: list[str] | None = None) -> int:
    """Print the answer, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        sql = options.file.read_text("utf-8") if options.file else _sql(options.question)
        lake = (
            Lake(options.directory, plan=workspace.load("demo").plan)
            if options.directory
            else Lake.open(Endpoints.load())
        )
        rows = lake.query(sql)
        if options.chart:
            options.chart.write_text(_page(options.question, rows), "utf-8")
    except (LintError, SqlglotError, duckdb.Error, HeadwaterError, NotUpError, OSError) as error:
        print(_UNDERLINE.sub("", str(error)), file=sys.stderr)
        return 1
    if options.csv:
        _print_csv(rows)
    else:
        print(table(rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    names = "\n".join(f"  {query.name:28} {query.description}" for query in saved_queries())
    parser = argparse.ArgumentParser(
        prog="python -m local.athena",
        description=__doc__,
        epilog=f"saved queries:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "question", nargs="?", default="", help="Athena SQL, a file of it, or a saved query's name"
    )
    parser.add_argument("--file", type=Path, help="a file of Athena SQL")
    parser.add_argument(
        "--data",
        dest="directory",
        action="store_const",
        const=DATA,
        help="ask the made-up events of `make data`, not the running stack",
    )
    parser.add_argument("--directory", type=Path, help="ask a directory laid out like the bucket")
    parser.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.add_argument(
        "--chart", type=Path, help="write the picture of a saved query to this HTML file as well"
    )
    return parser


def _sql(question: str) -> str:
    """Return the SQL that is meant: of a saved query, of a file, or as it was typed."""
    if not question.strip():
        raise LintError("nothing asked: give SQL, a file of SQL or a saved query's name")
    saved = {query.name: query.sql for query in saved_queries()}
    if question in saved:
        return saved[question]
    if question.endswith(".sql"):
        return Path(question).read_text("utf-8")
    if len(question.split()) == 1:
        raise LintError(f"no saved query is called {question}: there are {', '.join(saved)}")
    return question


def _page(question: str, rows: Rows) -> str:
    from local.athena.chart import CHARTS, page  # plotly takes a second to load

    if question not in CHARTS:
        raise LintError(f"there are pictures of {', '.join(CHARTS)}; the rows of others say more")
    return page(saved_query(question), rows)


def _print_csv(rows: Rows) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(rows.columns)
    writer.writerows(rows.rows)


if __name__ == "__main__":
    sys.exit(main())
