"""Each function may do what it does, and nothing else: one statement a permission, no wildcards."""

from collections.abc import Mapping
from typing import Any

import pytest
from headwater.erasure.files import Files
from headwater.erasure.objects import Objects
from headwater.erasure.stores import STORES

from tests.template.document import functions, listed, properties, resources, statements, text

ALLOWED = [
    pytest.param(name, statement, id=f"{name}-{statement.get('Sid', 'assume')}")
    for name, statement in statements()
]
# What comes before a trailing `*`: objects under a prefix, tables of the one database, and secrets of
# the one workspace, whose names end in six characters of AWS's.
OPEN_ENDED = (
    "${Bucket.Arn}/",
    "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:table/${Lake}/",
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
    ":secret:headwater-${Workspace}/",
    "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/headwater-${Workspace}/",
)


@pytest.mark.parametrize(("name", "statement"), ALLOWED)
def test_no_action_is_a_wildcard(name: str, statement: Mapping[str, Any]) -> None:
    assert [action for action in listed(statement["Action"]) if "*" in action] == []


# What AWS lets nobody narrow: the sums of metrics and the states of alarms, which name nobody.
# docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html, read 2026-11-27.
NOT_NARROWED = ("cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms")


@pytest.mark.parametrize(("name", "statement"), ALLOWED)
def test_no_resource_is_a_wildcard(name: str, statement: Mapping[str, Any]) -> None:
    if statement["Action"] in NOT_NARROWED:
        return
    for resource in map(text, listed(statement.get("Resource", "none: it is a trust policy"))):
        stem, star, rest = resource.partition("*")
        assert rest == ""
        assert not star or (stem.startswith(OPEN_ENDED) and stem != "${Bucket.Arn}/")


def roles() -> Mapping[str, Any]:
    """The functions' roles; CodeDeploy's is no function's."""
    every = resources("AWS::IAM::Role")
    return {name: role for name, role in every.items() if name != "CodeDeployRole"}


