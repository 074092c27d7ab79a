"""Athena's API over the local lake, for the one function that asks it: enough of it to ask and be answered.

The emulator's own Athena knows neither Trino's SQL nor our views. Queries are answered one after the other:
https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html, read 2026-11-27.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import uuid4

import duckdb
from headwater.errors import HeadwaterError
from sqlglot.errors import SqlglotError

from local.athena.lake import Lake, Rows
from local.athena.lint import LintError
from local.serving import Reply, Request

_HEADERS = (("Content-Type", "application/x-amz-json-1.1"),)
_KEPT_ANSWERS = 100


class AthenaService:
    """An application; `open_lake` is called at the first question, for it takes a second."""

    def __init__(self, open_lake: Callable[[], Lake]) -> None:
        """Take how the lake is opened."""
        self._open_lake = open_lake
        self._lake: Lake | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="athena")
        self._answers: OrderedDict[str, Future[Rows | str]] = OrderedDict()

    def __call__(self, request: Request) -> Reply:
        """Answer one call of the API."""
        call = (request.header("X-Amz-Target") or "").removeprefix("AmazonAthena.")
        asked = json.loads(request.body or b"{}")
        match call:
            case "StartQueryExecution":
                return _json({"QueryExecutionId": self._start(asked["QueryString"])})
            case "GetQueryExecution" if answer := self._answers.get(asked["QueryExecutionId"]):
                return _json({"QueryExecution": {"Status": _status(answer)}})
            case "GetQueryResults" if answer := self._answers.get(asked["QueryExecutionId"]):
                return _json({"ResultSet": _result_set(answer.result())})
            case "StopQueryExecution":
                return _json({})
        return _json({"__type": "InvalidRequestException", "Message": f"no such {call}"}, 400)

    def _start(self, sql: str) -> str:
        query_id = str(uuid4())
        self._answers[query_id] = self._worker.submit(self._rows, sql)
        if len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return query_id

    def _rows(self, sql: str) -> Rows | str:
        """Return the answer, or why there is none."""
        try:
            if self._lake is None:
                self._lake = self._open_lake()
            else:
                self._lake.refresh()
            return self._lake.query(sql)
        except (LintError, SqlglotError, duckdb.Error, HeadwaterError, OSError) as error:
            return str(error)


def _status(answer: Future[Rows | str]) -> dict[str, str]:
    if not answer.done():
        return {"State": "RUNNING"}
    ended = answer.result()
    if isinstance(ended, str):
        return {"State": "FAILED", "StateChangeReason": ended}
    return {"State": "SUCCEEDED"}


def _result_set(answer: Rows | str) -> dict[str, Any]:
    rows = [answer.columns, *answer.rows] if isinstance(answer, Rows) else []
    return {"Rows": [{"Data": [_cell(value) for value in row]} for row in rows]}


def _cell(value: Any) -> dict[str, str]:
    """Write a value as Athena's text; NULL is a cell without one."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"VarCharValue": str(value).lower()}
    if isinstance(value, datetime):
        return {"VarCharValue": value.isoformat(" ", "milliseconds")}
    return {"VarCharValue": str(value)}


def _json(content: dict[str, Any], status: int = 200) -> Reply:
    return Reply(status, _HEADERS, json.dumps(content).encode())
