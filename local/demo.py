"""The whole pipeline on this machine, with a shop to click through: `make demo`.

    python -m local.demo --port 8787 [--once]

Starts the stack, plays the founding paper's journey, waits until all of it has arrived, and prints
what happened. Then the shop stays open until Ctrl-C; with `--once` it ends there, with 0 only when
every promise held.
"""

import argparse
import secrets
import signal
from threading import Event
from typing import NoReturn

from local import down, report, up
from local.endpoints import Endpoints
from local.journey import player
from local.played import PlayError
from local.progress import say
from local.watch import watch


def main() -> None:
    """Run the demo, and leave nothing running."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8787, help="where the shop answers")
    parser.add_argument("--once", action="store_true", help="end after the report")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        broken = _demonstrate(up.up(arguments.port), stay=not arguments.once)
    except (*up.FAULTS, PlayError) as error:
        raise SystemExit(f"demo: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("\ndemo: stopped") from None
    finally:
        down.main()
    if broken:
        raise SystemExit("demo: a promise did not hold:\n" + "\n".join(broken))


def _demonstrate(endpoints: Endpoints, *, stay: bool) -> list[str]:
    visitor = player(endpoints, say=say)
    # A new address each time: the stack may have known the last Peter.
    email = f"peter.{secrets.token_hex(3)}@initec.example"
    seen = watch(endpoints, visitor, email=email, say=say)
    for line in report.lines(seen):
        say(line)
    broken = [
        f"  ✗ {check.promise}: {check.finding}" for check in report.checks(seen) if not check.holds
    ]
    if stay:
        _stay_open(endpoints)
    return broken


def _stay_open(endpoints: Endpoints) -> None:
    say("")
    say(f"The shop is open: {endpoints.site}")
    say(f"Click through it, and watch it happen in the console: {endpoints.console}")
    say("Ask from another terminal, for example:")
    say("  make query Q='SELECT * FROM people'")
    say("Ctrl-C closes the shop and stops everything.")
    try:
        Event().wait()
    except KeyboardInterrupt:
        say("")


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
