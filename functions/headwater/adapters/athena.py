"""Statements and saved queries, in one Athena workgroup."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_glue import GlueClient

POLL_SECONDS = 0.5

# A view is made in a second or two; what is not done by then waits for capacity it will not get.
_MAX_POLLS = 240

# Athena lets an account have 20 statements of this kind at once, in its smallest Regions:
# https://docs.aws.amazon.com/athena/latest/ug/service-limits.html, read 2026-11-27. Others need some too.
_AT_A_TIME = 8


class AthenaQueryEngine:
    """`ports.QueryEngine` and `ports.EventLake` over a workgroup and a database.

    `sleep` passes between two looks, of which there are `max_polls`: then a query is stopped, so that
    what nobody waits for any more costs nothing more.
    """

    def __init__(
        self,
        client: "AthenaClient",
        glue: "GlueClient",
        *,
        database: str,
        workgroup: str,
        sleep: Callable[[float], None],
        max_polls: int = _MAX_POLLS,
    ) -> None:
        self._client = client
        self._glue = glue
        self._database = database
        self._workgroup = workgroup
        self._sleep = sleep
        self._max_polls = max_polls

    def run(self, sql: str) -> None:
        """Run one statement and wait for its end; a failed one raises with Athena's reason."""
        self._wait(self._start(sql), sql)

    def run_all(self, statements: Sequence[str]) -> None:
        """Run statements that do not need each other, a few in Athena's queue at a time."""
        for few in batched(statements, _AT_A_TIME, strict=False):
            started = [(self._start(sql), sql) for sql in few]
            for query_id, sql in started:
                self._wait(query_id, sql)

    def views(self) -> Sequence[str]:
        """Return the names of the database's views, which Athena keeps in Glue."""
        with _translated("GetTables"):
            pages = self._glue.get_paginator("get_tables").paginate(DatabaseName=self._database)
            return [
                table["Name"]
                for page in pages
                for table in page["TableList"]
                if table.get("TableType") == "VIRTUAL_VIEW"
            ]

    def rows(self, sql: str) -> Sequence[Mapping[str, str | None]]:
        """Return the rows of one query, of which the first page has 1,000 at most.

        The first row of an answer is the columns' names:
        https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html, read 2026-11-27.
        """
        query_id = self._start(sql)
        self._wait(query_id, sql)
        with _translated("GetQueryResults"):
            answer = self._client.get_query_results(QueryExecutionId=query_id)
        names, *rows = (
            [cell.get("VarCharValue") for cell in row["Data"]]
            for row in answer["ResultSet"]["Rows"]
        )
        return [dict(zip(map(str, names), row, strict=True)) for row in rows]

    def _start(self, sql: str) -> str:
        with _translated("StartQueryExecution"):
            return self._client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._database},
                WorkGroup=self._workgroup,
            )["QueryExecutionId"]

    def _wait(self, query_id: str, sql: str) -> None:
        for _ in range(self._max_polls):
            with _translated("GetQueryExecution"):
                answer = self._client.get_query_execution(QueryExecutionId=query_id)
            status = answer["QueryExecution"]["Status"]
            match status["State"]:
                case "SUCCEEDED":
                    return
                case "FAILED" | "CANCELLED":
                    reason = status.get("StateChangeReason", status["State"])
                    raise DependencyError(f"Athena: {reason}: {_headline(sql)}")
            self._sleep(POLL_SECONDS)
        with suppress(DependencyError), _translated("StopQueryExecution"):
            self._client.stop_query_execution(QueryExecutionId=query_id)
        raise DependencyError(f"Athena: no end after {self._max_polls} looks: {_headline(sql)}")

    def saved_queries(self) -> Mapping[str, str]:
        """Return the ids of this database's saved queries by name."""
        with _translated("ListNamedQueries"):
            pages = self._client.get_paginator("list_named_queries").paginate(
                WorkGroup=self._workgroup
            )
            queries = [
                self._client.get_named_query(NamedQueryId=query_id)["NamedQuery"]
                for page in pages
                for query_id in page["NamedQueryIds"]
            ]
        return {
            query["Name"]: query["NamedQueryId"]
            for query in queries
            if query["Database"] == self._database
        }

    def save_query(
        self, name: str, description: str, sql: str, *, replacing: str | None = None
    ) -> None:
        """Save a query; the one it replaces goes first, so no name is ever there twice."""
        if replacing is not None:
            self.delete_query(replacing)
        with _translated("CreateNamedQuery"):
            self._client.create_named_query(
                Name=name,
                Description=description,
                QueryString=sql,
                Database=self._database,
                WorkGroup=self._workgroup,
            )

    def delete_query(self, query_id: str) -> None:
        """Delete a saved query."""
        with _translated("DeleteNamedQuery"):
            self._client.delete_named_query(NamedQueryId=query_id)


def _headline(sql: str) -> str:
    """Return the statement's first line that is no comment: enough to find its file."""
    return next((line for line in sql.splitlines() if line and not line.startswith("--")), sql)


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        fault = error.response.get("Error", {}).get("Message", str(error))
        raise DependencyError(f"Athena {operation} failed: {fault}") from error
    except BotoCoreError as error:
        raise DependencyError(f"Athena {operation} failed: {type(error).__name__}") from error
