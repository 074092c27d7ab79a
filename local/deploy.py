"""Builds the template for this machine and deploys it into the emulator, as `make deploy` does to AWS."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.bytecode import BUILT, compile_built
from local.endpoints import ANY_CREDENTIAL, REGION, aws_environment
from local.places import ROOT, SAM, STATE
from local.publication import published
from local.stages import overrides

STACK = "headwater-local"
# SAM's own bucket for artifacts would be a second stack to deploy, each time.
_ARTIFACTS = f"{STACK}-artifacts"


class DeployError(Exception):
    """`sam` failed; the message holds the end of what it said and where the rest is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What the stack is made of: its outputs, and the physical names of its functions and its API."""

    outputs: dict[str, str]
    functions: dict[str, str]
    api_id: str


def build() -> None:
    """Run `sam build` for this machine's processor, what did not change from the cache, and compile it."""
    _sam("build", ["--parameter-overrides", *_parameters({})], endpoint="")
    compile_built(BUILT)


def deploy(endpoint: str, *, athena: str) -> Deployed:
    """Run `sam deploy` against the emulator, and return what came of it; `athena`: the lake's endpoint."""
    client("s3", endpoint).create_bucket(Bucket=_ARTIFACTS)
    try:
        _sam(
            "deploy",
            [
                *("--config-env", "local", "--s3-bucket", _ARTIFACTS),
                "--no-progressbar",
                *("--parameter-overrides", *_parameters({"AthenaEndpoint": athena})),
            ],
            endpoint=endpoint,
        )
    except DeployError as error:
        raise DeployError("\n".join([*_failures(endpoint), str(error)])) from None
    return deployed(endpoint)


def deployed(endpoint: str) -> Deployed:
    """Ask CloudFormation what the stack is made of."""
    cloudformation = client("cloudformation", endpoint)
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    return Deployed(
        outputs={each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]},
        functions={
            each["LogicalResourceId"].lower(): each["PhysicalResourceId"]
            for each in resources
            if each["ResourceType"] == "AWS::Lambda::Function"
        },
        api_id=next(
            each["PhysicalResourceId"]
            for each in resources
            if each["ResourceType"] == "AWS::ApiGatewayV2::Api"
        ),
    )


def client(
    service: str, endpoint: str, *, attempts: int = 3, read_timeout_seconds: float = 60
) -> Any:
    """Return a client of the emulator, whatever this machine's own AWS settings are."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is one of many, the clients are too
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ANY_CREDENTIAL,
        aws_secret_access_key=ANY_CREDENTIAL,
        config=Config(
            proxies={},
            read_timeout=read_timeout_seconds,
            retries={"total_max_attempts": attempts},
        ),
    )


def _failures(endpoint: str) -> list[str]:
    """Return why each resource failed, first one first; its own table hides this in the middle."""
    cloudformation = client("cloudformation", endpoint)
    try:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError:
        return []  # it failed before there was a stack
    return [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', each['ResourceStatus'])}"
        for each in reversed(events)
        if each["ResourceStatus"] in {"CREATE_FAILED", "UPDATE_FAILED"}
    ]


def _parameters(more: Mapping[str, str]) -> list[str]:
    machine = platform.machine().lower()
    architecture = "arm64" if machine in {"arm64", "aarch64"} else "x86_64"
    return published(overrides("local", {"Architecture": architecture, **more}))


def _sam(verb: str, arguments: Sequence[str], *, endpoint: str) -> None:
    STATE.mkdir(exist_ok=True)
    log = STATE / f"sam-{verb}.log"
    with log.open("wb") as output:
        ended = subprocess.run(
            [SAM / "bin" / "sam", verb, *arguments],
            check=False,
            cwd=ROOT,
            env=aws_environment(endpoint) | {"SAM_CLI_TELEMETRY": "0"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if ended.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        last = "\n".join(f"    {line}" for line in lines[-30:])
        raise DeployError(f"sam {verb} failed:\n{last}\n    (all of it: {log})")
