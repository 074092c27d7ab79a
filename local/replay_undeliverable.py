"""Sends undeliverable events again after a fix: `make replay-undeliverable`, with `SEND=1` in earnest.

    python -m local.replay_undeliverable [--stage production] [--destination crm] [--source shop-web]
        [--reason http_400] [--since 2026-03-01] [--until 2026-03-02T12:00] [--dead-letters] [--send]

Without `--send` it counts what would go, by destination, source and reason. What went is moved to
`undeliverable/_replayed/` and not found again, so a run that was stopped is simply run again. With
`--dead-letters` it takes the messages that the forwarder itself kept failing on.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from headwater.delivery.dead_letters import revive
from headwater.delivery.redelivery import Choice, Found, find, keys, replay, tally
from headwater.destinations import check
from headwater.errors import HeadwaterError

from local.deployment import Deployment, deployment
from local.endpoints import NotUpError
from local.progress import bar, say
from local.stages import StageError

# An object is four calls of some 20 ms each, and nearly all of it is waiting.
_THREADS = 16


def main(arguments: list[str]) -> None:
    """Count, and send when told to."""
    parser = argparse.ArgumentParser(prog="make replay-undeliverable")
    parser.add_argument(
        "--stage", default="", help="a section of samconfig.toml; else this machine"
    )
    parser.add_argument("--destination", help="only this destination, by its id")
    parser.add_argument("--source", help="only events of this source")
    parser.add_argument("--reason", help="only what was given up for this reason")
    parser.add_argument("--since", type=moment, help="given up then or later (UTC)")
    parser.add_argument("--until", type=moment, help="given up before then (UTC)")
    parser.add_argument("--dead-letters", action="store_true", help="the dead-letter queue instead")
    parser.add_argument("--send", action="store_true", help="send; else only count")
    asked = parser.parse_args(arguments)
    try:
        found = deployment(asked.stage)
        if asked.dead_letters:
            _dead_letters(found, asked.destination, send=asked.send)
            return
        choice = Choice(
            destination_id=asked.destination,
            source_id=asked.source,
            reason=asked.reason,
            since=asked.since,
            until=asked.until,
        )
        sys.stdout.writelines(
            f"{line}\n" for line in told(run(found, choice, send=asked.send), sent=asked.send)
        )
    except (NotUpError, StageError, HeadwaterError) as error:
        raise SystemExit(f"replay-undeliverable: {error}") from None


def run(deployed: Deployment, choice: Choice, *, send: bool) -> list[Found]:
    """Go through the objects, some at a time, and return what was found in them (and sent)."""
    configured = {one.id: one for one in check(deployed.workspace)}
    now = datetime.now(UTC)
    listed = list(keys(choice, deployed.store))

    def work(key: str) -> Found:
        found = find(key, choice, deployed.store, configured, now=now)
        if send:
            replay(found, deployed.store, deployed.queue, now=now)
        return found

    done: list[Found] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for found in pool.map(work, listed):
            done.append(found)
            bar("sent" if send else "looked at", len(done), len(listed))
    return done


def told(found: Iterable[Found], *, sent: bool) -> Iterator[str]:
    """Lay out the counts, with nobody in them."""
    found = list(found)
    rows = tally(found)
    for row in rows:
        yield f"{row.events:>8}  {row.destination_id}  {row.source_id}  {row.reason}"
    yield f"{sum(row.events for row in rows):>8}  {'sent' if sent else 'would be sent'}"
    for reason, events in sorted(
        sum((Counter(one.barred) for one in found), Counter[str]()).items()
    ):
        yield f"{events:>8}  left, {reason}"
    if rows and not sent:
        yield "nothing was sent: add SEND=1 to send them"


def _dead_letters(deployed: Deployment, destination_id: str | None, *, send: bool) -> None:
    total = deployed.dead_letters.count()
    say(f"{total:>8}  messages in the dead-letter queue")
    if not send:
        say("nothing was sent: add SEND=1 to send them")
        return
    went = Counter[bool]()
    revived = revive(
        deployed.dead_letters, deployed.queue, destination_id=destination_id, now=datetime.now(UTC)
    )
    for goes in revived:
        went[goes] += 1
        bar("sent", min(went.total(), total - 1), total)
    bar("sent", 1, 1)
    say(f"{went[True]:>8}  sent\n{went[False]:>8}  left")


def moment(text: str) -> datetime:
    """Read a day or a moment; without a zone it is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


if __name__ == "__main__":
    main(sys.argv[1:])
