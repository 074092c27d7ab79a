"""Every statement that reaches Athena is Trino's grammar, by Trino's own ANTLR grammar.

sqlglot reads more than Athena does; this is the second opinion (npm `dt-sql-parser`).
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path

import pytest
from headwater.lake.planned import planned_views
from headwater.lake.views import saved_queries, views

from tests.unit.lake.test_planned import ODD

GRAMMAR = Path(__file__).parent / "grammar"
BUNDLE = GRAMMAR / "node_modules" / ".bundle" / "parse.mjs"

STATEMENTS = {f"views/{view.name}": view.sql for view in views()} | {
    f"queries/{query.name}": query.sql for query in saved_queries()
}
STATEMENTS |= {f"planned/{view.name}": view.sql for view in planned_views(ODD)}
# What DuckDB or a newer dialect would take, and Athena does not.
REFUSED = {
    "cast by colons": "SELECT a::integer FROM t",
    "qualify": "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
    "star exclude": "SELECT * EXCLUDE (a) FROM t",
    "a comma too many": "SELECT a, FROM t",
}


@cache
def faults() -> dict[str, list[str]]:
    if not BUNDLE.exists():
        missing = "no grammar: run `make setup`"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    answer = subprocess.run(
        ["node", str(BUNDLE)],
        input=json.dumps(list((STATEMENTS | REFUSED).items())),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_trinos_grammar(name: str) -> None:
    assert faults()[name] == []


@pytest.mark.parametrize("name", REFUSED)
def test_the_grammar_refuses_what_athena_would(name: str) -> None:
    assert faults()[name] != []
