"""The collector learns its distribution's secret in an order in which nobody is refused."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.first_party import (
    FirstPartyError,
    Stack,
    beside,
    distribution_url,
    learn,
    origin_secret,
    read_stack,
)

STACK = Stack("headwater-production", "abc.execute-api.eu-west-1.amazonaws.com", "/ev", ())


class CloudFormation:
    """One stack, which takes an update at once."""

    def __init__(self, **parameters: str) -> None:
        self.parameters: dict[str, str] = {"Workspace": "demo", "Publication": "", **parameters}
        self.updates = 0

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803
        if StackName == f"{STACK.name}-first-party":
            domain = {"OutputKey": "DistributionDomain", "OutputValue": "d1.cloudfront.net"}
            return {"Stacks": [{"Outputs": [domain], "Parameters": []}]}
        endpoint = {"OutputKey": "ApiEndpoint", "OutputValue": f"https://{STACK.api_domain}"}
        parameters = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()
        ]
        return {"Stacks": [{"Outputs": [endpoint], "Parameters": parameters}]}

    def update_stack(self, *, Parameters: list[dict[str, Any]], **_: Any) -> None:  # noqa: N803
        assert {each["ParameterKey"] for each in Parameters} == self.parameters.keys()
        self.updates += 1
        for each in Parameters:
            if not each.get("UsePreviousValue"):
                self.parameters[each["ParameterKey"]] = each["ParameterValue"]

    def get_waiter(self, _: str) -> "CloudFormation":
        return self

    def wait(self, *, StackName: str) -> None:  # noqa: N803
        pass


@pytest.mark.parametrize(
    ("known", "meanwhile"),
    [
        ((), ()),  # a collector that asks for none asks for none until the distribution sends it
        (("old",), ("old", "new")),
        (("older", "old"), ("old", "new")),
        (("new",), ("new",)),
        (("old", "new"), ("old", "new")),
    ],
)
def test_while_both_are_under_way_the_collector_takes_both(
    known: tuple[str, ...], meanwhile: tuple[str, ...]
) -> None:
    assert beside(known, "new") == meanwhile


def test_the_stack_says_where_its_api_is_and_what_it_knows() -> None:
    stack = read_stack(CloudFormation(OriginSecretSha256="a,b"), STACK.name)

    assert (stack.api_domain, stack.prefix, stack.digests) == (STACK.api_domain, "/ev", ("a", "b"))
    assert read_stack(CloudFormation(OriginSecretSha256="none"), STACK.name).digests == ()


def test_a_new_secret_reaches_the_alias_and_the_same_one_changes_nothing() -> None:
    cloudformation = CloudFormation(OriginSecretSha256="none")

    assert learn(cloudformation, STACK, digests=("a" * 64,))
    published = cloudformation.parameters["Publication"]
    assert cloudformation.parameters["OriginSecretSha256"] == "a" * 64
    assert len(published) == 64

    assert not learn(cloudformation, STACK, digests=("a" * 64,))
    assert cloudformation.updates == 1

    assert learn(cloudformation, STACK, digests=("a" * 64, "b" * 64))
    assert cloudformation.parameters["Publication"] != published


def test_the_canary_calls_the_distribution_once_the_api_refuses_it() -> None:
    cloudformation = CloudFormation(OriginSecretSha256="none", CanaryUrl="")
    url = distribution_url(cloudformation, STACK)
    assert url == "https://d1.cloudfront.net/ev"

    assert learn(cloudformation, STACK, digests=("a" * 64,), canary_url=url)
    assert cloudformation.parameters["CanaryUrl"] == url
    assert not learn(cloudformation, STACK, digests=("a" * 64,), canary_url=url)
    assert cloudformation.updates == 1


def test_a_canary_that_calls_the_site_by_its_own_name_goes_on_so() -> None:
    site = "https://shop.example/ev"
    cloudformation = CloudFormation(OriginSecretSha256="none", CanaryUrl=site)

    learn(cloudformation, STACK, digests=("a" * 64,), canary_url="https://d1.cloudfront.net/ev")

    assert cloudformation.parameters["CanaryUrl"] == site


def test_a_stack_from_before_is_told_to_be_deployed_first() -> None:
    with pytest.raises(FirstPartyError, match="make deploy"):
        learn(CloudFormation(), STACK, digests=("a" * 64,))


@mock_aws
def test_the_secret_is_made_once_and_anew_when_it_is_rotated() -> None:
    keeper = boto3.client("secretsmanager", region_name="eu-west-1")

    first = origin_secret(keeper, "headwater-production/origin-secret", rotate=False)
    again = origin_secret(keeper, "headwater-production/origin-secret", rotate=False)
    rotated = origin_secret(keeper, "headwater-production/origin-secret", rotate=True)

    assert first == again
    assert rotated.digest != first.digest
    assert rotated.version != first.version
    value = keeper.get_secret_value(SecretId=rotated.name)["SecretString"]
    assert rotated.digest == sha256(value.encode()).hexdigest()
