"""Sums of the pipeline's own metrics, from CloudWatch.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html, read 2026-11-27.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError
from headwater.metrics import Metric


class CloudWatchSums:
    """The sums of one stack's counts; `namespace` is the stack's."""

    def __init__(self, client: Any, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def total(self, metrics: Sequence[Metric], *, begin: datetime, hours: int = 1) -> int:
        """Return the sum of all the counts in whole hours; raises `DependencyError`."""
        try:
            answer = self._client.get_metric_data(
                MetricDataQueries=[
                    {
                        "Id": f"m{number}",
                        "MetricStat": {
                            "Metric": {"Namespace": self._namespace, "MetricName": metric},
                            "Period": 3600,
                            "Stat": "Sum",
                        },
                    }
                    for number, metric in enumerate(metrics)
                ],
                StartTime=begin,
                EndTime=begin + timedelta(hours=hours),
            )
        except (BotoCoreError, ClientError) as error:
            raise DependencyError(f"CloudWatch: {type(error).__name__}") from error
        values: list[float] = [
            value for found in answer["MetricDataResults"] for value in found["Values"]
        ]
        return round(sum(values))
