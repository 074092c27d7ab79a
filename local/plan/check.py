"""Checks a tracking plan: `make plan-check WORKSPACE=shop DAYS=7 AGAINST=HEAD`.

    python -m local.plan.check [--workspace shop] [--days 7] [--against HEAD | a folder] [--data]

Its files and schemas → its names → what the local lake has seen of it → what the change from
`--against` (a revision of git, or another plan's folder) would have refused. It ends with 1 when
there is a fault with a line to mend; what the lake has seen is for people to judge.
"""

import argparse
import io
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from headwater import workspace
from headwater.errors import WorkspaceError
from headwater.record import StoredEvent
from headwater.tracking_plan import SUFFIX, Plan, check, load

from local.athena import Lake
from local.endpoints import Endpoints, NotUpError
from local.generate.bucket import DATA
from local.places import ROOT
from local.plan.difference import difference, told
from local.plan.naming import naming_faults
from local.plan.seen import seen


def main(arguments: list[str] | None = None) -> int:
    """Print what is found, and return the exit code."""
    asked = _parser().parse_args(arguments)
    directory: Path = asked.directory / f"{asked.workspace}{SUFFIX}"
    faults = list(check(directory)) if directory.is_dir() else []
    plan = load(directory) if not faults else None
    if plan is None:
        lines = [str(fault) for fault in faults] or [
            f"no plan: there is no folder {directory.name}"
        ]
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 1
    faults = sorted(naming_faults(plan))
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    print(f"{len(plan.rules)} rules, {len(faults)} names that leave the convention")
    sys.stdout.writelines(f"{line}\n" for line in _undescribed(plan))
    try:
        lake = Lake(DATA) if asked.data else Lake.open(Endpoints.load())
    except NotUpError as error:
        print(f"not compared with events: {error}")
        return int(bool(faults))
    events = list(seen(lake, days=asked.days))
    sys.stdout.writelines(f"{line}\n" for line in against_lake(plan, events, days=asked.days))
    try:
        old = _old_plan(asked.against, directory)
    except WorkspaceError as error:
        print(f"the plan of {asked.against} cannot be read, so there is no comparison: {error}")
        return int(bool(faults))
    sys.stdout.writelines(
        f"{line}\n" for line in told(difference(events, old, plan), days=asked.days)
    )
    return int(bool(faults))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make plan-check")
    parser.add_argument("--workspace", default="demo")
    parser.add_argument("--directory", type=Path, default=workspace.DIRECTORY)
    parser.add_argument("--days", type=int, default=7, help="how far back to look in the lake")
    parser.add_argument("--against", default="HEAD", help="a revision of git, or a plan's folder")
    parser.add_argument("--data", action="store_true", help="ask `make data`'s events instead")
    return parser


def _undescribed(plan: Plan) -> Iterator[str]:
    for rule in plan.rules:
        missing = [name for name in ("description", "owner") if not getattr(rule, name)]
        if missing and rule.type != "common":
            yield f"{rule.file}: {rule.title} has no {' and no '.join(missing)}"


def against_lake(plan: Plan, events: list[StoredEvent], *, days: int) -> Iterator[str]:
    """Say which planned events nobody sent, and which sent ones nobody planned."""
    sent = Counter(event.event for event in events if event.type == "track")
    planned = {rule.key for rule in plan.rules if rule.type == "track"}
    for name in sorted(str(name) for name in planned - sent.keys()):
        yield f"unused: {name}: planned, and not seen in {days} days"
    for found, times in sent.most_common():
        if found not in planned:
            yield f"undocumented: {found}: seen {times} times, and not planned"


def _old_plan(against: str, directory: Path) -> Plan | None:
    """Load the plan of a folder or of a revision; None where there was none."""
    if Path(against).is_dir():
        return load(Path(against))
    archived = subprocess.run(
        ["git", "archive", against, str(directory.relative_to(ROOT))],
        check=False,
        cwd=ROOT,
        capture_output=True,
    )
    if archived.returncode:
        return None
    with TemporaryDirectory() as scratch, tarfile.open(fileobj=io.BytesIO(archived.stdout)) as tar:
        tar.extractall(scratch, filter="data")
        return load(Path(scratch) / directory.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
