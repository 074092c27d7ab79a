"""Lambda's Runtime API on loopback: it drives the real `awslambdaric` as Lambda does.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, read 2026-11-23.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any

_API = "/2018-06-01/runtime"
_ARN = "arn:aws:lambda:us-east-1:123456789012:function:collector"
_PATIENCE_SECONDS = 60


@dataclass
class RuntimeApi:
    """What the runtime asks for next, and what it answered."""

    address: str
    invocations: Queue[Mapping[str, Any]] = field(default_factory=Queue)
    answers: Queue[tuple[str, Any]] = field(default_factory=Queue)

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Invoke the function and return its response; raises RuntimeError where it failed."""
        self.invocations.put(event)
        ending, answer = self.answers.get(timeout=_PATIENCE_SECONDS)
        if ending != "response":
            raise RuntimeError(f"the function ended with {ending}: {answer}")
        return answer


@dataclass(frozen=True)
class Spent:
    """What a runtime process used from its start to its end."""

    cpu_milliseconds: float
    peak_megabytes: float
    errors: str  # its standard error


def run(
    handler: str,
    invocations: Sequence[Mapping[str, Any]] | Iterator[Mapping[str, Any]],
    *,
    path: Sequence[str],
    environment: Mapping[str, str],
) -> Spent:
    """Start a runtime, let it answer every invocation with a 2xx or 4xx, stop it, and see what it used.

    The process waits for its next invocation when it is stopped, so what it used is start, imports
    and invocations, and nothing of an orderly exit.
    """
    with _serving() as api:
        process = subprocess.Popen(
            # -S: no site-packages of ours; the path is what the function would see.
            [sys.executable, "-S", "-m", "awslambdaric", handler],
            cwd=path[0],
            env={**_environment(api, path), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        written = _Reading(process.stderr)
        ended = _Ending(process, api)
        try:
            for event in invocations:
                answer = api.invoke(event)
                assert answer["statusCode"] < 500, answer
        except RuntimeError as fault:
            fault.add_note(written.text())
            raise
        else:
            peak = _peak_megabytes(process.pid)
        finally:
            if ended.is_alive():
                os.kill(process.pid, signal.SIGKILL)
            used = ended.used()
    return Spent(
        (used.ru_utime + used.ru_stime) * 1000, peak or used.ru_maxrss / 2**20, written.text()
    )


class _Reading(Thread):
    """What a process writes, read as it comes, so that it never waits for a reader."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(daemon=True)
        self._stream, self._text = stream, ""
        self.start()

    def run(self) -> None:
        with self._stream:
            self._text = self._stream.read()

    def text(self) -> str:
        """Return everything, once the process has ended."""
        self.join()
        return self._text


class _Ending(Thread):
    """What a process had used when it ended; whoever waits for its answer is told."""

    def __init__(self, process: subprocess.Popen[str], api: RuntimeApi) -> None:
        super().__init__(daemon=True)
        self._process, self._api = process, api
        self.start()

    def run(self) -> None:
        _, status, self._used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._api.answers.put(("exit", self._process.returncode))

    def used(self) -> resource.struct_rusage:
        """Return what the process used, once it has ended."""
        self.join()
        return self._used


def _environment(api: RuntimeApi, path: Sequence[str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join(path),
        "LAMBDA_TASK_ROOT": path[0],
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "collector",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    }


def _peak_megabytes(pid: int) -> float | None:
    # Linux's rusage will not do: there a child starts from its parent's peak. macOS has only that.
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def _serving() -> Iterator[RuntimeApi]:
    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment, or each answer waits for an acknowledgement

        def do_GET(self) -> None:
            event = api.invocations.get()
            self._answer(
                200,
                json.dumps(event).encode(),
                {
                    # Without it the runtime's native client reads a null pointer.
                    "Content-Type": "application/json",
                    "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 30) * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": _ARN,
                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                },
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._answer(202, b'{"status":"OK"}', {})
            api.answers.put((self.path.rpartition("/")[2], json.loads(body)))

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: a runtime is stopped while it waits for an answer."""

    server = Server(("127.0.0.1", 0), Asked)
    api = RuntimeApi(f"127.0.0.1:{server.server_port}")
    serving = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
