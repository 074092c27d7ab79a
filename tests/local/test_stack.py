"""What AWS refuses is told in a line that says what to do, and never as a traceback."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)

from local.stack import told
from local.stages import StageError

MISSING = ClientError(
    {"Error": {"Code": "ValidationError", "Message": "Stack with id headwater-x does not exist"}},
    "DescribeStacks",
)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (NoCredentialsError(), "sign in"),
        (NoRegionError(), "AWS_REGION"),
        (MISSING, "AWS says: Stack with id headwater-x does not exist"),
        (EndpointConnectionError(endpoint_url="https://x"), "Could not connect"),
    ],
)
def test_a_fault_of_aws_is_one_line(fault: Exception, says: str) -> None:
    with pytest.raises(StageError, match=says) as told_as, told():
        raise fault

    assert "\n" not in str(told_as.value)


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), told():
        raise KeyError("ours")
