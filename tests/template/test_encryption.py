"""Everything that keeps data keeps it encrypted, and every type of resource has been thought of."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.template.document import template

Properties = Mapping[str, Any]

# How each type that keeps something says that it is encrypted.
KEEPS: Mapping[str, Callable[[Properties], bool]] = {
    "AWS::S3::Bucket": lambda it: bool(
        it["BucketEncryption"]["ServerSideEncryptionConfiguration"][0][
            "ServerSideEncryptionByDefault"
        ]["SSEAlgorithm"]
    ),
    "AWS::Kinesis::Stream": lambda it: it["StreamEncryption"]["EncryptionType"] == "KMS",
    "AWS::DynamoDB::Table": lambda it: it["SSESpecification"]["SSEEnabled"] is True,
    "AWS::SQS::Queue": lambda it: it["SqsManagedSseEnabled"] is True,
    "AWS::Athena::WorkGroup": lambda it: bool(
        it["WorkGroupConfiguration"]["ResultConfiguration"]["EncryptionConfiguration"]
    ),
    # Always, with AWS's own key: nothing to switch on, and nothing may switch it off.
    "AWS::SecretsManager::Secret": lambda it: True,
    "AWS::Logs::LogGroup": lambda it: True,
    "AWS::Serverless::Function": lambda it: True,
    "AWS::Serverless::LayerVersion": lambda it: True,
}
# Rules, names and doors: nothing of an event or a person lies in them.
KEEPS_NOTHING = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage",
        "AWS::Budgets::Budget",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::Lambda::Permission",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",  # the name of an alarm, and a number
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "Custom::LakeViews",
    }
)


@pytest.mark.parametrize(("name", "resource"), template()["Resources"].items())
def test_what_keeps_anything_keeps_it_encrypted(name: str, resource: Mapping[str, Any]) -> None:
    kind = resource["Type"]

    assert kind in KEEPS or kind in KEEPS_NOTHING, f"say in this file how {kind} is encrypted"
    assert kind in KEEPS_NOTHING or KEEPS[kind](resource["Properties"])
