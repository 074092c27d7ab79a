"""The erase drill: one person in every store; afterwards nothing of her is anywhere, and all of the others is."""

import gzip
import os
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from headwater.erasure.job import work_off
from headwater.erasure.kinds import Kind
from headwater.erasure.receipt import verified
from headwater.erasure.stores import STORES
from headwater.privacy.suppressions import key_of, published

from tests.erasure.mortal import Fate
from tests.erasure.world import BOB, LAPTOP, OTHERS, USERS, World, hers
from tests.fakes import CrashError
from tests.unit.lake.bucket import arrive, compact

OTHER_IDS = [id_ for pair in OTHERS for id_ in pair]


def rows(world: World) -> list[dict[str, Any]]:
    """Every row of the lake's Parquet."""
    folder = world.directory / "rows"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number, (key, body) in enumerate(sorted(world.store.objects.items())):
        if key.startswith("events/"):
            (folder / f"{number:05}.parquet").write_bytes(body)
    with duckdb.connect() as connection:
        read = connection.execute(
            "SELECT * FROM read_parquet(?, union_by_name = true)", [f"{folder}/*.parquet"]
        )
        names = [column[0] for column in read.description or ()]
        return [dict(zip(names, row, strict=True)) for row in read.fetchall()]


def of_others(world: World) -> Counter[str]:
    """Everything of the people whose ids look alike, wherever it is, by place and content."""
    seen: Counter[str] = Counter()
    for name, body in world.contents():
        if name.startswith(("athena/", "leases/", "swaps/", "events/")) or name.endswith(
            "(its key)"
        ):
            continue
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        for line in text.splitlines():
            for id_ in OTHER_IDS:
                # In quotes: an id of one is within an id of another.
                wanted = orjson.dumps(id_)
                seen[f"{name.split('/')[0]} {id_}"] += line.count(wanted) + line.count(
                    wanted[1:-1] + b"#"
                )
    for row in rows(world):
        if row["user_id"] in OTHER_IDS:
            seen[orjson.dumps(row, default=str).decode()] += 1
    return seen


def test_she_is_in_every_store_before(world: World) -> None:
    places = {each.split("/")[0].split(" ")[0] for each in world.residue()}

    assert places >= {
        "events", "raw", "archive", "rejected", "failed", "identity_changes", "undeliverable",
        "parked", "spill", "spill-done", "aws", "athena", "deliveries-queue:", "dead-letter-queue:",
    } - {"deliveries-queue:", "dead-letter-queue:"}  # fmt: skip
    assert {"table", "deliveries-queue:", "dead-letter-queue:"} <= places


def test_afterwards_she_is_nowhere_and_the_others_are_as_before(world: World) -> None:
    before = of_others(world)
    world.ask()

    receipt = world.finish()

    assert world.residue() == []
    assert of_others(world) == before
    bob = [row for row in rows(world) if row["user_id"] == BOB]
    assert len(bob) == 4
    assert verified(receipt, key=key_of(world.suppressions, lambda: b""))
    assert receipt["outcome"] == "done"
    assert receipt["ids"] == {
        "users": 2,
        "devices": 2,
        "sharedDevices": 1,
    }  # an alias's previousId is both
    touched = {name for name, counts in receipt["stores"].items() if counts["objects"]}
    assert touched == {store.name for store in STORES} - {"deliveries", "event-copies"}


def test_she_does_not_come_back(world: World) -> None:
    """Neither by what the stream still held, nor by what is sent again."""
    world.ask()
    work_off(world.outside())
    arrive(world.store, hers("late"), at=world.now, sequence="late")
    assert world.residue()

    world.finish()
    assert world.residue() == []

    arrive(world.store, hers("again"), at=world.now, sequence="again")
    compact(world.store, world.directory, world.now)
    assert all(row["user_id"] not in USERS and row["anonymous_id"] != LAPTOP for row in rows(world))
    listed = published(world.store)
    assert listed.anyone(users=USERS[:1], anonymous=())
    assert listed.anyone(users=USERS[1:], anonymous=())
    assert listed.anyone(users=(), anonymous=[LAPTOP])
    # The household's tablet goes on for the household.
    assert not listed.anyone(users=(BOB, *OTHER_IDS), anonymous=("household-tablet-1", *OTHER_IDS))


