"""Sends rejected events again after a fix: `make replay-rejected`, and with `SEND=1` in earnest.

    python -m local.replay_rejected [--stage production] [--hours 24] [--code C] [--source S]
                                    [--file corrected.ndjson] [--send]

Without `--send` it only says what would become of them by the rules of this checkout. What is taken
then has its own messageId and its own arrival time, so a second replay adds nothing to the lake; a
destination sees the same messageId again.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from headwater.lake.rejected import RejectedEvent
from headwater.outcomes import Refused
from headwater.privacy.suppressions import published
from headwater.replay import Trial, replay, trial

from local.deployment import Deployment, deployment
from local.endpoints import NotUpError
from local.rejected import asked_for, with_choice
from local.stages import StageError


def main(arguments: list[str]) -> None:
    """Try, say what would happen, and send when told to."""
    parser = argparse.ArgumentParser(prog="make replay-rejected")
    with_choice(parser)
    parser.add_argument(
        "--file", type=Path, help="what `make rejected ORIGINALS=1` wrote, corrected"
    )
    parser.add_argument("--send", action="store_true", help="send; else only say what would happen")
    asked = parser.parse_args(arguments)
    try:
        found = deployment(asked.stage)
        events = read(asked.file) if asked.file else asked_for(asked)
        tried = trial(events, found.workspace, published(found.store))
        if asked.send:
            _send(tried, found)
    except (NotUpError, StageError, OSError, ValueError) as error:
        raise SystemExit(f"replay-rejected: {error}") from None
    sys.stdout.writelines(f"{line}\n" for line in told(tried, sent=asked.send))


def _send(tried: Trial, found: Deployment) -> None:
    ended = replay(
        tried,
        stream=found.stream,
        store=found.store,
        request_id=f"replay-{uuid4()}",
        now=datetime.now(UTC),
    )
    if isinstance(ended, Refused):
        raise SystemExit(f"replay-rejected: {ended.message}")


def read(file: Path) -> Iterator[RejectedEvent]:
    """Read the events of a file; raises `ValueError` naming the line that is none."""
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            yield RejectedEvent.from_line(line)
        except ValueError as error:
            raise ValueError(f"{file.name}, line {number}: {error}") from None


def told(tried: Trial, *, sent: bool) -> Iterator[str]:
    """Say what becomes of the events, by counts alone."""
    yield f"{'sent' if sent else 'would be taken now'}: {len(tried.taken)}"
    if tried.dropped:
        yield f"dropped by choice or policy: {tried.dropped}"
    for code, times in sorted(tried.still_rejected.items()):
        yield f"still rejected, {code}: {times}"
    if tried.taken and not sent:
        yield "nothing was sent: add SEND=1 to send them"


if __name__ == "__main__":
    main(sys.argv[1:])
