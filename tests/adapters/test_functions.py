import io

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from headwater.adapters.functions import LambdaFunctions
from headwater.errors import DependencyError


def body(content: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(content), len(content))


def called(**answer: object) -> bytes:
    client = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    with Stubber(client) as stubber:
        expected = {"FunctionName": "stitcher", "Payload": b"{}"}
        if "code" in answer:
            stubber.add_client_error("invoke", str(answer["code"]), expected_params=expected)
        else:
            stubber.add_response("invoke", answer, expected)
        return LambdaFunctions(client).invoke("stitcher", b"{}")


def test_a_function_answers() -> None:
    assert called(StatusCode=200, Payload=body(b'{"batchItemFailures":[]}')) == (
        b'{"batchItemFailures":[]}'
    )


def test_a_function_that_raises_is_a_fault() -> None:
    with pytest.raises(DependencyError, match="raised"):
        called(StatusCode=200, FunctionError="Unhandled", Payload=body(b"{}"))


def test_a_function_that_is_busy_is_a_fault_by_its_code() -> None:
    with pytest.raises(DependencyError, match="TooManyRequestsException"):
        called(code="TooManyRequestsException")