def test_a_role_trusts_lambda_only() -> None:
    for role in roles().values():
        assert role["Properties"]["AssumeRolePolicyDocument"]["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]


def test_every_function_has_a_role_of_its_own_and_every_role_its_function() -> None:
    assert {f"{name.capitalize()}Role" for name in functions()} == set(roles())


def test_code_deploy_moves_the_collectors_alias_and_nothing_else() -> None:
    role = properties("CodeDeployRole")
    may = {
        action: {text(resource) for resource in listed(statement["Resource"])}
        for name, statement in statements()
        if name == "CodeDeployRole" and statement["Action"] != "sts:AssumeRole"
        for action in listed(statement["Action"])
    }
    (trusts,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert trusts["Principal"] == {"Service": "codedeploy.amazonaws.com"}
    assert "ManagedPolicyArns" not in role
    assert may.pop("cloudwatch:DescribeAlarms") == {"*"}
    assert set(may) == {
        "lambda:GetAlias",
        "lambda:UpdateAlias",
        "lambda:GetProvisionedConcurrencyConfig",
    }
    assert set.union(*may.values()) == {"${Collector.Arn}", "${Collector.Arn}:live"}


def test_a_role_has_no_managed_policy_but_logs_and_traces() -> None:
    for role in roles().values():
        logs, traces = role["Properties"]["ManagedPolicyArns"]
        condition, yes, no = traces["Fn::If"]
        assert (text(logs), condition, text(yes), text(no)) == (
            "${WriteLogs}",
            "Traces",
            "arn:${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess",
            "${AWS::NoValue}",
        )


def test_only_s3_of_this_account_announces_spilled_objects() -> None:
    (statement,) = [each for name, each in statements() if name == "SpillPointersPolicy"]

    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_every_statement_says_what_it_is_for() -> None:
    named = [
        (name, statement["Sid"])
        for name, statement in statements()
        if statement["Action"] != "sts:AssumeRole"
    ]

    assert len(named) == len(set(named)) > 0


def test_stream_secrets_and_identities_are_each_in_the_hands_they_belong_to() -> None:
    able = {
        action: {
            name
            for name, statement in statements()
            if action in listed(statement["Action"])
            # A breaker is nobody's identity.
            and statement["Sid"] != "LeaveDeadVendorsAlone"
            # A stream of the site owner's own is not ours.
            and statement["Sid"] != "SendToOwnResources"
        }
        for action in ("kinesis:PutRecords", "secretsmanager:GetSecretValue", "dynamodb:UpdateItem")
    }

    assert able == {
        "kinesis:PutRecords": {"CollectorRole", "RedriverRole"},
        "secretsmanager:GetSecretValue": {"ForwarderRole", "CollectorRole", "EraserRole"},
        "dynamodb:UpdateItem": {"StitcherRole", "ChangesRole", "KeeperRole", "EraserRole"},
    }


def test_of_tables_the_collector_reads_the_salts_and_the_keeper_no_identity() -> None:
    tables = {
        name: {
            text(resource)
            for role, statement in statements()
            if role == name and "dynamodb:" in str(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        for name in ("CollectorRole", "KeeperRole")
    }

    assert tables == {
        "CollectorRole": {"${SaltsTable.Arn}"},
        "KeeperRole": {"${SaltsTable.Arn}", "${SuppressionsTable.Arn}"},
    }


def test_who_may_touch_every_store_has_no_door_and_whose_door_it_is_touches_none() -> None:
    doors = {
        text(each["Properties"]["FunctionName"])
        for each in resources("AWS::Lambda::Permission").values()
    }
    writes = {
        text(resource)
        for name, statement in statements()
        if name == "PrivacyRole" and not {"s3:PutObject"}.isdisjoint(listed(statement["Action"]))
        for resource in listed(statement["Resource"])
    }

    assert "${Eraser.Alias}" not in doors
    assert writes == {"${Bucket.Arn}/deletions/requests/*"}


def test_the_bucket_refuses_what_does_not_come_over_tls() -> None:
    ((name, statement),) = statements("Deny")

    assert name == "BucketPolicy"
    assert statement["Principal"] == "*"
    assert statement["Action"] == "s3:*"
    assert [text(resource) for resource in statement["Resource"]] == [
        "${Bucket.Arn}",
        "${Bucket.Arn}/*",
    ]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_the_api_of_this_stack_calls_the_functions_behind_it() -> None:
    every = resources("AWS::Lambda::Permission")
    permissions = [each["Properties"] for name, each in every.items() if name.startswith("Api")]
    integrations = resources("AWS::ApiGatewayV2::Integration").values()

    assert {text(each["FunctionName"]) for each in permissions} == {
        text(each["Properties"]["IntegrationUri"]) for each in integrations
    }
    for each in permissions:
        assert each["Principal"] == "apigateway.amazonaws.com"
        assert text(each["SourceArn"]).startswith(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
        )


def test_only_its_own_alarm_calls_the_guard_and_it_may_move_one_stage_only() -> None:
    (other,) = (
        each["Properties"]
        for name, each in resources("AWS::Lambda::Permission").items()
        if not name.startswith("Api")
    )
    ((_, statement),) = (pair for pair in statements() if pair[1].get("Sid") == "MoveTheThrottle")

    assert {key: text(value) for key, value in other.items()} == {
        "FunctionName": "${Guard.Alias}",
        "Action": "lambda:InvokeFunction",
        "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
        "SourceAccount": "${AWS::AccountId}",
        "SourceArn": "${GuardOn.Arn}",
    }
    assert statement["Action"] == ["apigateway:GET", "apigateway:PATCH"]
    assert text(statement["Resource"]).endswith("::/apis/${Api}/stages/$default")


def test_of_the_secrets_the_collector_reads_the_keys_of_cookies_and_user_tokens_only() -> None:
    cookies, tokens = (
        text(statement["Resource"])
        for name, statement in statements()
        if name == "CollectorRole" and "secretsmanager" in str(statement["Action"])
    )

    assert cookies == "${CookieKeys}"
    assert tokens.endswith(":secret:headwater-${Workspace}/user-token-*")


def test_the_eraser_reaches_every_store_it_cleans() -> None:
    """The emulator asks for no permission: what is missing here would be found on AWS."""
    may: dict[str, set[str]] = {}
    for name, statement in statements():
        if name == "EraserRole" and "Resource" in statement:
            for action in listed(statement["Action"]):
                reach = may.setdefault(action, set())
                reach |= {text(each).removesuffix("*") for each in listed(statement["Resource"])}
    cleaned = {store.prefix: store.clean for store in STORES if isinstance(store, Objects)}
    rewritten = {store.prefix for store in STORES if isinstance(store, Files)}
    kept = {prefix for prefix, clean in cleaned.items() if clean} | rewritten

    def missing(action: str, prefixes: set[str]) -> set[str]:
        return {p for p in prefixes if f"${{Bucket.Arn}}/{p}" not in may[action]}

    assert len(cleaned) > 10
    assert rewritten
    assert missing("s3:GetObject", kept) == set()
    assert missing("s3:PutObject", kept) == set()
    assert missing("s3:DeleteObject", {*cleaned, *rewritten}) == set()
