"""A stage's stack on AWS: what it is called, its outputs and its parameters, with the terminal's credentials."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    TokenRetrievalError,
)

from local.stages import StageError, stack_name

_SIGN_IN = (
    "no AWS account to speak to: sign in (`aws configure`, or AWS_PROFILE) and set AWS_REGION to "
    "the stage's region"
)


@dataclass(frozen=True, slots=True)
class Stack:
    """One deployed stack."""

    name: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]


def stack_of(stage: str) -> Stack:
    """Ask CloudFormation for the stage's stack; `StageError` when there is none, or nobody answers."""
    name = stack_name(stage)
    with told():
        found = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return Stack(
        name,
        {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
        {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())},
    )


def account() -> str:
    """Name the account and region that the terminal speaks to; `StageError` when it speaks to none."""
    with told():
        client = boto3.client("sts")
        return f"{client.get_caller_identity()['Account']} in {client.meta.region_name}"


@contextmanager
def told() -> Iterator[None]:
    """Raise what AWS or the way to it says as a `StageError`, in a line for whoever sits there."""
    try:
        yield
    except (NoCredentialsError, NoRegionError, TokenRetrievalError):
        raise StageError(_SIGN_IN) from None
    except ClientError as error:
        raise StageError(f"AWS says: {error.response['Error']['Message']}") from None
    except BotoCoreError as error:
        raise StageError(str(error)) from None
