"""Two stages in one account: staging is deployed beside the running stack, and neither sees the other's events."""

import gzip
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from headwater.adapters.s3 import S3ObjectStore
from headwater.errors import DependencyError
from headwater.lake.keys import ARCHIVE, RAW

from local.deploy import client
from local.endpoints import aws_environment
from local.places import ROOT, SAM
from local.stages import overrides, stack_name
from tests.e2e.stack import Stack, eventually, post

HERE = stack_name("local")
STAGING = stack_name("staging")
# What is named within something of the stack's own: an API's stage, a database's tables, and a custom
# resource's word for what it made.
WITHIN = {"AWS::ApiGatewayV2::Stage", "AWS::Glue::Table", "Custom::LakeViews"}


def resources(cloudformation: Any, stack: str) -> dict[str, tuple[str, str]]:
    """Return kind and physical name of each of the stack's resources, by logical id."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
        for page in pages
        for each in page["StackResourceSummaries"]
    }


@pytest.fixture
def staging(stack: Stack) -> Iterator[Any]:
    """The stage as `make deploy STAGE=staging` makes it, of what is built for the running one."""
    aws = stack.endpoints.aws
    built = dict(line.split("=", 1) for line in overrides("local", {}))
    mine = {
        name: built[name] for name in ("Workspace", "LandingWindowSeconds", "Alarms", "CanaryState")
    }
    mine["Architecture"] = architecture(client("lambda", aws), stack)
    deployed = subprocess.run(
        [
            SAM / "bin" / "sam",
            "deploy",
            *("--template-file", ".aws-sam/build/template.yaml", "--stack-name", STAGING),
            *("--s3-bucket", f"{HERE}-artifacts", "--capabilities", "CAPABILITY_IAM"),
            *("--no-confirm-changeset", "--no-progressbar"),
            *("--parameter-overrides", *overrides("staging", mine)),
        ],
        check=False,
        cwd=ROOT,
        env=aws_environment(aws) | {"SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
    )
    assert deployed.returncode == 0, deployed.stdout[-3_000:] + deployed.stderr[-1_000:]
    cloudformation = client("cloudformation", aws)
    yield cloudformation
    cloudformation.delete_stack(StackName=STAGING)


def architecture(functions: Any, stack: Stack) -> str:
    """The processor that the running stack was built for."""
    found = functions.get_function_configuration(FunctionName=stack.endpoints.collector_function)
    return str(found["Architectures"][0])


def holds(stack: Stack, bucket: str, message_id: str) -> bool:
    """Whether the message landed in the bucket, and perhaps was compacted already."""
    store = S3ObjectStore(client("s3", stack.endpoints.aws), bucket)
    return any(
        message_id.encode() in gzip.decompress(body)
        for prefix in (RAW, ARCHIVE + RAW)
        for body in bodies(store, prefix)
    )


def bodies(store: S3ObjectStore, prefix: str) -> Iterator[bytes]:
    for entry in store.list(prefix):
        with suppress(DependencyError):  # the compactor moved it in between
            yield store.get(entry.key)


def test_they_share_no_name_and_no_event(stack: Stack, staging: Any) -> None:
    mine, theirs = resources(staging, HERE), resources(staging, STAGING)
    assert mine.keys() == theirs.keys()
    alike = {name: kind for name, (kind, _) in mine.items() if mine[name] == theirs[name]}
    assert set(alike.values()) == WITHIN, alike

    message_id = f"staging-{uuid4()}"
    body = {
        "writeKey": stack.endpoints.write_key,
        "messageId": message_id,
        "anonymousId": message_id,
        "event": "Sent To Staging",
    }
    api = f"{stack.endpoints.aws}/_aws/execute-api/{theirs['Api'][1]}/$default"
    # Its first request of all: an answer of overload is one to come back after.
    answer = eventually(lambda: post(f"{api}/v1/track", body), lambda answer: answer[0] == 200)
    assert answer == (200, {"success": True})

    assert eventually(lambda: holds(stack, theirs["Bucket"][1], message_id), bool)
    assert not holds(stack, stack.endpoints.bucket, message_id)
