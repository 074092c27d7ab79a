"""`make why ID=<messageId>`: where an event is, what happened to it, and why.

    python -m local.why ID [--stage production] [--days 2]

What it prints is where and how, never the event. Exit code 1: nothing is known of the id.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from headwater.adapters.dynamodb import DynamoTable
from headwater.destination import Configured
from headwater.destinations import check
from headwater.identity.people import find_profile
from headwater.record import StoredEvent

from local.console.told import fault
from local.deployment import Deployment, deployment
from local.endpoints import NotUpError
from local.refusals import refusal
from local.stages import StageError
from local.whereabouts import Sighting, sightings

DEFAULT_DAYS = 2


def main(arguments: list[str]) -> int:
    """Print what is known."""
    parser = argparse.ArgumentParser(prog="make why")
    parser.add_argument("id", help="the event's messageId")
    parser.add_argument("--stage", default="", help="a section of samconfig.toml; else here")
    parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help="how far back")
    asked = parser.parse_args(arguments)
    try:
        there = deployment(asked.stage)
    except (NotUpError, StageError) as error:
        raise SystemExit(f"why: {error}") from None
    since = datetime.now(UTC) - timedelta(days=asked.days)
    found = sightings(asked.id, there.store, since=since)
    if not found:
        print(
            f"nothing is known of {asked.id!r} in {asked.days} days: it is in the stream still (it lands "
            "within a minute), its whole request was refused (`make logs` says `refused`), a person's "
            "choice or the bot policy dropped it, or it never came",
            file=sys.stderr,
        )
        return 1
    sys.stdout.writelines(
        f"{line}\n"
        for line in told(found, check(there.workspace), lambda event: _person(event, there))
    )
    return 0


def told(
    found: Sequence[Sighting],
    configured: Sequence[Configured],
    person_of: Callable[[StoredEvent], str | None],
) -> Iterator[str]:
    """Tell an event's way, line by line."""
    event = stored(found)
    if event is not None:
        yield (
            f"accepted     {event.received_at:%Y-%m-%d %H:%M:%S}  {event.type} of {event.source.id}, "
            f"privacy {event.privacy.decision}{', not to be shared' if event.privacy.no_share else ''}"
        )
        for violation in event.violations:
            yield f"  violates   {fault(violation)}"
    for each in found:
        if not each.destination:
            yield f"{each.place:<12} {each.at}  {each.key}  {each.detail}".rstrip()
    if event is None:
        return
    yield f"person       {person_of(event) or 'nobody yet'}"
    for destination in configured:
        yield f"→ {destination.id}: {outcome(event, destination, found)}"


def stored(found: Sequence[Sighting]) -> StoredEvent | None:
    """Return the event itself, from wherever it is whole."""
    for each in found:
        if each.place in {"landed", "archived", "spilled", "brought back"} and each.event:
            try:
                return StoredEvent.from_json(each.event)
            except (KeyError, TypeError, ValueError):
                continue
    return None


def outcome(event: StoredEvent, destination: Configured, found: Sequence[Sighting]) -> str:
    """Say what became of the event at one destination, or why it never went there."""
    tried = [each for each in found if each.destination == destination.id]
    if tried:
        last = tried[-1]
        return f"{last.place} {last.at} {last.detail} {last.key}".rstrip()
    if (why := refusal(event, destination)) is not None:
        return f"not sent: {why}"
    return "nothing yet: it is queued, or the stitcher has not come to it"


def _person(event: StoredEvent, there: Deployment) -> str | None:
    table = DynamoTable(there.dynamodb, there.identity_table)
    limit = there.workspace.identity.max_users_per_device
    for id_ in (event.identity.user_id, event.identity.anonymous_id):
        if id_ and (profile := find_profile(id_, table, max_users_per_device=limit)):
            return profile.person_id
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
