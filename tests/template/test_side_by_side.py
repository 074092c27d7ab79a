"""Two stages in one account: nothing that must have a name of its own is named alike."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.stages import overrides, stack_name
from tests.template.document import template, text

# Properties by which AWS tells resources of an account apart. Left out, CloudFormation makes a name.
NAMES = frozenset(
    {
        "BucketName", "DashboardName", "DatabaseName", "FunctionName", "LogGroupName", "ManagedPolicyName",
        "QueueName", "RoleName", "StreamName", "TableName", "TopicName", "AlarmName", "BudgetName",
        "LayerName",
    }
)  # fmt: skip
NAMED_BY_NAME = frozenset(
    {"AWS::Athena::WorkGroup", "AWS::ApiGatewayV2::Api", "AWS::SecretsManager::Secret", "AWS::Kinesis::Stream"}
)  # fmt: skip


def names() -> Iterator[tuple[str, str]]:
    for resource, each in template()["Resources"].items():
        properties: Mapping[str, Any] = each.get("Properties", {})
        for name, value in _named(properties):
            yield f"{resource}.{name}", text(value)
        if "Name" in properties and each["Type"] in NAMED_BY_NAME:
            yield f"{resource}.Name", text(properties["Name"])
        if each["Type"] == "AWS::Glue::Database":
            yield f"{resource}.Name", text(properties["DatabaseInput"]["Name"])
        for event, source in properties.get("Events", {}).items():
            if "Name" in source["Properties"]:
                yield f"{resource}.{event}.Name", text(source["Properties"]["Name"])
    for output, each in template()["Outputs"].items():
        if "Export" in each:
            yield f"{output}.Export", text(each["Export"]["Name"])


def _named(properties: Any) -> Iterator[tuple[str, Any]]:
    """Find the names at any depth: a budget's is within its properties."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            if name in NAMES:
                yield name, value
            yield from _named(value)
    elif isinstance(properties, list):
        for each in properties:
            yield from _named(each)


def as_named_in(stage: str, written: str) -> str:
    values = {"AWS::StackName": stack_name(stage)}
    values |= {
        name: str(each.get("Default", "")) for name, each in template()["Parameters"].items()
    }
    values |= dict(line.split("=", 1) for line in overrides(stage, {}))
    # A name after another resource of the stack is of that stack.
    return re.sub(
        r"\$\{([\w:.]+)\}",
        lambda found: values.get(found[1], f"{stack_name(stage)}/{found[1]}"),
        written,
    )


def test_no_name_is_the_same_in_two_stages() -> None:
    found = dict(names())
    alike = {
        where: written
        for where, written in found.items()
        if as_named_in("staging", written) == as_named_in("production", written)
        and not where.startswith(("ApiCalls",))  # a permission names the function it is for
    }

    assert len(found) >= 5
    assert alike == {}


def test_metrics_of_two_stages_do_not_add_up() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert text(variables["METRICS_NAMESPACE"]) == "${AWS::StackName}"
