"""Execution environments to kill: a warm process forks one for each invocation, and it dies alone.

Run as `python -m tests.faults.environment`. Each line read is an invocation: `{"function": …,
"environ": …, "event": …}`. Written are, a line each, the child's pid, the handler's answer if it came
to one, and how the child ended.
"""

import importlib
import json
import os
from typing import Any, Literal, TextIO

import boto3

HANDLERS = ("collector", "redriver", "lander", "compactor")


class PlentyOfTime:
    """Lambda's context, as far as the handlers ask it."""

    function_name = "faults"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def main() -> None:
    """Serve invocations until the pipe ends; what the handlers log goes nowhere."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # The service models are read once and not by every child.
    services: tuple[Literal["kinesis", "s3"], ...] = ("kinesis", "s3")
    for service in services:
        boto3.client(service, region_name="us-east-1")
    handlers = {name: importlib.import_module(f"{name}.app").handler for name in HANDLERS}
    with open(0, "rb", buffering=0) as lines:  # standard input: nothing is read ahead
        while line := lines.readline():
            invocation = json.loads(line)
            if (pid := os.fork()) == 0:
                _live(handlers[invocation["function"]], invocation, out)
            _, status = os.waitpid(pid, 0)
            print(json.dumps("killed" if os.WIFSIGNALED(status) else "ended"), file=out)


def _live(handler: Any, invocation: Any, out: TextIO) -> None:
    print(os.getpid(), file=out)
    os.environ.update(invocation["environ"])
    print(json.dumps({"answer": handler(invocation["event"], PlentyOfTime())}), file=out)
    os._exit(0)


if __name__ == "__main__":
    main()
