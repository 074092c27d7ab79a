"""The guard in its stack: the deployed function moves the throttle of the deployed API, and takes it back."""

import json
from pathlib import Path

from headwater.adapters.api_stage import ApiStage
from headwater.guard import Throttle, guarded

from local.deploy import STACK, client
from local.endpoints import Endpoints


def test_an_alarm_moves_the_throttle_of_this_stack_and_its_end_takes_it_back(
    endpoints: Endpoints,
) -> None:
    gateway, functions = client("apigatewayv2", endpoints.aws), client("lambda", endpoints.aws)
    (api,) = (each["ApiId"] for each in gateway.get_apis()["Items"] if each["Name"] == STACK)
    stage = ApiStage(gateway, api)
    own = 1000.0
    stage.take(Throttle(own))  # the emulator forgets what the template says of it

    def ring(name: str) -> str:
        answer = functions.invoke(
            FunctionName=endpoints.functions["guard"],
            Qualifier="live",
            Payload=Path(f"events/guard/{name}.json").read_bytes(),
        )
        return str(json.loads(answer["Payload"].read())["outcome"])

    assert ring("over") == "guarded"
    held = stage.throttle()
    assert ring("ended") == "released"

    on = guarded(held)
    assert on is not None
    assert held.rate == on.floor < on.before == own == stage.throttle().rate
