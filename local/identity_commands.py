"""`make rebuild-identity`, `make unmerge` and `make rebuild-changes`: who is who, made anew.

    python -m local.identity_commands rebuild|unmerge|changes [--stage production] [--apply]

Without `--apply` each only says what it would do.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from headwater.adapters.dynamodb import DynamoTable
from headwater.errors import DependencyError
from headwater.identity.unmerge import affected
from headwater.lake.keys import IDENTITY_CHANGES

from local.deployment import Deployment, deployment
from local.endpoints import NotUpError
from local.lake_events import objects
from local.progress import bar, say
from local.relinking import LANDING, Deployed, rebuild, rebuild_changes, unmerge
from local.stages import StageError


def main(arguments: list[str]) -> None:
    """Say what would be done, and do it when told to."""
    parser = argparse.ArgumentParser(prog="make rebuild-identity, unmerge or rebuild-changes")
    parser.add_argument("what", choices=["rebuild", "unmerge", "changes"])
    parser.add_argument("--stage", default="", help="a section of samconfig.toml; else here")
    parser.add_argument("--apply", action="store_true", help="do it; else only say what would be")
    asked = parser.parse_args(arguments)
    try:
        found = deployment(asked.stage)
        do = prepared(asked.what, found, deployed(found))
        if asked.apply:
            do()
        else:
            say("nothing was written: add APPLY=1 to do it")
    except (NotUpError, StageError, DependencyError) as error:
        raise SystemExit(f"{asked.what}: {error}") from None


def prepared(what: str, found: Deployment, on: Deployed) -> Callable[[], object]:
    """Say what a command would do, and return it."""
    if what == "changes":
        old = sum(1 for _ in on.store.list(IDENTITY_CHANGES))
        say(f"{old} objects of {IDENTITY_CHANGES} would give way to a snapshot of the table")
        return lambda: rebuild_changes(on)
    listed = objects(on.store)
    size = sum(each.size for each in listed) / 1e6
    say(f"the lake has {len(listed)} objects of events, {size:,.1f} MB")
    if what == "rebuild":
        say("all would be linked into a fresh table, and what differs would be switched")
        return lambda: _rebuild(found, on)
    touched = affected(on.policy.blocked_ids, on.live)
    say(f"{len(on.policy.blocked_ids)} blocked ids: {len(touched.devices)} devices and")
    say(f"{len(touched.persons)} merged persons would start again from their events")
    return lambda: unmerge(on)


def deployed(found: Deployment) -> Deployed:
    """Return the deployment as the stories see it."""
    return Deployed(
        DynamoTable(found.dynamodb, found.identity_table),
        found.store,
        found.workspace.identity,
        lambda: datetime.now(UTC),
        _wait_until_landed,
    )


def _rebuild(found: Deployment, on: Deployed) -> None:
    """Rebuild by way of a table of that name, which is there only meanwhile."""
    name = f"{found.identity_table}-rebuilt"
    client = found.dynamodb
    if name in client.list_tables(ExclusiveStartTableName=name[:-1], Limit=1)["TableNames"]:
        raise SystemExit(f"rebuild: the table {name} is left of another run: delete it first")
    live = client.describe_table(TableName=found.identity_table)["Table"]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=live["KeySchema"],
        AttributeDefinitions=live["AttributeDefinitions"],
    )
    client.get_waiter("table_exists").wait(TableName=name)
    say(f"{rebuild(on, DynamoTable(client, name))} registers differed")
    client.delete_table(TableName=name)


def _wait_until_landed() -> None:
    seconds = int(LANDING.total_seconds())
    for second in range(seconds):
        bar("waiting for what the stream holds", second + 1, seconds)
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1:])
