"""Which lines of our own code a call ran: what a fuzzer climbs towards."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

_OURS = str(Path(__file__).parents[2] / "functions")
# Of the six tool ids, 0 to 2 and 5 are spoken for (debugger, coverage, profiler, optimizer).
_TOOL = 4


@contextmanager
def lines_run() -> Iterator[set[tuple[str, int]]]:
    """Collect the lines that run inside the block, each once."""
    found = set[tuple[str, int]]()
    monitoring = sys.monitoring

    def line(code: CodeType, number: int) -> object:
        if code.co_filename.startswith(_OURS):
            found.add((code.co_filename, number))
        # Once a line is enough; `restart_events` below wakes it for the next call.
        return monitoring.DISABLE

    monitoring.use_tool_id(_TOOL, "fuzz")
    monitoring.register_callback(_TOOL, monitoring.events.LINE, line)
    monitoring.set_events(_TOOL, monitoring.events.LINE)
    monitoring.restart_events()
    try:
        yield found
    finally:
        monitoring.set_events(_TOOL, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(_TOOL)
