"""One line a request, for people and for CloudWatch's metrics at once, with nobody in it.

No address, no id, no path and no body: only what kind of call it was and how it ended. The same line
is in CloudWatch's embedded metric format, so a metric costs no second line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headwater.wire.ending import Collected
from headwater.wire.request import Request

NAMESPACE = "Headwater"

_METRICS = (
    ("Accepted", "Count"),
    ("Rejected", "Count"),
    ("Dropped", "Count"),
    ("Violations", "Count"),
    ("Refused", "Count"),
    ("Spilled", "Count"),
    ("Unavailable", "Count"),
    ("GzipMangled", "Count"),
    ("ServerKeyInBrowser", "Count"),
    ("BodyBytes", "Bytes"),
)


def log_line(request: Request, collected: Collected, *, now: datetime) -> Mapping[str, Any]:
    """Return the line's fields: metrics by their names, and what explains them."""
    refused = collected.refused
    return {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["service"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, unit in _METRICS],
                }
            ],
        },
        "Accepted": collected.accepted,
        "Rejected": sum(collected.rejected.values()),
        "Dropped": collected.dropped,
        "Violations": sum(collected.violations.values()),
        "Refused": int(refused is not None),
        "Spilled": int(collected.committed_to == "spill"),
        "Unavailable": int(refused == "unavailable"),
        "GzipMangled": int(refused == "gzip_mangled"),
        "ServerKeyInBrowser": int(refused == "server_key_in_browser"),
        "BodyBytes": len(request.body),
        "request_id": request.id,
        "method": request.method if request.method in _METHODS else "OTHER",
        "status": collected.reply.status,
        "source": collected.source_id,
        "refused": refused,
        "rejected": dict(collected.rejected),
        "violations": dict(collected.violations),
        "failed_enrichments": dict(collected.failed_enrichments),
        "committed_to": collected.committed_to,
    }


_METHODS = frozenset({"GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE"})
