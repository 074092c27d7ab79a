"""What runs of the local stack on this machine."""

import json
import subprocess
from collections.abc import Sequence

from local.places import STATE


def living(groups: Sequence[int]) -> list[str]:
    """Return the command lines of the processes in these process groups."""
    listed = subprocess.run(
        ["ps", "-axo", "pgid=,stat=,command="], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    rows = (line.split(None, 2) for line in listed)
    return [row[2] for row in rows if int(row[0]) in groups and not row[1].startswith("Z")]


def started() -> list[int]:
    """Return the process groups of the running stack, from the files it keeps."""
    return [
        json.loads((STATE / f"{name}.json").read_text())["pid"] for name in ("emulator", "edge")
    ]
