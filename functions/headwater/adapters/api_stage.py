"""The API's throttle, in API Gateway.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html, read 2026-11-27.
"""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError
from headwater.guard import Throttle

STAGE = "$default"


class ApiStage:
    """The one stage of an HTTP API; its description holds what was last said of its throttle."""

    def __init__(self, client: Any, api_id: str) -> None:
        self._client = client
        self._api_id = api_id

    def throttle(self) -> Throttle:
        """Return what the stage takes now; raises `DependencyError`."""
        answer = self._call(self._client.get_stage)
        return Throttle(
            answer["DefaultRouteSettings"]["ThrottlingRateLimit"], answer.get("Description", "")
        )

    def take(self, throttle: Throttle) -> None:
        """Set rate, burst and word at once; raises `DependencyError`."""
        # A burst is a whole number, and the gateway's least is one.
        burst = max(1, round(throttle.rate))
        self._call(
            self._client.update_stage,
            Description=throttle.word,
            DefaultRouteSettings={
                "ThrottlingRateLimit": throttle.rate,
                "ThrottlingBurstLimit": burst,
            },
        )

    def _call(self, method: Any, **more: Any) -> Any:
        try:
            return method(ApiId=self._api_id, StageName=STAGE, **more)
        except ClientError as error:
            raise DependencyError(f"API Gateway: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise DependencyError(f"API Gateway: {type(error).__name__}") from error
