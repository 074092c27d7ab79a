"""The secrets' adapter, against moto's Secrets Manager."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from headwater.adapters.secrets import SecretsManager
from headwater.errors import DependencyError
from moto import mock_aws
from mypy_boto3_secretsmanager import SecretsManagerClient


class Clock:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManagerClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client(
            "secretsmanager",
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}),
        )


def test_a_rotated_secret_is_used_when_the_old_one_is_five_minutes_old(
    client: SecretsManagerClient,
) -> None:
    clock = Clock()
    secrets = SecretsManager(client, seconds=clock)
    client.create_secret(Name="shop/key", SecretString="first")
    seen = [secrets.get("shop/key").get_secret_value()]
    client.put_secret_value(SecretId="shop/key", SecretString="second")

    clock.seconds += 299
    seen.append(secrets.get("shop/key").get_secret_value())
    clock.seconds += 1
    seen.append(secrets.get("shop/key").get_secret_value())

    assert seen == ["first", "first", "second"]


def test_a_value_once_read_outlives_an_outage(client: SecretsManagerClient) -> None:
    clock = Clock()
    secrets = SecretsManager(client, seconds=clock)
    client.create_secret(Name="shop/key", SecretString="value")
    secrets.get("shop/key")
    client.delete_secret(SecretId="shop/key", ForceDeleteWithoutRecovery=True)

    clock.seconds += 1_000

    assert secrets.get("shop/key").get_secret_value() == "value"


def test_a_missing_secret_is_named(client: SecretsManagerClient) -> None:
    secrets = SecretsManager(client, seconds=Clock())

    with pytest.raises(DependencyError) as missing:
        secrets.get("shop/key")

    assert str(missing.value) == "secret 'shop/key' cannot be read: ResourceNotFoundException"


def test_a_binary_secret_is_refused_with_the_remedy(client: SecretsManagerClient) -> None:
    client.create_secret(Name="shop/key", SecretBinary=b"\x00")

    with pytest.raises(DependencyError) as binary:
        SecretsManager(client, seconds=Clock()).get("shop/key")

    assert str(binary.value) == "secret 'shop/key' is binary; store it as a string"


def test_an_editors_last_newline_is_no_part_of_a_secret(client: SecretsManagerClient) -> None:
    client.create_secret(Name="shop/key", SecretString="value\n")

    assert SecretsManager(client, seconds=Clock()).get("shop/key").get_secret_value() == "value"


def test_a_secret_shows_in_no_representation(client: SecretsManagerClient) -> None:
    client.create_secret(Name="shop/key", SecretString="hunter2")
    secrets = SecretsManager(client, seconds=Clock())

    shown = f"{secrets.get('shop/key')!r} {secrets!r} {vars(secrets)!r}"

    assert "hunter2" not in shown


def test_a_name_with_a_slash_in_front_is_a_parameter(client: SecretsManagerClient) -> None:
    parameters = boto3.client("ssm", region_name="us-east-1")
    parameters.put_parameter(Name="/shop/key", Value="hunter2\n", Type="SecureString")
    secrets = SecretsManager(client, seconds=Clock(), parameters=parameters)

    assert secrets.get("/shop/key").get_secret_value() == "hunter2"
    with pytest.raises(DependencyError, match="secret '/shop/none' cannot be read: ParameterNotFo"):
        secrets.get("/shop/none")
    assert "hunter2" not in repr(secrets.get("/shop/key"))


def test_a_parameter_is_remembered_like_a_secret(client: SecretsManagerClient) -> None:
    parameters, clock = boto3.client("ssm", region_name="us-east-1"), Clock()
    parameters.put_parameter(Name="/shop/key", Value="first", Type="SecureString")
    secrets = SecretsManager(client, seconds=clock, parameters=parameters)
    seen = [secrets.get("/shop/key").get_secret_value()]
    parameters.put_parameter(Name="/shop/key", Value="second", Type="SecureString", Overwrite=True)

    clock.seconds += 299
    seen.append(secrets.get("/shop/key").get_secret_value())
    clock.seconds += 1
    seen.append(secrets.get("/shop/key").get_secret_value())

    assert seen == ["first", "first", "second"]


def test_who_may_read_no_parameters_is_told_so(client: SecretsManagerClient) -> None:
    with pytest.raises(DependencyError, match="parameters are not read here"):
        SecretsManager(client, seconds=Clock()).get("/shop/key")
