"""Other functions of the stack, called and waited for."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaFunctions:
    """`ports.Functions` in Lambda; time-outs are the client's own."""

    def __init__(self, client: "LambdaClient") -> None:
        self._client = client

    def invoke(self, function: str, event: bytes) -> bytes:
        """Call the function and return its answer; one that raised is a fault."""
        try:
            answer = self._client.invoke(FunctionName=function, Payload=event)
        except ClientError as error:
            raise DependencyError(f"Lambda Invoke: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise DependencyError(f"Lambda Invoke: {type(error).__name__}") from error
        if answer.get("FunctionError"):
            raise DependencyError("the function raised")
        return answer["Payload"].read()
