"""Who is suppressed: hashes in a table, published as the one object that every enforcer reads.

The table is the truth and holds no id. Whoever adds or lifts a suppression publishes the list again;
two who do so at once cannot lose each other's: a counter moves after each change, and whoever sees
it moved while publishing publishes once more. An erasure keeps its person out under its own name, so
that whoever was suppressed for good, before or meanwhile, stays so when it lets go.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from headwater.errors import DependencyError
from headwater.ports import ObjectStore, WholeTable
from headwater.privacy.suppressed import KEY_BYTES, Kind, Suppressed, hashed
from headwater.record import to_iso

OBJECT = "suppressions/published"

_HASHES, _LIST = "suppressed", "list"
_KEY, _CHANGES = "key", "changes"
# Each try but the last met somebody else's change.
_TRIES = 20


def suppress(
    ids: Iterable[tuple[Kind, str]],
    table: WholeTable,
    store: ObjectStore,
    *,
    now: datetime,
    new_key: Callable[[], bytes],
    request: str = "",
) -> int:
    """Suppress the ids and publish the list; return how many were not suppressed so before.

    `request` is whose suppression it is, which only it lifts again; without one it is for good.
    `new_key` makes the list's key, once in its life. Doing it again is harmless.
    """
    key = key_of(table, new_key)
    added = sum(
        table.update(
            _HASHES,
            _place(kind, id_, key, request),
            update="SET since=:now",
            condition="attribute_not_exists(pk)",
            names={},
            values={":now": to_iso(now)},
        ).applied
        for kind, id_ in ids
    )
    _changed(table)
    publish(table, store, new_key=new_key)
    return added


def lift(
    ids: Iterable[tuple[Kind, str]],
    table: WholeTable,
    store: ObjectStore,
    *,
    new_key: Callable[[], bytes],
    request: str = "",
) -> None:
    """Lift the ids' suppression for good, or that of the request, and publish the list."""
    key = key_of(table, new_key)
    for kind, id_ in ids:
        table.delete(_HASHES, _place(kind, id_, key, request))
    _changed(table)
    publish(table, store, new_key=new_key)


def publish(table: WholeTable, store: ObjectStore, *, new_key: Callable[[], bytes]) -> int:
    """Write the list as it is in the table, and return how many ids it has."""
    key = key_of(table, new_key)
    for _ in range(_TRIES):
        before = _changes(table)
        found = Suppressed.of(
            (_hash_at(item["sk"]) for item in table.query(_HASHES, consistent=True)), key
        )
        store.put(OBJECT, found.to_bytes())
        if _changes(table) == before:
            return len(found.hashes)
    raise DependencyError("the list of suppressed ids changes faster than it is published")


def bring_back(
    older: WholeTable, table: WholeTable, store: ObjectStore, *, new_key: Callable[[], bytes]
) -> int:
    """Suppress again whoever an older copy of the table has and this one lacks; return how many.

    Hashes are worth nothing without the key they were made with, so both tables must have the same, or
    this one none of its own in use: `DependencyError` otherwise, and nothing is changed. Whoever was let
    go since the copy is suppressed again.
    """
    key = older.get(_LIST, _KEY, consistent=True)
    if key is None:
        raise DependencyError("the older table has no key: it is no table of suppressions")
    own = table.get(_LIST, _KEY, consistent=True)
    if own is None or own["secret"] != key["secret"]:
        if any(True for _ in table.query(_HASHES, consistent=True)):
            raise DependencyError(
                "people were suppressed under another key since: ask for theirs again, in the older "
                "table, and use that one"
            )
        table.update(
            _LIST,
            _KEY,
            update="SET secret=:key",
            condition=None,
            names={},
            values={":key": key["secret"]},
        )
    added = sum(
        table.update(
            _HASHES,
            str(item["sk"]),
            update="SET since=:since",
            condition="attribute_not_exists(pk)",
            names={},
            values={":since": item["since"]},
        ).applied
        for item in older.query(_HASHES, consistent=True)
    )
    _changed(table)
    publish(table, store, new_key=new_key)
    return added


def published(store: ObjectStore) -> Suppressed:
    """Read the list that was published last; empty where none ever was."""
    if not any(entry.key == OBJECT for entry in store.list(OBJECT)):
        return Suppressed()
    try:
        return Suppressed.from_bytes(store.get(OBJECT))
    except ValueError as error:
        raise DependencyError(str(error)) from None


def key_of(table: WholeTable, new_key: Callable[[], bytes]) -> bytes:
    """Return the list's key, which is made once; receipts are signed with it too."""
    known = table.get(_LIST, _KEY, consistent=True)
    if known is None:
        made = table.update(
            _LIST,
            _KEY,
            update="SET secret=:key",
            condition="attribute_not_exists(pk)",
            names={},
            values={":key": new_key()[:KEY_BYTES].hex()},
        )
        known = made.item
    if known is None:
        raise DependencyError("the list of suppressed ids has no key")
    return bytes.fromhex(str(known["secret"]))


def _place(kind: Kind, id_: str, key: bytes, request: str) -> str:
    return f"{hashed(kind, id_, key):016x}{request and f' {request}'}"


def _hash_at(place: object) -> int:
    return int(str(place).partition(" ")[0], 16)


def _changes(table: WholeTable) -> int:
    return int((table.get(_LIST, _CHANGES, consistent=True) or {}).get("number", 0))


def _changed(table: WholeTable) -> None:
    table.update(
        _LIST,
        _CHANGES,
        update="ADD #n :one",
        condition=None,
        names={"#n": "number"},
        values={":one": 1},
    )
