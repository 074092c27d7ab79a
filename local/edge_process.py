"""The edge, the sink and the shop as one background process: `python -m local.edge`."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

from local.endpoints import FILE, Endpoints, aws_environment
from local.places import STATE
from local.processes import Background

_PROCESS = Background("edge", STATE)
# Its first answer waits for the collector's first start and for the shop's pages to be built.
_READY_WITHIN_SECONDS = 240
# Another question would start another collector, beside the one that starts.
_ANSWER_WITHIN_SECONDS = 60


def start(port: int, endpoints: Endpoints, *, file: Path = FILE) -> None:
    """Start it and return when the collector's health is seen through it, or raise `ProcessError`."""
    health = f"{endpoints.site}{endpoints.prefix}/v1/health"
    _PROCESS.start(
        [sys.executable, "-m", "local.edge", "--port", str(port), "--endpoints", str(file)],
        env=aws_environment(endpoints.aws),
        ready=lambda: _healthy(health),
        within_seconds=_READY_WITHIN_SECONDS,
    )


def stop() -> bool:
    """Stop it; whether there was anything to stop."""
    return _PROCESS.stop()


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_WITHIN_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
