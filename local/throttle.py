"""Sets how many requests a second a stage takes, at once: `make throttle STAGE=production RATE=50`.

    python -m local.throttle --stage production [--rate 50]

What is over is answered 429 by the gateway, costs nothing, and waits with its client. Without `--rate` it
is what the stack's own parameter says again; so is it after the next deployment that changes that.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from headwater.adapters.api_stage import ApiStage
from headwater.errors import DependencyError
from headwater.guard import Throttle, by_hand, guarded

from local.progress import say
from local.stack import told
from local.stages import StageError, stack_name

_PARAMETER = "RequestsPerSecond"


class ThrottleError(Exception):
    """A throttle that was not set; the message says why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a stack takes now, and what it would take if nobody had moved it."""

    throttle: Throttle
    own: float

    @property
    def guarded(self) -> bool:
        """Whether the guard holds it down."""
        on = guarded(self.throttle)
        return on is not None and self.throttle.rate == on.floor

    def __str__(self) -> str:
        """Tell it to an operator."""
        told = f"{self.throttle.rate:g} requests a second"
        if self.throttle.rate == self.own:
            return told
        return f"{told} of its own {self.own:g}. {self.throttle.word}".rstrip(". ")


def main() -> None:
    """Set it, or say in one line why not."""
    parser = argparse.ArgumentParser(prog="make throttle")
    parser.add_argument("--stage", required=True, help="a section of samconfig.toml")
    parser.add_argument("--rate", type=int, help="requests a second; none: the stack's own")
    asked = parser.parse_args()
    try:
        with told():
            done = throttle(
                stack_name(asked.stage),
                asked.rate,
                cloudformation=boto3.client("cloudformation"),
                gateway=boto3.client("apigatewayv2"),
                now=datetime.now(UTC),
            )
    except (StageError, ThrottleError, DependencyError) as error:
        raise SystemExit(f"throttle: {error}") from None
    say(done)


def throttle(
    stack: str, rate: int | None, *, cloudformation: Any, gateway: Any, now: datetime
) -> str:
    """Set the stage's rate and burst, and return what was done."""
    if rate is not None and rate < 1:
        raise ThrottleError(
            "RATE is at least 1 request a second; to take nothing at all, declare an [overload] in "
            "the workspace and deploy: clients are then told when to come back"
        )
    own, stage = _stage(stack, cloudformation, gateway)
    asked = rate if rate is not None else own
    stage.take(by_hand(asked, at=now))
    return (
        f"{stack} takes {asked:g} requests a second from now on (the stack's own: {own:g}); "
        "what is over gets 429 and waits with its client"
    )


def standing(stack: str, *, cloudformation: Any, gateway: Any) -> Standing:
    """Return what the stack's stage takes now; raises `DependencyError`."""
    own, stage = _stage(stack, cloudformation, gateway)
    return Standing(stage.throttle(), own)


def _stage(stack: str, cloudformation: Any, gateway: Any) -> tuple[float, ApiStage]:
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    own = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    api = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Api")[
        "StackResourceDetail"
    ]["PhysicalResourceId"]
    return float(own[_PARAMETER]), ApiStage(gateway, api)


if __name__ == "__main__":
    main()
