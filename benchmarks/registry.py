"""What a start pays for the destinations: CPU of the registry, of one workspace's types, of all there are."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.deployed import Deployed
from benchmarks.starts import slowness

# All but the first stand on what the one before imported; three types are a busy workspace's.
_PROGRAM = """
import gc, json, time
import headwater.destination, headwater.destination.reading, headwater.workspace
gc.collect()  # what came before pays for its own garbage
spent = [time.process_time()]
import headwater.destinations
spent.append(time.process_time())
destinations = headwater.destinations.DESTINATIONS
for slug in ("webhook", "mixpanel", "customerio"):
    destinations[slug]
spent.append(time.process_time())
for slug in destinations:
    destinations[slug]
spent.append(time.process_time())
print(json.dumps([(later - spent[0]) * 1000 for later in spent[1:]] + [len(destinations)]))
"""


def registry(
    deployed: Deployed, environment: Mapping[str, str], *, rounds: int = 9
) -> tuple[Sequence[tuple[str, float]], float]:
    """Import the registry alone, with three types and with all, in fresh processes: medians, in ms.

    With them how many times slower than the design's machine this one was in the same rounds.
    """
    _imported(deployed, environment)  # writes the bytecode
    found = [
        (*_imported(deployed, environment), slowness(deployed, environment)) for _ in range(rounds)
    ]
    alone, three, every, count, slower = (median(column) for column in zip(*found, strict=True))
    rows = [
        ("the registry", alone),
        ("the registry and three types", three),
        (f"the registry and all {count:.0f} types", every),
    ]
    return rows, slower


def _imported(deployed: Deployed, environment: Mapping[str, str]) -> Sequence[float]:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={
            **environment,
            **deployed.warm(),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPATH": ":".join(deployed.path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[float] = json.loads(ran.stdout)
    return found
