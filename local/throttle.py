"""Sets how many requests a second a stage takes, at once: `make throttle STAGE=production RATE=50`.

    python -m local.throttle --stage production [--rate 50]

What is over is answered 429 by the gateway, costs nothing, and waits with its client. Without `--rate` it
is what the stack's own parameter says again; so is it after the next deployment that changes that.
"""

import argparse
from typing import Any

import boto3

from local.progress import say
from local.stages import StageError, stack_name

_PARAMETER = "RequestsPerSecond"


class ThrottleError(Exception):
    """A throttle that was not set; the message says why."""


def main() -> None:
    """Set it, or say in one line why not."""
    parser = argparse.ArgumentParser(prog="make throttle")
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    parser.add_argument("--rate", type=int, help="requests a second; none: the stack's own")
    asked = parser.parse_args()
    try:
        told = throttle(
            stack_name(asked.stage),
            asked.rate,
            cloudformation=boto3.client("cloudformation"),
            gateway=boto3.client("apigatewayv2"),
        )
    except (StageError, ThrottleError) as error:
        raise SystemExit(f"throttle: {error}") from None
    say(told)


def throttle(stack: str, rate: int | None, *, cloudformation: Any, gateway: Any) -> str:
    """Set the stage's rate and burst, and return what was done."""
    if rate is not None and rate < 1:
        raise ThrottleError(
            "RATE is at least 1 request a second; to take nothing at all, declare an [overload] in "
            "the workspace and deploy: clients are then told when to come back"
        )
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    own = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    asked = rate if rate is not None else int(own[_PARAMETER])
    api = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Api")[
        "StackResourceDetail"
    ]["PhysicalResourceId"]
    gateway.update_stage(
        ApiId=api,
        StageName="$default",
        DefaultRouteSettings={"ThrottlingRateLimit": asked, "ThrottlingBurstLimit": asked},
    )
    return (
        f"{stack} takes {asked} requests a second from now on (the stack's own: {own[_PARAMETER]}); "
        "what is over gets 429 and waits with its client"
    )


if __name__ == "__main__":
    main()
