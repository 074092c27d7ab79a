"""A cloud that kills whoever calls it, at one moment: before or after it did what was asked."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import IO, Any, Literal, cast

from tests.faults.cloud import Answered, Cloud, operation
from tests.faults.http_faults import deliver
from tests.vendor import Asked, Vendor, vendor

_ROOT = Path(__file__).parents[2]

When = Literal["before", "after"]


def undisturbed(asked: Asked, cloud: Cloud) -> Answered | None:
    """Leave every answer to the cloud."""
    return None


class KillingCloud:
    """A cloud on loopback whose `moment`th call of the operation named (or of any) kills the caller.

    `answer` may answer in the cloud's place.
    """

    def __init__(
        self,
        cloud: Cloud,
        answer: Callable[[Asked, Cloud], Answered | None] = undisturbed,
        *,
        moment: int,
        when: When,
        called: str | None = None,
    ) -> None:
        self.cloud = cloud
        self.answer = answer
        self._moment = moment
        self._when = when
        self._called = called
        self._calls = 0
        # The pid of the function that runs; None while only a test calls.
        self.caller: Queue[int] | None = None
        self.struck = False

    def __call__(self, asked: Asked, connection: socket.socket, _: Vendor) -> None:
        victim = self._victim(asked)
        if victim is None or self._when == "after":
            answered = self.answer(asked, self.cloud) or self.cloud.answer(asked)
        if victim is None:
            deliver(connection, answered)
        else:
            self.struck = True
            os.kill(victim, signal.SIGKILL)

    def _victim(self, asked: Asked) -> int | None:
        if self.struck or self.caller is None or self._called not in (None, operation(asked)):
            return None
        self._calls += 1
        return self.caller.get(timeout=30) if self._calls == self._moment else None


class Lambda:
    """Invokes functions in environments of `tests.faults.environment`, one a time."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def invoke(
        self,
        function: str,
        event: Mapping[str, Any],
        killing: KillingCloud,
        environ: Mapping[str, str],
    ) -> Any:
        """Return the handler's answer, None when its process was killed before it had one."""
        killing.caller = Queue()
        order = {"function": function, "event": event, "environ": environ}
        cast("IO[bytes]", self._process.stdin).write(json.dumps(order).encode() + b"\n")
        killing.caller.put(self._read())
        told = self._read()
        if told == "killed":
            killing.caller = None
            return None
        assert isinstance(told, dict), f"{function} ended without an answer"
        assert self._read() == "ended"
        killing.caller = None
        return told["answer"]

    def _read(self) -> Any:
        return json.loads(cast("IO[bytes]", self._process.stdout).readline())


@contextmanager
def serving(killing: KillingCloud, directory: Path) -> Iterator[dict[str, str]]:
    """Serve the cloud; what it gives are the variables that lead a function there."""
    directory.mkdir(exist_ok=True)
    with vendor(killing) as at:
        yield {
            "AWS_ENDPOINT_URL": at.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "WORKSPACE": "demo",
            "STREAM_NAME": "events",
            "COOKIE_KEYS": "cookie-keys",
            "SALTS_TABLE": "salts",
            "BUCKET_NAME": "lake",
            "TMPDIR": str(directory),
            # Nobody answers there: what is read in the background has no place among the calls.
            **{
                f"AWS_ENDPOINT_URL_{service}": "http://127.0.0.1:1"
                for service in ("SECRETSMANAGER", "DYNAMODB")
            },
        }


@contextmanager
def functions() -> Iterator[Lambda]:
    """Keep a warm process, from which each invocation's is forked, while the block runs."""
    command = [sys.executable, "-m", "tests.faults.environment"]
    environ = {**os.environ, "PYTHONPATH": f"{_ROOT / 'functions'}{os.pathsep}{_ROOT}"}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        yield Lambda(process)
        cast("IO[bytes]", process.stdin).close()
