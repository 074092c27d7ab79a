"""The same-origin edge: one host that serves the shop and passes our path to the collector.

    python -m local.edge --port 8787 --endpoints .local/endpoints.json

What CloudFront does in front of a real site. Started by `local.up`, stopped by SIGTERM. Besides the
site it listens on the collector's own port (every path is the collector's there), on the sink's, the local
Athena's and the console's.
"""

import argparse
import json
import os
import secrets
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import cloudfront, gateway
from local.athena.lake import Lake
from local.athena.service import AthenaService
from local.console.opening import opened
from local.console.reach import here
from local.endpoints import ANY_CREDENTIAL, REGION, Endpoints
from local.serving import Application, Log, PortBusyError, Reply, Request, Server
from local.shop.accounts import Accounts
from local.shop.pages import BuildError, Pages, build
from local.shop.server import ShopServer
from local.shop.tracking import Tracking
from local.sink import Sink

# What API Gateway says when the function cannot be called; a client tries again.
_UNAVAILABLE = Reply(
    503, (("Content-Type", "application/json"),), b'{"message":"Service Unavailable"}'
)
_JSON = (("Content-Type", "application/json"),)
# The demo's destinations, by the first part of the path that local/up.py gives each at the sink.
_SINK_PATHS = {"crm-webhook": "webhook", "second-pipeline": "relay"}
# The longest an HTTP API waits for a function.
_LONGEST_SECONDS = 30

# Payload in; answer out, and whether the function crashed.
Invoke = Callable[[bytes], tuple[bytes, bool]]


class BusyError(Exception):
    """The function had no turn left for this call."""


class Collector:
    """An application that hands each request to the collector's function, as AWS would."""

    def __init__(self, invoke: Invoke, *, log: Log) -> None:
        """Take how the function is called."""
        self._invoke = invoke
        self._log = log

    def __call__(self, request: Request) -> Reply:
        """Answer one request with what the function answers."""
        event = gateway.payload(request, now=datetime.now(UTC), request_id=str(uuid4()))
        try:
            answer, crashed = self._invoke(json.dumps(event).encode())
        except (BotoCoreError, ClientError, BusyError) as error:
            self._log(f"the collector cannot be called: {type(error).__name__}")
            return _UNAVAILABLE
        if crashed:
            self._log(f"the collector crashed: {answer[:2000].decode('utf-8', 'replace')}")
            return Reply(500, _JSON, b'{"message":"Internal Server Error"}')
        return gateway.reply(json.loads(answer))


def same_origin(
    collector: Application, server: Application, pages: Application, prefix: str
) -> Application:
    """Return the one application of the site: our path, the shop's server, the shop's pages."""

    def site(request: Request) -> Reply:
        path = request.path
        if path == prefix or path.startswith(prefix + "/"):
            return collector(request)
        if path.startswith("/api/"):
            return server(request)
        return pages(request)

    return site


def invoker(endpoints: Endpoints) -> Invoke:
    """Return how to call the collector's live alias through the emulator's Lambda API."""
    client = boto3.client(
        "lambda",
        endpoint_url=endpoints.aws,
        region_name=REGION,
        aws_access_key_id=ANY_CREDENTIAL,
        aws_secret_access_key=ANY_CREDENTIAL,
        config=Config(
            proxies={},
            max_pool_connections=64,
            retries={"total_max_attempts": 1},
            read_timeout=_LONGEST_SECONDS,
        ),
    )

    def invoke(payload: bytes) -> tuple[bytes, bool]:
        answer = client.invoke(
            FunctionName=endpoints.collector_function, Qualifier="live", Payload=payload
        )
        return answer["Payload"].read(), "FunctionError" in answer

    return taking_turns(invoke, at_once=max(2, os.cpu_count() or 1))


def taking_turns(invoke: Invoke, *, at_once: int) -> Invoke:
    """Return the call with so many at a time at most; the others wait for their turn.

    The emulator starts a process for each call at the same time: sixty cold starts at once on two
    cores answer none of them. AWS has a machine for each.
    """
    turns = BoundedSemaphore(at_once)

    def invoke_in_turn(payload: bytes) -> tuple[bytes, bool]:
        if not turns.acquire(timeout=_LONGEST_SECONDS):
            raise BusyError
        try:
            return invoke(payload)
        finally:
            turns.release()

    return invoke_in_turn


def _say(line: str) -> None:
    # Its standard output is .local/edge.log; one write a line, so that threads do not mix theirs.
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    sys.stdout.write(f"{moment} {line}\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="the site's port")
    parser.add_argument("--endpoints", type=Path, required=True, help="endpoints.json")
    arguments = parser.parse_args()
    try:
        _serve(arguments.port, arguments.endpoints)
    except PortBusyError as error:
        raise SystemExit(f"edge: {error}") from None


def _serve(port: int, file: Path) -> None:
    endpoints = Endpoints.load(file)
    stopping = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    collector = cloudfront.fronted(
        Collector(invoker(endpoints), log=_say),
        cloudfront.distribution(endpoints.prefix),
        secret=endpoints.origin_secret,
    )
    tracking = Tracking(
        write_key=endpoints.server_key,
        host=f"http://127.0.0.1:{port}{endpoints.prefix}",
        on_error=lambda error, _: _say(f"the shop's server could not send: {error}"),
    )
    site = same_origin(
        collector,
        ShopServer(Accounts(make_id=lambda: secrets.token_hex(16)), tracking),
        _pages(endpoints, file.parent / "shop"),
        endpoints.prefix,
    )
    sink = Sink(file.parent / "sink.ndjson", clock=lambda: datetime.now(UTC))
    listening: dict[int, Any] = {port: site}
    athena = AthenaService(lambda: Lake.open(endpoints, directory=file.parent / "athena"))
    applications: dict[str, Application] = {
        endpoints.collector: collector,
        endpoints.sink: sink,
        endpoints.athena: athena,
        endpoints.console: opened(
            here(endpoints),
            port=urlsplit(endpoints.console).port or 80,
            answers=lambda destination, text: _answers(sink, destination, text),
        ),
    }
    for url, application in applications.items():
        listening.setdefault(urlsplit(url).port or 80, application)
    with ExitStack() as servers:
        for number, application in listening.items():
            servers.enter_context(Server(application, number, log=_say))
        _say(f"serving {endpoints.site}")
        stopping.wait()
        tracking.close()


def _answers(sink: Sink, destination: str, text: str) -> list[dict[str, Any]]:
    """Return what the sink answered a destination, about what holds the text; its headers hold secrets."""
    path = _SINK_PATHS.get(destination)
    return [
        {"at": received.at.isoformat(timespec="milliseconds"), "status": received.status}
        for received in sink.about(text)
        if received.path.strip("/").partition("/")[0] == path
    ]


def _pages(endpoints: Endpoints, out: Path) -> Application:
    try:
        build(out, write_key=endpoints.write_key, prefix=endpoints.prefix)
    except BuildError as error:
        # The collector and the sink are of use without the shop, so the rest still serves.
        message = str(error)
        _say(message)
        return lambda _: Reply(503, (("Content-Type", "text/plain"),), message.encode())
    return Pages(out)


if __name__ == "__main__":
    main()
