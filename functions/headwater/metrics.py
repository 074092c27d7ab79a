"""The pipeline's own metrics: ten names at most, written into log lines that are written anyway.

CloudWatch reads them there (embedded metric format), so a metric costs no call and no second line. No
metric has a dimension: the namespace is the stack's name, and what goes by source, code or destination
is a field of the line, for Logs Insights. Ten are what CloudWatch charges nothing for; a new one costs
$0.30 a month and must replace another here. What AWS measures itself is not measured again.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html,
read 2026-11-27.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

type Metric = Literal[
    "Accepted",
    "Rejected",
    "Dropped",
    "GzipMangled",
    "LandedAge",
    "CompactionLag",
    "SetAside",
    "Undeliverable",
    "CanaryAge",
    "ReconciliationDifference",
]

# What is no count says its unit; a count needs none, and every byte of a line is paid for.
UNITS: Mapping[Metric, str | None] = {
    "Accepted": None,  # events of an acknowledged request that are stored, identical ones once
    "Rejected": None,  # events kept under rejected/, the same way: the reconciler counts by both
    "Dropped": None,  # events not kept: a person's choice, or the bot policy
    "GzipMangled": None,  # requests whose gzip somebody on the way took for text
    "LandedAge": "Seconds",  # how long the oldest line of a batch waited in the stream
    "CompactionLag": "Seconds",  # how long the oldest raw object has waited for the compactor
    "SetAside": None,  # lines under failed/: no collector of ours wrote them
    "Undeliverable": None,  # events under undeliverable/
    "CanaryAge": "Seconds",  # of the newest event known to have gone all the way and back
    "ReconciliationDifference": "Count",  # events an hour has lost; none is said too
}


def embedded(values: Mapping[Metric, float], *, namespace: str, at: datetime) -> Mapping[str, Any]:
    """Return the fields that make a log line carry these metrics too; none for none.

    A count of zero is left out: the sum is the same, and most requests would carry several.
    """
    said: dict[str, Any] = {name: value for name, value in values.items() if value or UNITS[name]}
    if not said:
        return {}
    return {
        "_aws": {
            "Timestamp": int(at.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": namespace,
                    "Dimensions": [[]],
                    "Metrics": [_definition(name) for name in values if name in said],
                }
            ],
        },
        **said,
    }


def _definition(name: Metric) -> Mapping[str, str]:
    unit = UNITS[name]
    return {"Name": name, "Unit": unit} if unit else {"Name": name}
