"""The lake's views and saved queries, as a custom resource: made when the stack is deployed."""

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from headwater import workspace
from headwater.adapters.athena import AthenaQueryEngine
from headwater.adapters.cloudformation import answer
from headwater.lake.deployment import deploy, withdraw
from headwater.lake.planned import planned_views
from headwater.lake.views import saved_queries, views
from headwater.ports import QueryEngine
from headwater.settings import ViewsSettings
from headwater.workspace import Workspace

logger = Logger(service="views")

# Never changes: with another id, CloudFormation would send a Delete after each update.
PHYSICAL_ID = "headwater-lake-views"


@cache
def _engine() -> AthenaQueryEngine:
    settings = ViewsSettings.from_env(os.environ)
    return AthenaQueryEngine(
        boto3.client("athena"),
        boto3.client("glue"),
        database=settings.glue_database,
        workgroup=settings.athena_workgroup,
        sleep=time.sleep,
    )


@cache
def _workspace() -> Workspace:
    return workspace.load(ViewsSettings.from_env(os.environ).workspace)


def handler(event: Mapping[str, Any], context: object) -> None:
    """Do what CloudFormation asks, and answer it in every case."""
    failure = None
    try:
        fulfil(event["RequestType"], _workspace, _engine())
    except Exception as error:  # whatever it is, CloudFormation must hear of it
        logger.exception("views failed")
        failure = f"{type(error).__name__}: {error}"
    answer(event, physical_id=PHYSICAL_ID, failure=failure)


def fulfil(asked: str, load: Callable[[], Workspace], engine: QueryEngine) -> None:
    """Make the views of a workspace, or take them away; `asked` is Create, Update or Delete."""
    if asked == "Delete":
        # Without the workspace: one that cannot be read must not keep a stack from being deleted.
        withdraw(views(), engine)
        return
    site = load()
    planned = planned_views(site.plan) if site.plan is not None else ()
    deploy(views(site.identity), saved_queries(), engine, planned=planned)
