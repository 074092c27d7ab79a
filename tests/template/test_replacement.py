"""An upgrade replaces nothing that holds events or people, nor what would read the stream again.

`stateful.json` is what is deployed everywhere. CloudFormation makes a resource anew when its logical id,
its type or one of its replacing properties changes; a new name would even be refused or collide. To add
one is free; to change one is an upgrade that loses data, and needs a plan first.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.template.document import event_sources, template

# "Update requires: Replacement" in CloudFormation's reference of each type, read 2026-11-27:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
REPLACING: Mapping[str, tuple[str, ...]] = {
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::DynamoDB::Table": ("TableName", "KeySchema", "ImportSourceSpecification"),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    # A changed generator makes no new secret, but a new value in it: as bad.
    "AWS::SecretsManager::Secret": ("Name", "GenerateSecretString"),
    "AWS::Glue::Database": ("DatabaseName", "CatalogId"),
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),  # its address is in somebody's proxy
}
# SAM's own ids for event sources, and what replaces the mapping that each becomes.
SOURCE = ("Stream", "StartingPosition", "StartingPositionTimestamp")


def deployed() -> dict[str, Any]:
    resources: Mapping[str, Any] = template()["Resources"]
    found: dict[str, Any] = {
        name: {
            "Type": each["Type"],
            **{
                name: each["Properties"][name]
                for name in REPLACING[each["Type"]]
                if name in each["Properties"]
            },
        }
        for name, each in resources.items()
        if each["Type"] in REPLACING
    }
    for name, source in event_sources().items():
        if source["Type"] in {"Kinesis", "DynamoDB"}:
            found[name] = {key: source[key] for key in ("Type", *SOURCE) if key in source}
    return found


def replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what a change set would remove or make anew."""
    return [
        f"{name}: {'removed' if name not in after else f'{before[name]} became {after[name]}'}"
        for name in before
        if before[name] != after.get(name)
    ]


BEFORE: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("stateful.json").read_text(encoding="utf-8")
)


def test_an_upgrade_replaces_nothing_that_holds_state() -> None:
    assert replaced(BEFORE, deployed()) == []


def test_what_holds_state_is_on_the_list() -> None:
    assert set(deployed()) == set(BEFORE), "add the new ones to tests/template/stateful.json"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"IdentityTable": {"Type": "AWS::DynamoDB::Table", "KeySchema": []}},
        {"IdentityTable": {**BEFORE["IdentityTable"], "TableName": "identity"}},
    ],
)
def test_a_renamed_or_changed_table_would_be_seen(changed: Mapping[str, Any]) -> None:
    kept = {name: each for name, each in BEFORE.items() if name != "IdentityTable"}
    after = {**kept, **changed}

    (said,) = replaced(BEFORE, after)

    assert said.startswith("IdentityTable: ")
