"""The registers of what was said in DynamoDB: traits, and facts first mentioned at a time."""

from collections.abc import Mapping
from typing import Any

from headwater.errors import DependencyError
from headwater.identity import traits as trait_register
from headwater.identity.cache import Cache
from headwater.identity.saying import Node, Saying
from headwater.identity.sighting import Sighting
from headwater.ports import Table

# Every loss of a race means somebody else's write went through. Losing so often in one batch is a
# fault of the table; the batch is retried.
MAX_RACES = 32

CACHED_SIGHTINGS = 50_000
# Traits are texts of up to 400 KB; only small ones are kept, 20 MB at most.
CACHED_SAYINGS = 5_000
CACHED_TEXT_CHARACTERS = 4_000


class SaidStore:
    """What users, devices and groups were said to be, and what this container saw of it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._sightings: Cache[int] = Cache(CACHED_SIGHTINGS)
        self._sayings: Cache[Mapping[str, Any]] = Cache(CACHED_SAYINGS)

    def learn(self, saying: Saying) -> None:
        """Make the trait register of a user, device or group say at least what was said."""
        pk = f"T#{saying.node}"
        item = self._sayings.get(saying.node) or self._table.get(pk, "T")
        for _ in range(MAX_RACES):
            known = _known(saying.node, item)
            joined = saying if known is None else known.join(saying)
            if joined == known:
                self._keep_saying(saying.node, item)
                return
            version = int(item["ver"]) if item and "ver" in item else None
            result = self._table.update(
                pk,
                "T",
                update="SET t=:t, fs=:fs, ls=:ls, ver=:next",
                condition="attribute_not_exists(ver)" if version is None else "ver=:seen",
                names={},
                values={
                    ":t": trait_register.to_text(joined.traits),
                    ":fs": joined.first_day,
                    ":ls": joined.last_day,
                    ":next": (version or 0) + 1,
                    **({} if version is None else {":seen": version}),
                },
            )
            item = result.item
            if result.applied:
                self._keep_saying(saying.node, item)
                return
        raise DependencyError("a trait register changed under every one of our writes")

    def _keep_saying(self, node: Node, item: Mapping[str, Any] | None) -> None:
        if item is not None and len(item["t"]) <= CACHED_TEXT_CHARACTERS:
            self._sayings.put(node, item)

    def note(self, sighting: Sighting) -> None:
        """Keep that something was said, and when first."""
        key = f"{sighting.pk}\0{sighting.sk}"
        since = self._sightings.get(key)
        if since is None:
            item = self._table.get(sighting.pk, sighting.sk)
            since = item["at"] if item else None
        if since is None or since > sighting.at:
            result = self._table.update(
                sighting.pk,
                sighting.sk,
                update="SET #at=:at, mid=:m",
                condition="attribute_not_exists(#at) OR #at>:at",
                names={"#at": "at"},
                values={":at": sighting.at, ":m": sighting.message_id},
            )
            since = (result.item or {}).get("at", sighting.at)
        self._sightings.put(key, since)


def _known(node: Node, item: Mapping[str, Any] | None) -> Saying | None:
    if not item or "ver" not in item:
        return None
    return Saying(node, trait_register.from_item(item), int(item["fs"]), int(item["ls"]))
