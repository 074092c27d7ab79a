"""Writes typed helpers for call sites: `make plan-types WORKSPACE=shop TO=…`.

    python -m local.plan.types [--workspace shop] --to folder

`tracking_plan.ts` and `tracking_plan.py`: a function an event, so that a misspelled event, a missing
property or a wrong type does not compile.
"""

import argparse
import sys
from pathlib import Path

from headwater import workspace
from headwater.errors import WorkspaceError
from headwater.tracking_plan import SUFFIX, load

from local.plan.python import python
from local.plan.typescript import typescript


def main(arguments: list[str] | None = None) -> int:
    """Write both files, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make plan-types")
    parser.add_argument("--workspace", default="demo")
    parser.add_argument("--directory", type=Path, default=workspace.DIRECTORY)
    parser.add_argument("--to", type=Path, required=True, help="the folder to write to")
    asked = parser.parse_args(arguments)
    try:
        plan = load(asked.directory / f"{asked.workspace}{SUFFIX}")
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1
    if plan is None:
        print(f"no plan: there is no folder {asked.workspace}{SUFFIX}", file=sys.stderr)
        return 1
    asked.to.mkdir(parents=True, exist_ok=True)
    for name, text in (("tracking_plan.ts", typescript(plan)), ("tracking_plan.py", python(plan))):
        path = asked.to / name
        path.write_text(text, "utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