def test_who_is_deleted_only_may_come_back_as_somebody_new(world: World) -> None:
    world.kind = Kind.DELETE
    world.ask()
    work_off(world.outside())
    assert published(world.store).anyone(users=USERS[:1], anonymous=())

    world.finish()

    assert world.residue() == []
    assert not published(world.store).anyone(users=USERS, anonymous=[LAPTOP])


def test_made_nameless_her_events_count_as_before(world: World) -> None:
    def counts(of: World) -> tuple[Counter[Any], int]:
        read = rows(of)
        return (
            Counter(
                (row["type"], row["event"], row["received_at"], row["source_id"]) for row in read
            ),
            len({row["message_id"] for row in read}),
        )

    before = counts(world)
    others = of_others(world)
    world.kind = Kind.ANONYMISE
    world.ask()
    world.finish()

    assert world.residue() == []
    assert counts(world) == before
    assert of_others(world) == others
    hers_now = [row for row in rows(world) if (row["anonymous_id"] or "").startswith("erased-")]
    own = [row for row in hers_now if row["user_id"] is None]
    assert len(own) == len([event for day in "12" for event in hers(day)])
    assert len({row["anonymous_id"] for row in own}) == 1
    for row in own:
        assert (row["properties"], row["traits"], row["context"]) == ("{}", "{}", "{}")
        assert (row["ip"], row["page_url"], row["group_id"]) == (None, None, None)
    # What had not been compacted yet counts too, each once.
    compact(world.store, world.directory, world.now)
    total, ids = counts(world)
    assert sum(total.values()) == ids == sum(before[0].values()) + 16


def end(world: World) -> Any:
    """How everything is in the end, but for times and for what only orders work."""
    objects = {
        key: body
        for key, body in world.store.objects.items()
        if not key.startswith(("leases/", "deletions/", "events/", "suppressions/"))
    }
    files = sorted(key for key in world.store.objects if key.startswith(("events/", "deletions/")))
    lake = sorted(orjson.dumps(row, default=str) for row in rows(world))
    return (
        objects,
        files,
        lake,
        world.table.items,
        {item["sk"] for item in world.suppressions.items.values()},
        # One that was sent again before the old one went is there twice, as a queue may have it anyway.
        {name: sorted(set(queue.bodies)) for name, queue in world.queues.items()},
    )


def counts_of(receipt: dict[str, Any]) -> Any:
    return (receipt["stores"], receipt["ids"], receipt["outcome"], receipt["destinations"])


def finish_after_death(world: World, moment: int) -> dict[str, Any]:
    """Let whoever works die at the moment, and another go on when the lease has ended; the receipt."""
    with pytest.raises(CrashError):
        work_off(world.outside(Fate(moment)))
    for queue in world.queues.values():
        queue.reappear()
    world.now += world.outside().lease_for * 2
    return world.finish()


# A share of the moments; `FUZZ=2` is twice as many, and `FUZZ=50` is every one.
EVERY = max(1, 83 // int(os.environ.get("FUZZ", "1")))


@pytest.mark.parametrize("kind", [Kind.SUPPRESS_WITH_DELETE, Kind.ANONYMISE])
def test_interrupted_at_any_moment_the_end_is_the_same(
    seed: World, tmp_path: Path, kind: Kind
) -> None:
    whole = seed.copied(tmp_path / "whole", kind=kind)
    whole.ask()
    fate = Fate()
    work_off(whole.outside(fate))
    wanted_receipt = counts_of(whole.finish())
    wanted = end(whole)
    assert whole.residue() == []

    for moment in range(1 + fate.moments % EVERY, fate.moments + 1, EVERY):
        world = seed.copied(tmp_path / f"{moment}", kind=kind)
        world.ask()

        receipt = counts_of(finish_after_death(world, moment))

        assert end(world) == wanted, moment
        assert receipt == wanted_receipt, moment
