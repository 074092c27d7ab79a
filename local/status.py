"""`make status`: is each part well, on one screen. Exit code 1 when one is not.

python -m local.status [--stage production]
"""

import argparse
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import boto3
from headwater import canary
from headwater.errors import DependencyError
from headwater.lake.keys import FAILED, RAW, SPILL, UNDELIVERABLE
from headwater.ports import ObjectStore, StoredObject

from local.deployment import Deployment, deployment
from local.endpoints import NotUpError
from local.stack import told
from local.stages import StageError
from local.throttle import Standing, standing

_SPILL_COMES_BACK_WITHIN = timedelta(minutes=15)
_COMPACTED_WITHIN = timedelta(hours=2)
_DAY = timedelta(days=1)
_CANARY_SECONDS = 600
# More than these are not counted: it is wrong already.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Health:
    """One part: whether it is well, and what says so."""

    part: str
    well: bool
    says: str


def main(arguments: list[str]) -> int:
    """Print the screen."""
    parser = argparse.ArgumentParser(prog="make status")
    parser.add_argument("--stage", default="", help="a section of samconfig.toml; else here")
    asked = parser.parse_args(arguments)
    try:
        there = deployment(asked.stage)
    except (NotUpError, StageError) as error:
        raise SystemExit(f"status: {error}") from None
    parts = list(health(there, now=datetime.now(UTC)))
    for each in parts:
        print(f"{'✓' if each.well else '✗'} {each.part:<13} {each.says}")
    return 0 if all(each.well for each in parts) else 1


def health(there: Deployment, *, now: datetime) -> Iterator[Health]:
    """Ask every part, in the order of an event's way; one that does not answer is not well."""
    looks: dict[str, Callable[[], Health]] = {
        "collector": lambda: _collector(there.api),
        **{part: lambda look=look: look(there.store, now) for part, look in OF_BUCKET.items()},  # type: ignore[misc]
        "dead letters": lambda: _dead_letters(there),
    }
    if there.stack:
        looks["throttle"] = lambda: _throttle(there.stack)
        looks["alarms"] = lambda: _alarms(there.stack)
    for part, look in looks.items():
        try:
            yield look()
        except (DependencyError, StageError) as error:
            yield Health(part, well=False, says=str(error))


def _collector(url: str) -> Health:
    try:
        with urllib.request.urlopen(f"{url}/v1/health", timeout=5) as answer:
            return Health("collector", answer.status == 200, f"answers {answer.status}")
    except urllib.error.HTTPError as error:
        # Behind a CDN the API itself answers strangers so.
        return Health("collector", error.code == 403, f"answers {error.code}")
    except OSError as error:
        return Health("collector", well=False, says=f"does not answer: {type(error).__name__}")


def _spill(store: ObjectStore, now: datetime) -> Health:
    waiting = _some(store, SPILL)
    late = [each for each in waiting if now - each.modified_at > _SPILL_COMES_BACK_WITHIN]
    return Health("spill", not late, f"{len(waiting)} objects wait, {len(late)} of them too long")


def _raw(store: ObjectStore, now: datetime) -> Health:
    raw = _some(store, RAW)
    oldest = max((now - each.modified_at for each in raw), default=timedelta())
    says = f"{len(raw)} raw objects, the oldest {_minutes(oldest)} old"
    return Health("compactor", oldest <= _COMPACTED_WITHIN, says)


def _canary(store: ObjectStore, now: datetime) -> Health:
    ages = canary.look(store, now=now)
    if ages.landed >= canary.WINDOW.total_seconds():
        return Health("canary", well=True, says="none was seen: it is off, or nothing lands")
    says = f"landed {ages.landed:.0f} s ago, went the whole way {ages.returned:.0f} s ago"
    return Health("canary", ages.returned < _CANARY_SECONDS, says)


def _given_up(store: ObjectStore, _: datetime) -> Health:
    found = _some(store, "aws/lambda/")
    return Health("given up", not found, f"{len(found)} batches wait for the reinvoker")


def _failed(store: ObjectStore, now: datetime) -> Health:
    found = [each for each in _some(store, FAILED) if now - each.modified_at < _DAY]
    return Health("set aside", not found, f"{len(found)} objects with unreadable lines in a day")


def _undeliverable(store: ObjectStore, now: datetime) -> Health:
    found = [each for each in _some(store, UNDELIVERABLE) if now - each.modified_at < _DAY]
    by = sorted({each.key.split("/")[1] for each in found})
    return Health(
        "deliveries", not found, f"{len(found)} undeliverable objects in a day {by or ''}"
    )


def _parked(store: ObjectStore, _: datetime) -> Health:
    return Health("parked", well=True, says=f"{len(_some(store, 'parked/'))} messages wait")


def _dead_letters(there: Deployment) -> Health:
    count = there.dead_letters.count()
    return Health("dead letters", count == 0, f"{count} messages were given up")


def _throttle(stack: str) -> Health:
    with told():
        found = standing(
            stack,
            cloudformation=boto3.client("cloudformation"),
            gateway=boto3.client("apigatewayv2"),
        )
    return of_throttle(found)


def of_throttle(found: Standing) -> Health:
    """Tell what the API takes; fewer requests than the stack's own are somebody's to know of."""
    says = f"the guard is on: {found}" if found.guarded else str(found)
    return Health("throttle", found.throttle.rate >= found.own, says)


def _alarms(stack: str) -> Health:
    with told():
        found = boto3.client("cloudwatch").describe_alarms(
            AlarmNamePrefix=f"{stack}-", StateValue="ALARM"
        )["MetricAlarms"]
    ringing = [each["AlarmDescription"] for each in found]
    return Health("alarms", not ringing, "; ".join(ringing) or "none rings")


OF_BUCKET: dict[str, Callable[[ObjectStore, datetime], Health]] = {
    "spill": _spill,
    "compactor": _raw,
    "canary": _canary,
    "given up": _given_up,
    "set aside": _failed,
    "deliveries": _undeliverable,
    "parked": _parked,
}


def _some(store: ObjectStore, prefix: str) -> list[StoredObject]:
    return list(islice(store.list(prefix), _MOST))


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
