"""One line a request, for people and for CloudWatch's metrics at once, with nobody in it.

No address, no id, no path and no body: only what kind of call it was and how it ended. What there is
nothing to say of is left out, because two kilobytes of log cost as much as the request itself.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headwater.metrics import embedded
from headwater.wire.ending import Collected
from headwater.wire.request import Request


def log_line(
    request: Request, collected: Collected, *, now: datetime, namespace: str
) -> Mapping[str, Any]:
    """Return the line's fields: metrics by their names, and what explains them."""
    refused = collected.refused
    explained = {
        "source": collected.source_id,
        "refused": refused,
        "rejected": dict(collected.rejected),
        "violations": dict(collected.violations),
        "failed_enrichments": dict(collected.failed_enrichments),
        "committed_to": collected.committed_to,
    }
    return {
        **embedded(
            {
                "Accepted": collected.stored_lines,
                "Rejected": collected.rejected_lines,
                "Dropped": collected.dropped,
                "GzipMangled": int(refused == "gzip_mangled"),
            },
            namespace=namespace,
            at=now,
        ),
        "request_id": request.id,
        "method": request.method if request.method in _METHODS else "OTHER",
        "status": collected.reply.status,
        "body_bytes": len(request.body),
        **{name: value for name, value in explained.items() if value},
    }


_METHODS = frozenset({"GET", "POST", "OPTIONS", "HEAD", "PUT", "PATCH", "DELETE"})
