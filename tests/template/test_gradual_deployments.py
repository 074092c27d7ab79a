"""What SAM makes of the template with and without gradual deployments, by its own transform."""

import copy
import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from local.places import SAM
from tests.template.document import template, text

GRADUAL = "Canary10Percent10Minutes"


@cache
def transformed() -> Mapping[str, Mapping[str, Any]]:
    """The resources that CloudFormation gets, by the parameter's value."""
    document = copy.deepcopy(dict(template()))
    for each in document["Resources"].values():
        if "ContentUri" in each.get("Properties", {}):
            each["Properties"]["ContentUri"] = "s3://artifacts/layer"
    document["Globals"]["Function"]["CodeUri"] = "s3://artifacts/code"
    defaults = {
        name: each["Default"] for name, each in document["Parameters"].items() if "Default" in each
    }
    values = ("AllAtOnce", GRADUAL)
    asked = [
        {**defaults, "GradualDeployments": value, "AWS::Region": "us-east-1"} for value in values
    ]
    ended = subprocess.run(
        [SAM / "bin" / "python", Path(__file__).with_name("sam_transform.py")],
        input=json.dumps({"template": document, "parameters": asked}, default=str),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
    )
    assert ended.returncode == 0, ended.stderr
    made = (each["Resources"] for each in json.loads(ended.stdout))
    return dict(zip(values, made, strict=True))


def of(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in found.items() if each["Type"] == kind}


def test_by_default_nothing_of_code_deploy_is_made() -> None:
    found = transformed()["AllAtOnce"]

    assert [each["Type"] for each in found.values() if "CodeDeploy" in each["Type"]] == []
    assert all("UpdatePolicy" not in each for each in found.values())


def test_a_gradual_deployment_moves_the_collectors_alias_and_is_taken_back_by_its_alarm() -> None:
    found = transformed()[GRADUAL]
    ((name, group),) = of("AWS::CodeDeploy::DeploymentGroup", found).items()
    (alias,) = (each for each in found.values() if "UpdatePolicy" in each)
    made = {name: _where_gradual(value) for name, value in group["Properties"].items()}

    assert alias["Properties"]["FunctionName"] == {"Ref": "Collector"}
    assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {
        "Ref": name
    }
    assert GRADUAL in json.dumps(made["DeploymentConfigName"])
    assert made["AlarmConfiguration"] == {
        "Enabled": True,
        "Alarms": [{"Name": {"Ref": "CollectorFaults"}}],
    }
    assert "DEPLOYMENT_STOP_ON_ALARM" in made["AutoRollbackConfiguration"]["Events"]
    assert text(made["ServiceRoleArn"]) == "${CodeDeployRole.Arn}"
    assert "CodeDeployServiceRole" not in found  # SAM's own may move every alias of the account


def _where_gradual(value: Any) -> Any:
    """What the condition `Gradual` chooses; it holds wherever these resources are made."""
    match value:
        case {"Fn::If": ["Gradual", chosen, _]}:
            return chosen
    return value


def test_whoever_deploys_gradually_has_the_alarm() -> None:
    rule = template()["Rules"]["GradualDeploymentIsWatched"]

    assert rule["RuleCondition"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "GradualDeployments"}, "AllAtOnce"]}]
    }
    assert rule["Assertions"][0]["Assert"] == {"Fn::Equals": [{"Ref": "Alarms"}, "all"]}


def test_every_way_of_deploying_but_one_is_gradual() -> None:
    ways = template()["Parameters"]["GradualDeployments"]["AllowedValues"]
    mapped = template()["Mappings"]["Deployments"]

    assert {way: each["Gradual"] for way, each in mapped.items()} == {
        way: "false" if way == "AllAtOnce" else "true" for way in ways
    }
