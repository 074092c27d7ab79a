"""What template.yaml makes when nothing is asked for: counted in the file, never by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from headwater.metrics import UNITS

from local.places import ROOT
from local.template import load

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Function:
    """A function's memory and disk, and how often a schedule of its own calls it in a month."""

    megabytes: int
    scratch_megabytes: int
    schedules: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Stack:
    """What a month is charged for whether or not anything happens, and what time shares out."""

    functions: Mapping[str, Function]
    shards: int
    landing_seconds: int
    stitching_seconds: int
    alarm_metrics: int
    dashboards: int
    custom_metrics: int
    detailed_routes: int
    secrets: int
    queue_pollers: int
    encrypted_tables: int
    retention_days: Mapping[str, int]


@cache
def stack() -> Stack:
    """Count the template's resources under its default parameters."""
    document = load(ROOT / "template.yaml")
    defaults = {name: each.get("Default") for name, each in document["Parameters"].items()}
    read = _Reader(document["Conditions"], defaults)
    made = {
        name: each
        for name, each in document["Resources"].items()
        if "Condition" not in each or read.holds(each["Condition"])
    }

    def of(kind: str) -> list[Resource]:
        return [each["Properties"] for each in made.values() if each["Type"] == kind]

    functions = {
        name.lower(): _function(each["Properties"], read)
        for name, each in made.items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    (stage,) = of("AWS::ApiGatewayV2::Stage")
    (bucket,) = of("AWS::S3::Bucket")
    return Stack(
        functions=functions,
        shards=int(defaults["StreamShards"]),
        landing_seconds=int(defaults["LandingWindowSeconds"]),
        stitching_seconds=int(defaults["StitchingWindowSeconds"]),
        alarm_metrics=sum(map(_metrics_of, of("AWS::CloudWatch::Alarm"))),
        dashboards=len(of("AWS::CloudWatch::Dashboard")),
        custom_metrics=len(UNITS),
        detailed_routes=len(of("AWS::ApiGatewayV2::Route"))
        if stage["DefaultRouteSettings"].get("DetailedMetricsEnabled")
        else 0,
        secrets=len(of("AWS::SecretsManager::Secret")),
        queue_pollers=sum(map(_pollers, of("AWS::Serverless::Function"))),
        encrypted_tables=len(of("AWS::DynamoDB::Table")),
        retention_days={
            rule["Prefix"]: rule["ExpirationInDays"]
            for rule in bucket["LifecycleConfiguration"]["Rules"]
            if "Prefix" in rule and "ExpirationInDays" in rule
        },
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The template's values and conditions, as they are under its default parameters."""

    conditions: Mapping[str, Any]
    defaults: Mapping[str, Any]

    def value(self, written: Any) -> str:
        match written:
            case {"Ref": name}:
                return str(self.defaults[name])
            case {"Fn::If": [condition, yes, no]}:
                return self.value(yes if self.holds(condition) else no)
            case _:
                return str(written)

    def holds(self, condition: Any) -> bool:
        match condition:
            case str(name) | {"Condition": name}:
                return self.holds(self.conditions[name])
            case {"Fn::Equals": [one, other]}:
                return self.value(one) == self.value(other)
            case {"Fn::Not": [inner]}:
                return not self.holds(inner)
            case {"Fn::And": inner}:
                return all(map(self.holds, inner))
            case {"Fn::Or": inner}:
                return any(map(self.holds, inner))
        raise ValueError(f"no condition of this kind is understood: {condition}")


def _function(properties: Resource, read: _Reader) -> Function:
    return Function(
        megabytes=properties["MemorySize"],
        scratch_megabytes=properties.get("EphemeralStorage", {}).get("Size", 512),
        schedules={
            name: times_a_month(read.value(event["Properties"]["Schedule"]))
            for name, event in properties.get("Events", {}).items()
            if event["Type"] == "Schedule"
            and read.value(event["Properties"].get("State", "ENABLED")) != "DISABLED"
        },
    )


def times_a_month(schedule: str) -> float:
    """Read `rate(5 minutes)` or a cron that runs hourly or daily.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html, 2026-11.
    """
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule):
        minutes = {"minute": 1, "hour": 60, "day": 1440}[rate[2]]
        return 730 * 60 / (int(rate[1]) * minutes)
    if cron := re.fullmatch(r"cron\(\d+ (\*|\d+) \* \* \? \*\)", schedule):
        return 730 if cron[1] == "*" else 730 / 24
    raise ValueError(f"no month has been counted for {schedule!r}: teach times_a_month")


def _metrics_of(alarm: Resource) -> int:
    return sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1


def _pollers(function: Resource) -> int:
    """Count Lambda's long polls of a function's queues: five each, always, with a concurrency set.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html, 2026-11-27.
    """
    queues = [each for each in function.get("Events", {}).values() if each["Type"] == "SQS"]
    return sum(5 if "ScalingConfig" in each["Properties"] else 2 for each in queues)


def access_log_format() -> str:
    """Return the template's access log format, as it is written."""
    (stage,) = (
        each["Properties"]
        for each in load(ROOT / "template.yaml")["Resources"].values()
        if each["Type"] == "AWS::ApiGatewayV2::Stage"
    )
    return str(stage["AccessLogSettings"]["Format"])
