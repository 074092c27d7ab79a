"""A stage's parameters come from samconfig.toml, and what a command decides goes over them."""

import tomllib

import pytest

from local.deploy import STACK
from local.stages import StageError, overrides, stack_name
from tests.template.document import ROOT, template

STAGES = ["staging", "production", "local"]


def test_what_the_command_decides_goes_over_what_the_stage_says() -> None:
    assert overrides("staging", {"LogRetentionDays": "3", "Workspace": "shop"}) == [
        "GlueDatabase=headwater_staging",
        "LogRetentionDays=3",
        "Workspace=shop",
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_sets_parameters_that_the_template_has(stage: str) -> None:
    named = {line.partition("=")[0] for line in overrides(stage, {})}

    assert named <= set(template()["Parameters"])


def test_each_stage_is_a_stack_of_its_own() -> None:
    assert [stack_name(stage) for stage in STAGES] == [
        "headwater-staging",
        "headwater-production",
        STACK,
    ]


def test_two_stages_of_one_account_do_not_share_a_database() -> None:
    def database(stage: str) -> str:
        chosen = dict(line.split("=", 1) for line in overrides(stage, {}))
        return str(chosen.get("GlueDatabase", template()["Parameters"]["GlueDatabase"]["Default"]))

    assert database("staging") != database("production")


def test_an_unknown_stage_is_answered_with_those_there_are() -> None:
    with pytest.raises(StageError, match="no stage 'prod'; it has staging, production, local"):
        overrides("prod", {})


def test_a_stage_grants_what_the_template_needs_and_no_more() -> None:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())

    for stage in STAGES:
        assert stages[stage]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
