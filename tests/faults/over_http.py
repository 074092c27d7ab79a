"""One schedule, played over HTTP: the collector's and the redriver's own handlers, clients and sockets."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from collector import app as collector
from headwater.adapters.breaker import BreakerStream
from headwater.adapters.kinesis import KinesisClient, KinesisStream
from headwater.adapters.put_records import put_records_client
from headwater.adapters.s3 import S3ObjectStore
from headwater.errors import DependencyError
from headwater.lake.landing import LandingRecord
from redriver import app as redriver

from tests.examples import a_workspace
from tests.faults.clients import Clients
from tests.faults.cloud import Cloud
from tests.faults.http_faults import FaultyCloud
from tests.faults.lake import ids
from tests.faults.schedule import START, SWEEP_AFTER, Schedule
from tests.handlers.gateway import invocation
from tests.vendor import vendor

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# How long a client waits for an answer here. The schedule's clock says that it was a second.
PATIENCE_SECONDS = 0.08
# And while every answer comes, whatever the machine: nothing is ever waited for so long.
_UNHURRIED_SECONDS = 60.0
CREDENTIALS = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}
_WORKSPACE = a_workspace()


@dataclass
class Clouded:
    """A faulty cloud at its address, with the clients that an execution environment keeps."""

    faulty: FaultyCloud
    lean: KinesisClient
    kinesis: KinesisClient
    s3: "S3Client"

    @property
    def cloud(self) -> Cloud:
        return self.faulty.cloud

    def collector(self, schedule: Schedule) -> collector.Adapters:
        """Build what a collector's execution environment holds, with the schedule's clock."""
        stream = BreakerStream(_stream(self.lean, schedule), monotonic=schedule.monotonic)
        return collector.Adapters(_WORKSPACE, stream, self.store)

    def redriver(self, schedule: Schedule) -> redriver.Adapters:
        return redriver.Adapters(_stream(self.kinesis, schedule), self.store)

    @property
    def store(self) -> S3ObjectStore:
        return S3ObjectStore(self.s3, "lake")


def _stream(client: KinesisClient, schedule: Schedule) -> KinesisStream:
    return KinesisStream(
        client,
        "events",
        sleep=schedule.sleep,
        monotonic=schedule.monotonic,
        random=schedule.random.random,
    )


@contextmanager
def clouded(*, patience: float = PATIENCE_SECONDS) -> Iterator[Clouded]:
    """Serve one cloud while the block runs; each schedule that is played over it sets its own faults."""
    faulty = FaultyCloud(Cloud(lambda: faulty.schedule.date()), Schedule(0, mortal=False))
    with vendor(faulty) as serving:
        yield Clouded(
            faulty,
            put_records_client(
                {**CREDENTIALS, "AWS_ENDPOINT_URL_KINESIS": serving.url},
                now=lambda: faulty.schedule.date(),
                timeout_seconds=patience,
            ),
            _Either(faulty, "kinesis", serving.url, patience, attempts=1),
            cast("S3Client", _Either(faulty, "s3", serving.url, patience, attempts=2)),
        )


class _Either:
    """boto3's client, hurried while answers may be withheld: a slow machine is no fault of a healthy cloud."""

    def __init__(
        self, faulty: FaultyCloud, service: str, url: str, patience: float, *, attempts: int
    ) -> None:
        self._faulty = faulty
        self._hurried = _boto3(service, url, patience, attempts=attempts)
        self._unhurried = _boto3(service, url, _UNHURRIED_SECONDS, attempts=attempts)

    def __getattr__(self, operation: str) -> Any:
        client = self._unhurried if self._faulty.schedule.healthy else self._hurried
        return getattr(client, operation)


def _boto3(service: str, url: str, patience: float, *, attempts: int) -> Any:
    client = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(
            connect_timeout=patience,
            read_timeout=patience,
            retries={"total_max_attempts": attempts},
        ),
    )
    if attempts > 1:
        client.meta.events.register_first(f"needs-retry.{service}", _at_once)
    return client


def _at_once(
    attempts: int, response: Any, caught_exception: Exception | None, **_: Any
) -> float | None:
    """Let the second attempt follow at once: botocore would sleep up to a second before it."""
    failed = caught_exception is not None or response[0].status_code >= 500
    return 0.0 if failed and attempts == 1 else None


class PlayedOverHttp:
    """The handlers of collector and redriver over one cloud, through whatever the schedule holds."""

    def __init__(self, seed: int, clouded: Clouded) -> None:
        self.schedule = clouded.faulty.schedule = Schedule(seed, mortal=False)
        self.cloud = clouded.cloud
        self.cloud.shard = f"shardId-{seed:012d}"
        self._clouded = clouded
        self._first_record = len(self.cloud.records)
        self.store = clouded.store
        self._collector = clouded.collector(self.schedule)
        self.clients = Clients(self.schedule)
        self.clients.send_all(self._send)

    def _send(self, body: Mapping[str, Any], request_id: str) -> int:
        event = invocation("POST", "/v1/batch", {}, json.dumps(body).encode())
        event["requestContext"]["requestId"] = request_id
        answer = collector.respond(event, self._collector, now=self.schedule.date())
        status: int = answer["statusCode"]
        return status

    @property
    def records(self) -> list[LandingRecord]:
        return self.cloud.records[self._first_record :]

    def kept(self) -> set[str]:
        """Return the ids of every line that is in the stream or waits in the spill."""
        return ids([*(record.lines for record in self.records), *self.cloud.spilled()])

    def redriven(self) -> set[str]:
        """Let notifications and sweeps come until the spill is empty; return what the stream has."""
        means = self._clouded.redriver(self.schedule)
        messages = [
            {
                "messageId": key,
                "body": json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}),
            }
            for key in self.cloud.objects
            if key.startswith("spill/")
        ]
        redriver.take(messages, means, has_time=lambda: True)
        self.schedule.now = SWEEP_AFTER.total_seconds()
        for attempt in range(8):
            self.schedule.healthy = attempt >= 2
            self.schedule.note(f"sweep {attempt}")
            with suppress(DependencyError):  # the listing itself failed: next hour again
                redriver.sweep(means, now=START + SWEEP_AFTER, has_time=lambda: True)
            if self.schedule.healthy and not any(
                k.startswith("spill/") for k in self.cloud.objects
            ):
                break
        return ids(record.lines for record in self.records)
