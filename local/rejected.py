"""What was not taken, and why: `make rejected` counts it, `make rejected ORIGINALS=1` shows it.

    python -m local.rejected [--stage production] [--hours 24] [--code C] [--source S] [--originals]

The counts show nobody. The originals do, so they are printed only when asked for, one JSON line each:
kept in a file and corrected there, `make replay-rejected FILE=…` sends them again.
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from headwater.lake.rejected import RejectedEvent, Tally, chosen, rejected_since, tally

from local.deployment import deployment
from local.endpoints import NotUpError
from local.stages import StageError

DEFAULT_HOURS = 24


def main(arguments: list[str]) -> None:
    """Print the counts, or the originals."""
    parser = argparse.ArgumentParser(prog="make rejected")
    with_choice(parser)
    parser.add_argument("--originals", action="store_true", help="the events themselves")
    asked = parser.parse_args(arguments)
    try:
        events = asked_for(asked)
        lines = originals(events) if asked.originals else report(tally(events), hours=asked.hours)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    except (NotUpError, StageError) as error:
        raise SystemExit(f"rejected: {error}") from None


def with_choice(parser: argparse.ArgumentParser) -> None:
    """Let a command choose among the rejected events."""
    parser.add_argument(
        "--stage", default="", help="a section of samconfig.toml; else this machine"
    )
    parser.add_argument("--hours", type=int, default=DEFAULT_HOURS, help="how far back")
    parser.add_argument("--code", default="", help="only this code")
    parser.add_argument("--source", default="", help="only this source")


def asked_for(asked: argparse.Namespace) -> Iterator[RejectedEvent]:
    """Return the rejected events that the command line asks for."""
    since = datetime.now(UTC) - timedelta(hours=asked.hours)
    found = rejected_since(since, deployment(asked.stage).store)
    return chosen(found, {"code": asked.code, "source_id": asked.source})


def report(tallies: Iterable[Tally], *, hours: int) -> Iterator[str]:
    """Lay the counts out as a table, with nothing of the events but where their fault is."""
    rows = [
        (
            str(each.times),
            each.source_id,
            each.code,
            each.path,
            _minute(each.first),
            _minute(each.last),
        )
        for each in tallies
    ]
    if not rows:
        yield f"no rejected event is found in the last {hours} hours"
        return
    titles = ("events", "source", "code", "path", "first (UTC)", "last (UTC)")
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def originals(events: Iterable[RejectedEvent]) -> Iterator[str]:
    """Write the events as JSON lines, as `make replay-rejected FILE=…` reads them."""
    return (json.dumps(event.to_json(), ensure_ascii=False) for event in events)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


if __name__ == "__main__":
    # Cut off by `| head`, it ends silently, as any filter does.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main(sys.argv[1:])
