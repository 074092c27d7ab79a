"""The server clients, each run as a program of its own that makes some calls and ends."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from local.endpoints import Endpoints
from local.places import ROOT
from tests.e2e.clients.front import Front

_HERE = Path(__file__).parent / "server"
_OLDER_PYTHONS = ROOT / ".tools" / "python-clients" / "bin" / "python"

# A call of Segment's: its method, and its message in Segment's own names.
Call = tuple[str, dict[str, Any]]


class ServerClient(Protocol):
    """A client that can be run."""

    def run(self, front: Front, endpoints: Endpoints, key: str, calls: Sequence[Call]) -> list[str]:
        """Make the calls with the write key, wait for its end, and return what it says failed."""
        ...


@dataclass(frozen=True, slots=True)
class AnalyticsNode:
    """Segment's analytics-node, whose path prefix is in `path`."""

    package: str

    def run(self, front: Front, endpoints: Endpoints, key: str, calls: Sequence[Call]) -> list[str]:
        """Make the calls in batches of three."""
        settings = {
            "writeKey": key,
            "host": front.url,
            "path": f"{endpoints.prefix}/v1/batch",
            "flushAt": 3,
        }
        part = {"client": self.package, "settings": settings, "calls": calls}
        return _ended("node", _HERE / "clients.mjs", part)


@dataclass(frozen=True, slots=True)
class Jitsu:
    """Jitsu's client on a server: one request a call, and no second one whatever comes."""

    def run(self, front: Front, endpoints: Endpoints, key: str, calls: Sequence[Call]) -> list[str]:
        """Make the calls; the key has Jitsu's form, `id:secret`."""
        settings = {
            "writeKey": f"jitsu:{key}",
            "host": f"{front.url}{endpoints.prefix}",
            "s2s": True,
        }
        spread = [(method, *_ARGUMENTS[method](message)) for method, message in calls]
        part = {"client": "jitsu", "settings": settings, "calls": spread}
        return _ended("node", _HERE / "clients.mjs", part)


_ARGUMENTS: Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = {
    "identify": lambda message: (message["userId"], message["traits"]),
    "track": lambda message: (message["event"], message.get("properties", {})),
    "page": lambda message: (message["properties"],),
    "group": lambda message: (message["groupId"], message["traits"]),
}


@dataclass(frozen=True, slots=True)
class Python:
    """A Python client of Segment's family, whose path prefix is in `host`."""

    module: str
    interpreter: Path
    settings: Mapping[str, Any] = field(default_factory=dict)

    def run(self, front: Front, endpoints: Endpoints, key: str, calls: Sequence[Call]) -> list[str]:
        """Make the calls in batches of three."""
        part = {
            "module": self.module,
            "write_key": key,
            "settings": {
                "host": f"{front.url}{endpoints.prefix}",
                "upload_size": 3,
                **self.settings,
            },
            "calls": [(method, _snake(message)) for method, message in calls],
        }
        return _ended(self.interpreter, _HERE / "clients.py", part)


_SEGMENT, _RUDDER = "segment.analytics", "rudderstack.analytics"

CLIENTS: Mapping[str, ServerClient] = {
    "analytics-node 3.1.0": AnalyticsNode("analytics-node"),
    "analytics-node 2.3.0": AnalyticsNode("analytics-node-2-3"),
    "segment-analytics-python 2.4": Python(_SEGMENT, Path(sys.executable)),
    "segment-analytics-python 2.4 gzip": Python(_SEGMENT, Path(sys.executable), {"gzip": True}),
    "segment-analytics-python 2.3.5": Python(_SEGMENT, _OLDER_PYTHONS),
    "segment-analytics-python 2.3.5 gzip": Python(_SEGMENT, _OLDER_PYTHONS, {"gzip": True}),
    "rudder-sdk-python 2.1.9 gzip": Python(_RUDDER, _OLDER_PYTHONS),
}


def _snake(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        re.sub("[A-Z]", lambda at: f"_{at[0].lower()}", name): message[name] for name in message
    }


def _ended(interpreter: str | Path, program: Path, part: Mapping[str, Any]) -> list[str]:
    ended = subprocess.run(
        [interpreter, program, json.dumps(part)], check=True, stdout=subprocess.PIPE, timeout=120
    )
    failed: list[str] = json.loads(ended.stdout)["failed"]
    return failed
