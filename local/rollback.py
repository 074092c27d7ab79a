"""Moves a stage's functions back to the version before: `make rollback STAGE=production`; APPLY=1 does it.

    python -m local.rollback --stage production [--apply]

Every caller of a function calls its alias `live`, and a deployment publishes a version of every function, so
the versions before are the deployment before: code, layers and parameters. What is no function (tables,
views, alarms, the throttle) stays as it is. The next deployment of something new moves the aliases on.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from local.progress import say
from local.stack import told
from local.stages import StageError, stack_name

ALIAS = "live"


class RollbackError(Exception):
    """Aliases that must not be moved now; the message says why."""


@dataclass(frozen=True, slots=True)
class Move:
    """One function's way back: from which version to which, and when that was published."""

    logical_id: str
    function: str
    now: str
    back: str = ""  # none: its first version is the one that runs
    published: str = ""

    def __str__(self) -> str:
        """Tell it to an operator."""
        if not self.back:
            return f"{self.logical_id:<12} {self.now} stays: there is no version before"
        return f"{self.logical_id:<12} {self.now} → {self.back}, published {self.published[:19]}"


def main() -> None:
    """Say what would move, and move it when asked to."""
    parser = argparse.ArgumentParser(prog="make rollback")
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    parser.add_argument("--apply", action="store_true", help="do it")
    asked = parser.parse_args()
    try:
        with told():
            _roll_back(stack_name(asked.stage), apply=asked.apply)
    except (StageError, RollbackError) as error:
        raise SystemExit(f"rollback: {error}") from None


def _roll_back(stack: str, *, apply: bool) -> None:
    functions = boto3.client("lambda")
    found = list(moves(stack, boto3.client("cloudformation"), functions=functions))
    for each in found:
        say(str(each))
    if apply:
        move(found, functions)
        say("moved; look at `make status`, then deploy what is right")
    else:
        say("nothing was moved; APPLY=1 moves them")


def moves(stack: str, cloudformation: Any, *, functions: Any) -> Iterator[Move]:
    """Find each function's version before the one that runs; raises `RollbackError`."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for resource in (each for page in pages for each in page["StackResourceSummaries"]):
        if resource["ResourceType"] == "AWS::Lambda::Function":
            yield _move(resource["LogicalResourceId"], resource["PhysicalResourceId"], functions)


def move(found: list[Move], functions: Any) -> None:
    """Point each alias at its version before."""
    for each in found:
        if each.back:
            functions.update_alias(
                FunctionName=each.function, Name=ALIAS, FunctionVersion=each.back
            )


def _move(logical_id: str, function: str, functions: Any) -> Move:
    alias = functions.get_alias(FunctionName=function, Name=ALIAS)
    if (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        raise RollbackError(
            f"{logical_id} is between two versions: a gradual deployment is at work; stop it with "
            "`aws deploy stop-deployment`, which takes it back"
        )
    now = alias["FunctionVersion"]
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    before = [
        each
        for page in pages
        for each in page["Versions"]
        if each["Version"].isdecimal() and int(each["Version"]) < int(now)
    ]
    if not before:
        return Move(logical_id, function, now)
    last = max(before, key=lambda each: int(each["Version"]))
    return Move(logical_id, function, now, last["Version"], last["LastModified"])


if __name__ == "__main__":
    main()
