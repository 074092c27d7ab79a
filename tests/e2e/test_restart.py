"""Starting and stopping: nothing stays behind, a busy port is named, and it works again."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from local.endpoints import FILE, Endpoints
from local.places import ROOT
from local.serving import HOST
from tests.e2e.processes import living, started
from tests.e2e.stack import Stack, get


def run(*command: str) -> subprocess.CompletedProcess[str]:
    # Run from a shell of its own, as a person would: no pytest, no AWS settings of this process.
    return subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=900
    )


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
    """The run's own start was the first; its end looks, too, whether this one left nothing."""
    port = running.endpoints.site.rpartition(":")[2]
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
