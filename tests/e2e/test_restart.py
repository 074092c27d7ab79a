"""Starting and stopping: nothing stays behind, a busy port is named, and it works again."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence

import pytest

from local.endpoints import FILE, Endpoints
from local.places import ROOT, STATE
from local.serving import HOST
from tests.e2e.stack import Stack, get


def run(*command: str) -> subprocess.CompletedProcess[str]:
    # Run from a shell of its own, as a person would: no pytest, no AWS settings of this process.
    return subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=400
    )


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


def test_a_busy_port_is_named_and_the_running_stack_goes_on(stack: Stack) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run(sys.executable, "-m", "local.up", "--port", str(port))

    assert ended.returncode == 1
    assert f"port {port} is in use" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert get(f"{stack.endpoints.site}{stack.endpoints.prefix}/v1/health")


def test_down_leaves_nothing_and_up_works_twice_in_a_row(running: Stack) -> None:
    port = running.endpoints.site.rpartition(":")[2]
    for _ in range(2):
        groups, before = started(), Endpoints.load()
        assert len(living(groups)) >= 2

        assert run("make", "down").returncode == 0

        assert "no local stack was up" in run("make", "down").stdout
        assert living(groups) == []
        assert not FILE.exists()
        for url in (before.site, before.collector, before.sink, before.aws):
            with pytest.raises(urllib.error.URLError, match="refused"):
                urllib.request.urlopen(url, timeout=5)

        ended = run("make", "up", f"PORT={port}")

        assert ended.returncode == 0, ended.stderr
        running.endpoints = Endpoints.load()
        assert running.endpoints.site == before.site
        assert get(f"{running.endpoints.site}{running.endpoints.prefix}/v1/health")
