"""Background processes that outlive the command that started them, and are found and stopped later.

A process leads a session of its own, so stopping it reaches the processes it started too. Its file
keeps the pid with the moment it began: a pid alone may belong to somebody else after a reboot.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LINUX = Path("/proc/self/stat").exists()


class ProcessError(Exception):
    """A background process did not come up; the message says why and where its log is."""


@dataclass(frozen=True, slots=True)
class Background:
    """A background process by its name; its files are `<name>.json` and `<name>.log` in `directory`."""

    name: str
    directory: Path

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.directory / f"{self.name}.log"

    @property
    def _file(self) -> Path:
        return self.directory / f"{self.name}.json"

    def start(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        ready: Callable[[], bool],
        within_seconds: float,
    ) -> None:
        """Start it and wait until it is ready, or raise `ProcessError` with the end of its log."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        pid = self._spawn([str(part) for part in command], env)
        kept = {"pid": pid, "began": began(pid)}
        self._file.write_text(json.dumps(kept), encoding="utf-8")
        deadline = time.monotonic() + within_seconds
        while not ready():
            if _reap(pid):
                self.stop()
                raise ProcessError(f"{self.name} ended at once:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ProcessError(
                    f"{self.name} was not ready within {within_seconds:.0f} s:\n{self._last_lines()}"
                )
            time.sleep(0.05)

    def _spawn(self, command: list[str], env: Mapping[str, str]) -> int:
        # Not subprocess.Popen, which wants to see the end of what it started.
        appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.posix_spawnp(
            command[0],
            command,
            env,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), appending, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def running(self) -> bool:
        """Whether the very process we started is still there; a stale file says no."""
        kept = self._kept()
        return kept is not None and kept == (kept[0], began(kept[0]))

    def stop(self, *, patience_seconds: float = 10) -> bool:
        """Stop it with all it started, gently and then firmly; whether there was anything to stop."""
        kept = self._kept()
        self._file.unlink(missing_ok=True)
        if kept is None:
            return False
        pid, then = kept
        if began(pid) not in (then, None):
            return False  # the number was given to another process meanwhile
        if not _living(pid):
            return False
        for how, patience in ((signal.SIGTERM, patience_seconds), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, how)
            deadline = time.monotonic() + patience
            while _living(pid) and time.monotonic() < deadline:
                _reap(pid)
                time.sleep(0.05)
        if _living(pid):
            raise ProcessError(f"{self.name} (process group {pid}) cannot be stopped")
        return True

    def _kept(self) -> tuple[int, str | None] | None:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return int(kept["pid"]), kept["began"]
        except (FileNotFoundError, ValueError, KeyError):
            return None

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([*(f"    {line}" for line in lines[-15:]), f"    (all of it: {self.log})"])


def _reap(pid: int) -> bool:
    """Whether it is a child of ours that has ended; one that an earlier command started never is."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def began(pid: int) -> str | None:
    """Return something that differs for every process that ever had this pid; None when it is gone."""
    if _LINUX:
        stat = _stat(Path(f"/proc/{pid}/stat"))
        return None if stat is None or stat[0] == "Z" else stat[19]
    listed = _ps("-o", "lstart=", "-p", str(pid))
    return listed[0].strip() if listed else None


def _living(group: int) -> list[int]:
    """Return the processes of the group that still run; a zombie has ended."""
    if _LINUX:
        living = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            stat = _stat(file)
            if stat is not None and int(stat[2]) == group and stat[0] != "Z":
                living.append(int(file.parent.name))
        return living
    rows = (row.split() for row in _ps("-axo", "pid=,pgid=,stat="))
    return [int(pid) for pid, of, state in rows if int(of) == group and not state.startswith("Z")]


def _stat(file: Path) -> list[str] | None:
    """Return /proc/<pid>/stat from the state on: the name before it may hold spaces and brackets."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _ps(*arguments: str) -> list[str]:
    return subprocess.run(
        ["ps", *arguments], check=False, capture_output=True, text=True
    ).stdout.splitlines()
