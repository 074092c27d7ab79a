"""A month's bill, part by part: how much of everything the traffic makes, times its price.

Each part is one small function from the month to its lines; `PARTS` is their order, the event's own way
through the stack.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from benchmarks.cost import prices
from benchmarks.cost.measured import Measured
from benchmarks.cost.prices import SECONDS_A_MONTH, Price
from benchmarks.cost.stack import Stack

# A Lambda function has one whole core at 1,769 MB:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html, 2026-11-27.
MEGABYTES_A_CORE = 1769
GB = 1024**3


@dataclass(frozen=True, slots=True)
class Assumed:
    """What cannot be measured without an account: waits inside Lambda, and how a site behaves."""

    events_a_request: float = 1.0  # what a browser's client sends; servers send up to a hundred
    destinations: int = 1  # tools that every event goes to
    peak: float = 3.0  # the busiest hour over the mean; shards are there for it
    questions: int = 100  # to Athena, each over the last day with all its columns
    kinesis_wait_ms: float = 15.0  # PutRecords' round trip from Lambda
    s3_wait_ms: float = 40.0
    dynamodb_wait_ms: float = 5.0
    vendor_wait_ms: float = 200.0
    scheduled_ms: float = 2_000.0  # an hourly look that begins cold and finds nothing


@dataclass(frozen=True, slots=True)
class Month:
    """The traffic of a month through a stack."""

    asked: float
    stack: Stack
    measured: Measured
    assumed: Assumed

    @property
    def events(self) -> float:
        """Events of the month, the canary's among them."""
        canary = self.stack.functions.get("canary")
        return self.asked + (sum(canary.schedules.values()) if canary else 0.0)

    @property
    def requests(self) -> float:
        """HTTP requests of the month."""
        return self.events / self.assumed.events_a_request

    @property
    def line_gb(self) -> float:
        """Plain bytes of the month's events."""
        return self.events * self.measured.stored_line_bytes / GB

    @property
    def shards(self) -> int:
        """Shards that take the busiest hour: 1 MB and 1,000 records a second each."""
        busiest = self.events / SECONDS_A_MONTH * self.assumed.peak
        by_bytes = busiest * self.measured.stored_line_bytes / 1e6
        by_records = busiest / self.assumed.events_a_request / 1000
        return max(self.stack.shards, ceil(max(by_bytes, by_records)))

    def batches(self, window: float, most: float) -> float:
        """How often a consumer of the stream is called: by its window, or by full batches."""
        if not self.events:
            return 0.0
        records_a_second = self.requests / SECONDS_A_MONTH / self.shards
        # The window opens with the first record after the last batch.
        every = max(1.0, window) + 1 / records_a_second
        return max(SECONDS_A_MONTH * self.shards / every, self.requests / most)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill: so many units at a price."""

    part: str
    what: str
    units: float
    price: Price


def bill(month: Month) -> list[Line]:
    """Return every line of the month, those that cost nothing too."""
    return [line for part in PARTS for line in part(month)]


def charged(lines: Iterable[Line], *, allowance: bool) -> Iterator[tuple[Line, float]]:
    """Return what each line costs; allowances and steps are the account's, so lines share them.

    Whoever comes first in the bill takes what is free.
    """
    before: dict[Price, float] = {}
    for line in lines:
        used = before.get(line.price, 0.0)
        before[line.price] = used + line.units
        yield (
            line,
            line.price.of(used + line.units, allowance=allowance)
            - line.price.of(used, allowance=allowance),
        )


def _api(month: Month) -> Iterator[Line]:
    yield Line("API Gateway", "requests", month.requests, prices.HTTP_API_REQUEST)
    out = month.requests * month.measured.response_bytes / GB
    yield Line("API Gateway", "replies", out, prices.TRANSFER_GB)


def _stream(month: Month) -> Iterator[Line]:
    hours = month.shards * prices.HOURS_A_MONTH
    yield Line("Kinesis: shards", "shard hours", hours, prices.SHARD_HOUR)
    # A request's events are packed into records of at most 128 KB; 25 KB are a unit.
    bytes_a_request = month.assumed.events_a_request * month.measured.stored_line_bytes
    units = month.requests * ceil(bytes_a_request / 25_000)
    yield Line("Kinesis: PUT units", "PUT units", units, prices.PUT_UNIT)


def _functions(month: Month) -> Iterator[Line]:
    """Everything that runs: how often, and for how long at its share of a core."""
    m, a = month.measured, month.assumed
    landings, stitchings = _landings(month), _stitchings(month)
    runs = {
        "collector": (
            month.requests,
            m.collect_ms + (a.events_a_request - 1) * m.collect_more_ms,
            a.kinesis_wait_ms,
        ),
        "lander": (landings, _each(month.events, landings) * m.land_ms, a.s3_wait_ms),
        "stitcher": (
            stitchings,
            _each(month.events, stitchings) * m.stitch_ms,
            _each(month.events, stitchings)
            * (m.identity_read_units / 0.5 + m.identity_write_units)
            * a.dynamodb_wait_ms
            + 10,  # the queue takes the batch
        ),
        "forwarder": (
            _forwardings(month),
            _each(month.asked * a.destinations, _forwardings(month)) * m.deliver_ms,
            a.vendor_wait_ms,
        ),
        "changes": (
            min(month.events * m.identity_write_units, landings),
            _each(month.events * m.identity_write_units, landings) * m.land_ms,
            a.s3_wait_ms,
        ),
    }
    for name, function in month.stack.functions.items():
        core = min(1.0, function.megabytes / MEGABYTES_A_CORE)
        calls, cpu_ms, wait_ms = runs.get(name, (0.0, 0.0, 0.0))
        seconds = calls * (cpu_ms / core + wait_ms) / 1000
        scheduled = sum(function.schedules.values())
        start = m.compact_start_ms if name == "compactor" else 0.0
        seconds += scheduled * (a.scheduled_ms + start) / 1000
        if name == "compactor":
            seconds += month.events * m.compact_ms / 1000
            # Each landed object is read, and copied to the archive.
            seconds += landings * 2 * a.s3_wait_ms / 1000
        part = f"Lambda: {name}"
        yield Line(part, "calls", calls + scheduled, prices.LAMBDA_REQUEST)
        yield Line(part, "GB-seconds", seconds * function.megabytes / 1024, prices.LAMBDA_GB_SECOND)
        disk = (function.scratch_megabytes - 512) / 1024
        yield Line(part, "/tmp", seconds * disk, prices.LAMBDA_DISK_GB_SECOND)


def _objects(month: Month) -> Iterator[Line]:
    """PUTs of everybody, and what lies in the bucket once every prefix is as full as it gets."""
    landings = _landings(month)
    # Landed, copied to the archive; a line of evidence a forwarding; the compactor's files and leases.
    looks = sum(sum(each.schedules.values()) for each in month.stack.functions.values())
    files = 730 * 4 if month.events else 0
    puts = 2 * landings + _forwardings(month) + files + looks
    yield Line("S3: requests", "PUTs, COPYs, LISTs", puts, prices.S3_PUT)
    yield Line("S3: requests", "GETs", landings + files + looks, prices.S3_GET)
    days = month.stack.retention_days
    parquet = month.line_gb * month.measured.parquet_share * days["events/"] / 30
    archived = month.line_gb * month.measured.gzipped_share * days["archive/"] / 30
    # A line of evidence is some 250 bytes an event, gzipped to a fifth.
    evidence = month.asked * month.assumed.destinations * 50 / GB * days["deliveries/"] / 30
    yield Line("S3: storage", "Parquet, 25 months", parquet, prices.S3_GB_MONTH)
    yield Line("S3: storage", "archive, 30 days", archived, prices.S3_GB_MONTH)
    yield Line("S3: storage", "deliveries, 90 days", evidence, prices.S3_GB_MONTH)


def _queue(month: Month) -> Iterator[Line]:
    polls = month.stack.queue_pollers * SECONDS_A_MONTH / 20  # long polls of 20 s
    messages = _messages(month)
    chunks = ceil(_message_events(month) * month.measured.stored_line_bytes / 65_536)
    yield Line("SQS", "empty receives", polls, prices.SQS_REQUEST)
    # Sent, received and deleted; ten at a time when there are ten, which is not counted here.
    yield Line("SQS", "sends, receives, deletes", messages * (2 * chunks + 1), prices.SQS_REQUEST)
    yield Line("SQS", "fair queues", messages * (2 * chunks + 1), prices.SQS_FAIR)


def _identity(month: Month) -> Iterator[Line]:
    m = month.measured
    yield Line("DynamoDB", "writes", month.events * m.identity_write_units, prices.DYNAMODB_WRITE)
    # The collector's containers and the forwarder's look at salts and breakers now and then.
    looks = month.requests / 1000 + _forwardings(month)
    yield Line(
        "DynamoDB", "reads", month.events * m.identity_read_units + looks, prices.DYNAMODB_READ
    )
    # Devices and people are kept for good: a year of new ones, at the sample's rate.
    gigabytes = month.events * m.identity_bytes * 12 / GB
    yield Line("DynamoDB", "storage, a year", gigabytes, prices.DYNAMODB_GB_MONTH)
    yield Line("DynamoDB", "back in time", gigabytes, prices.DYNAMODB_PITR_GB_MONTH)


def _questions(month: Month) -> Iterator[Line]:
    day = month.line_gb * month.measured.parquet_share / 30
    # Athena counts 10 MB a question at least.
    terabytes = month.assumed.questions * max(day, 10 / 1024) / 1024 if month.events else 0.0
    yield Line(
        "Athena", f"{month.assumed.questions} questions over a day", terabytes, prices.ATHENA_TB
    )


def _watching(month: Month) -> Iterator[Line]:
    stack, m = month.stack, month.measured
    consumers = _landings(month) + _stitchings(month) + _forwardings(month)
    scheduled = sum(sum(each.schedules.values()) for each in stack.functions.values())
    lines = (
        month.requests * (m.request_log_bytes + m.access_log_bytes)
        + (consumers + scheduled) * 450  # a line each, metrics in it
    ) / GB
    yield Line("CloudWatch: logs", "GB taken", lines, prices.LOG_GB)
    yield Line("CloudWatch: logs", "GB kept a month", lines * 0.15, prices.LOG_GB_MONTH)
    # HTTP APIs have six metrics a route, when asked for.
    metrics = stack.custom_metrics + 6 * stack.detailed_routes
    yield Line("CloudWatch: metrics", "custom metrics", metrics, prices.METRIC)
    yield Line("CloudWatch: alarms", "metrics looked at", stack.alarm_metrics, prices.ALARM_METRIC)
    yield Line("CloudWatch: dashboard", "dashboards", stack.dashboards, prices.DASHBOARD)


def _keys(month: Month) -> Iterator[Line]:
    # The collector's secret, and one of each destination's.
    secrets = month.stack.secrets + (month.assumed.destinations if month.asked else 0)
    yield Line("Secrets Manager", "secrets", secrets, prices.SECRET)
    calls = 730 * 12 * secrets if month.events else 0
    yield Line("Secrets Manager", "calls", calls, prices.SECRET_CALL)
    # Stream and tables ask KMS again after five minutes of use, each for each that uses it.
    users = 3 * month.shards + 2 * month.stack.encrypted_tables if month.events else 3
    yield Line("KMS", "requests", 730 * 12 * users, prices.KMS_REQUEST)


PARTS: Sequence[Callable[[Month], Iterator[Line]]] = (
    _api,
    _functions,
    _stream,
    _objects,
    _queue,
    _identity,
    _questions,
    _watching,
    _keys,
)


def _landings(month: Month) -> float:
    # Lambda cuts a batch at 6 MB, which are 4.5 MB before base64.
    most = 4.5e6 / (month.measured.stored_line_bytes * month.assumed.events_a_request)
    return month.batches(month.stack.landing_seconds, min(10_000, most))


def _stitchings(month: Month) -> float:
    return month.batches(month.stack.stitching_seconds, 500)


def _message_events(month: Month) -> float:
    """Events a message: what one stitching had, as much as a message takes."""
    most = 200_000 / month.measured.stored_line_bytes
    return max(1.0, min(most, _each(month.events, _stitchings(month))))


def _messages(month: Month) -> float:
    # The canary's events go to no destination.
    return month.assumed.destinations * month.asked / _message_events(month)


def _forwardings(month: Month) -> float:
    """Calls of the forwarder: ten messages at most, and as few as come together."""
    together = min(10.0, max(1.0, _messages(month) / SECONDS_A_MONTH))
    return _messages(month) / together


def _each(whole: float, parts: float) -> float:
    return whole / parts if parts else 0.0
