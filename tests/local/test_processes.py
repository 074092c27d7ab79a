"""A background process is found again by a later command, and stopped with all that it started."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import Background, ProcessError, began

# Writes the ids of itself and of a child of its own, then waits to be stopped.
PARENT = """
import os, pathlib, subprocess, sys, signal
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
unfinished = pathlib.Path("family.part")
unfinished.write_text(f"{os.getpid()} {child.pid}")
unfinished.rename("family")
signal.pause()
"""
# Does not stop when asked to.
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PARENT


@pytest.fixture
def background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Background]:
    monkeypatch.chdir(tmp_path)
    process = Background("sample", tmp_path)
    yield process
    process.stop()


def start(process: Background, code: str = PARENT) -> list[int]:
    family = process.directory / "family"
    process.start([sys.executable, "-c", code], env={}, ready=family.exists, within_seconds=20)
    return [int(pid) for pid in family.read_text().split()]


def alive(pid: int) -> bool:
    return began(pid) is not None


def test_stopping_reaches_the_processes_it_started(background: Background) -> None:
    family = start(background)
    running = background.running(), [alive(pid) for pid in family]

    stopped = background.stop()

    assert running == (True, [True, True])
    assert stopped
    assert not background.running()
    assert [alive(pid) for pid in family] == [False, False]


def test_one_that_does_not_listen_is_stopped_all_the_same(background: Background) -> None:
    family = start(background, STUBBORN)

    assert background.stop(patience_seconds=0.2)
    assert [alive(pid) for pid in family] == [False, False]


def test_stopping_reaches_the_children_of_one_that_has_died(background: Background) -> None:
    parent, child = start(background)
    os.kill(parent, 9)
    os.waitpid(parent, 0)
    left = alive(child)

    assert left
    assert background.stop()
    assert not alive(child)


def test_stopping_what_does_not_run_says_so(background: Background) -> None:
    assert not background.running()
    assert not background.stop()


def test_a_stale_file_never_stops_somebody_elses_process(background: Background) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (background.directory / "sample.json").write_text(
            json.dumps({"pid": other.pid, "began": "long ago"})
        )

        assert not background.running()
        assert not background.stop()
        assert other.poll() is None


def test_a_file_that_was_cut_short_is_no_running_process(background: Background) -> None:
    (background.directory / "sample.json").write_text('{"pid": ')

    assert not background.running()
    assert not background.stop()


def test_one_that_ends_at_once_shows_its_last_words(background: Background) -> None:
    with pytest.raises(ProcessError, match=r"ended at once:\n    no such luck\n"):
        background.start(
            [sys.executable, "-c", "print('no such luck')"],
            env={},
            ready=lambda: False,
            within_seconds=20,
        )


def test_one_that_is_never_ready_is_stopped(background: Background) -> None:
    with pytest.raises(ProcessError, match="was not ready within 0 s"):
        background.start(
            [sys.executable, "-c", PARENT], env={}, ready=lambda: False, within_seconds=0
        )

    assert not background.running()
