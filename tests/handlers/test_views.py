"""The custom resource's handler on CloudFormation's requests: Athena on moto, the answer on loopback."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import boto3
import pytest
from headwater.errors import DependencyError
from headwater.lake.deployment import PREFIX
from headwater.lake.views import VIEW_NAMES, saved_queries
from headwater.tracking_plan import Plan
from headwater.tracking_plan.columns import planned_events
from headwater.workspace import IdentityPolicy, load
from mypy_boto3_athena import AthenaClient
from views import app

from tests.adapters.moto_athena import moto_athena

DEMO = cast("Plan", load("demo").plan)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class CloudFormation:
    """Where a custom resource's answers are put, and what they were."""

    def __init__(self, *, status: int = 200) -> None:
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answers.append(json.loads(body))
                outer.content_types.append(self.headers["Content-Type"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/answer"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    receiver = CloudFormation()
    yield receiver
    receiver.close()


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Iterator[AthenaClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("WORKSPACE", "demo")
    monkeypatch.setenv("GLUE_DATABASE", "lake")
    monkeypatch.setenv("ATHENA_WORKGROUP", "headwater")
    app._engine.cache_clear()
    with moto_athena() as client:
        boto3.client("glue").create_database(DatabaseInput={"Name": "lake"})
        yield client


def a_request(kind: str, url: str) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(Path(f"events/views/{kind}.json").read_text())
    return request | {"ResponseURL": url}


def statements(athena: AthenaClient) -> list[str]:
    ids = athena.list_query_executions(WorkGroup="headwater")["QueryExecutionIds"]
    return [
        athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Query"]
        for query_id in ids
    ]


def test_create_makes_every_view_and_saved_query_and_answers(
    athena: AthenaClient, cloudformation: CloudFormation
) -> None:
    request = a_request("create", cloudformation.url)

    app.handler(request, None)

    assert cloudformation.answers == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "PhysicalResourceId": "headwater-lake-views",
            "StackId": request["StackId"],
            "RequestId": request["RequestId"],
            "LogicalResourceId": "LakeViews",
        }
    ]
    assert cloudformation.content_types == [""]
    planned = planned_events(DEMO)
    assert len(statements(athena)) == len(VIEW_NAMES) + len(planned)
    assert "event_product_viewed" in {event.view for event in planned}
    names = {
        athena.get_named_query(NamedQueryId=query_id)["NamedQuery"]["Name"]
        for query_id in athena.list_named_queries(WorkGroup="headwater")["NamedQueryIds"]
    }
    assert names == {PREFIX + query.title for query in saved_queries()}


def test_update_then_delete_leave_no_query_of_ours(
    athena: AthenaClient, cloudformation: CloudFormation
) -> None:
    for kind in ("create", "update", "delete"):
        app.handler(a_request(kind, cloudformation.url), None)

    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"] * 3
    assert {answer["PhysicalResourceId"] for answer in cloudformation.answers} == {
        "headwater-lake-views"
    }
    assert athena.list_named_queries(WorkGroup="headwater")["NamedQueryIds"] == []
    assert "DROP VIEW IF EXISTS people" in statements(athena)


def test_a_failure_is_answered_with_its_reason(
    athena: AthenaClient, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLUE_DATABASE")

    app.handler(a_request("create", cloudformation.url), None)

    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["Reason"]) == (
        "FAILED",
        "SettingsError: ViewsSettings: set GLUE_DATABASE in template.yaml's Environment",
    )


def test_an_answer_that_is_refused_is_a_fault_so_that_lambda_tries_again(
    athena: AthenaClient,
) -> None:
    receiver = CloudFormation(status=403)

    with pytest.raises(DependencyError, match="CloudFormation refused the answer: 403"):
        app.handler(a_request("create", receiver.url), None)

    receiver.close()


def test_the_views_believe_what_the_workspace_believes(athena: AthenaClient) -> None:
    policy = IdentityPolicy(blocked_ids=frozenset({"kiosk"}))

    app.fulfil(
        "Create", lambda: load("demo").model_copy(update={"identity": policy}), app._engine()
    )

    made = {re.findall(r"VIEW (\w+)", sql)[0]: sql for sql in statements(athena) if "VIEW" in sql}
    assert [name for name, sql in made.items() if "'kiosk'" in sql] == ["identity_events"]
