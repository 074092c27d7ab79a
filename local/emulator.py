"""The local AWS: ministack, started by us on a free port of loopback, and stopped with all its Lambdas."""

import os
import shutil
import urllib.error
import urllib.request

from local.places import MINISTACK, ROOT, SAM, STATE
from local.ports import free_port
from local.processes import Background
from local.serving import HOST

_PROCESS = Background("emulator", STATE)
# Where it unpacks functions and layers; removed when it stops.
_TEMPORARY = STATE / "tmp"
# One that died is told of at once: only a machine that is busy takes long.
_READY_WITHIN_SECONDS = 120


def start() -> str:
    """Start it and return its endpoint once it answers; raises `ProcessError` when it does not."""
    port = free_port()
    endpoint = f"http://{HOST}:{port}"
    shutil.rmtree(_TEMPORARY, ignore_errors=True)
    _TEMPORARY.mkdir(parents=True)
    _PROCESS.start(
        [
            MINISTACK / "bin" / "python",
            ROOT / "local" / "tools" / "ministack" / "start.py",
            SAM / "lib" / "python3.13" / "site-packages",
        ],
        env=_environment(port),
        ready=lambda: _answers(f"{endpoint}/_ministack/ready"),
        within_seconds=_READY_WITHIN_SECONDS,
    )
    return endpoint


def running() -> bool:
    """Whether the one we started is still there."""
    return _PROCESS.running()


def stop() -> bool:
    """Stop it with its Lambdas; whether there was anything to stop. What it held is gone."""
    stopped = _PROCESS.stop()
    shutil.rmtree(_TEMPORARY, ignore_errors=True)
    return stopped


def _environment(port: int) -> dict[str, str]:
    # Its Lambdas inherit this, so nothing of this machine's AWS settings or proxies may be in it.
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return inherited | {
        "HOME": str(_TEMPORARY),
        "TMPDIR": str(_TEMPORARY),
        "STATE_DIR": str(_TEMPORARY / "state"),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        # The name in the URLs it makes; `localhost` may mean ::1, where nobody listens.
        "MINISTACK_HOST": HOST,
        # Its other engine is DuckDB, which refuses Trino's DDL and would roll the stack back.
        "ATHENA_ENGINE": "mock",
    }


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False
