"""The query engine's adapter: saved queries on moto, statements' endings on a scripted client."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from headwater.adapters.athena import POLL_SECONDS, AthenaQueryEngine
from headwater.errors import DependencyError
from mypy_boto3_athena import AthenaClient

from tests.adapters.moto_athena import moto_athena


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[AthenaClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with moto_athena() as client:
        yield client


def engine(client: Any, slept: list[float] | None = None, glue: Any = None) -> AthenaQueryEngine:
    pauses: list[float] = [] if slept is None else slept
    return AthenaQueryEngine(
        client, glue, database="lake", workgroup="headwater", sleep=pauses.append
    )


def test_a_statement_is_run_to_its_end(client: AthenaClient) -> None:
    engine(client).run("CREATE OR REPLACE VIEW people AS SELECT 1 AS one")

    (query_id,) = client.list_query_executions(WorkGroup="headwater")["QueryExecutionIds"]
    execution = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
    assert execution["Query"] == "CREATE OR REPLACE VIEW people AS SELECT 1 AS one"
    assert execution["QueryExecutionContext"]["Database"] == "lake"


def test_saved_queries_are_listed_replaced_and_deleted(client: AthenaClient) -> None:
    athena = engine(client)
    client.create_named_query(
        Name="of another stack", Database="other", QueryString="SELECT 1", WorkGroup="headwater"
    )

    athena.save_query("Sessions", "Visits.", "SELECT 1")
    athena.save_query(
        "Sessions", "Visits!", "SELECT 2", replacing=athena.saved_queries()["Sessions"]
    )

    ((name, query_id),) = athena.saved_queries().items()
    saved = client.get_named_query(NamedQueryId=query_id)["NamedQuery"]
    assert name == "Sessions"
    assert (saved["Description"], saved["QueryString"]) == ("Visits!", "SELECT 2")


class ScriptedClient:
    """Answers `get_query_execution` with the states given, one a call."""

    def __init__(self, *states: str, reason: str | None = None) -> None:
        self._states = iter(states)
        self._reason = reason
        self.stopped: list[str] = []

    def stop_query_execution(self, **asked: str) -> None:
        self.stopped.append(asked["QueryExecutionId"])

    def get_query_results(self, **_: Any) -> dict[str, Any]:
        names = [{"VarCharValue": name} for name in "xy"]
        return {"ResultSet": {"Rows": [{"Data": names}, {"Data": [{"VarCharValue": "a"}, {}]}]}}

    def start_query_execution(self, **_: Any) -> dict[str, str]:
        return {"QueryExecutionId": "q1"}

    def get_query_execution(self, **_: Any) -> dict[str, Any]:
        status = {"State": next(self._states)}
        if self._reason is not None:
            status["StateChangeReason"] = self._reason
        return {"QueryExecution": {"Status": status}}


def test_a_statement_is_waited_for_without_haste() -> None:
    slept: list[float] = []

    engine(ScriptedClient("QUEUED", "RUNNING", "SUCCEEDED"), slept).run("SELECT 1")

    assert slept == [POLL_SECONDS, POLL_SECONDS]


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_failed_statement_says_why_and_which(state: str) -> None:
    client = ScriptedClient("RUNNING", state, reason="COLUMN_NOT_FOUND: line 3")

    with pytest.raises(DependencyError) as caught:
        engine(client).run("-- A comment.\nCREATE OR REPLACE VIEW people AS\nSELECT nope")

    assert str(caught.value) == (
        "Athena: COLUMN_NOT_FOUND: line 3: CREATE OR REPLACE VIEW people AS"
    )


def test_a_statement_that_never_ends_is_given_up() -> None:
    client = ScriptedClient(*["QUEUED"] * 240)

    with pytest.raises(DependencyError, match="no end after 240 looks: SELECT 1"):
        engine(client).run("SELECT 1")

    assert client.stopped == ["q1"]


def test_the_rows_of_an_answer_are_text_by_column_name() -> None:
    rows = engine(ScriptedClient("RUNNING", "SUCCEEDED")).rows("SELECT 'a' AS x, NULL AS y")

    assert rows == [{"x": "a", "y": None}]


class BrokenClient:
    """Fails every call in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def start_query_execution(self, **_: Any) -> dict[str, str]:
        raise self._error

    def create_named_query(self, **_: Any) -> dict[str, str]:
        raise self._error


def test_a_fault_of_athena_is_a_dependency_error() -> None:
    refused = ClientError(
        {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "StartQueryExecution"
    )
    gone = EndpointConnectionError(endpoint_url="https://athena")

    with pytest.raises(DependencyError, match="StartQueryExecution failed: not authorized"):
        engine(BrokenClient(refused)).run("SELECT 1")
    with pytest.raises(DependencyError, match="CreateNamedQuery failed: EndpointConnectionError"):
        engine(BrokenClient(gone)).save_query("a", "b", "SELECT 1")


def test_statements_that_need_not_each_other_are_all_run(client: AthenaClient) -> None:
    statements = [f"CREATE OR REPLACE VIEW v{number} AS SELECT 1 AS one" for number in range(20)]

    engine(client).run_all(statements)

    ids = client.list_query_executions(WorkGroup="headwater")["QueryExecutionIds"]
    run = {
        client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Query"]
        for query_id in ids
    }
    assert run == set(statements)


def test_one_of_several_that_fails_is_a_fault() -> None:
    client = ScriptedClient("SUCCEEDED", "FAILED", reason="COLUMN_NOT_FOUND")

    with pytest.raises(DependencyError, match="COLUMN_NOT_FOUND: SELECT 2"):
        engine(client).run_all(["SELECT 1", "SELECT 2", "SELECT 3"])


def test_the_views_of_the_database_are_those_that_glue_has(client: AthenaClient) -> None:
    glue = boto3.client("glue")
    glue.create_database(DatabaseInput={"Name": "lake"})
    for name, kind in (("event_a", "VIRTUAL_VIEW"), ("raw_lines", "EXTERNAL_TABLE")):
        glue.create_table(DatabaseName="lake", TableInput={"Name": name, "TableType": kind})

    assert engine(client, glue=glue).views() == ["event_a"]
