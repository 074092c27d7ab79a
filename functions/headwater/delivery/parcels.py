"""Requests of several events as few bodies on the wire, and halves of them when a vendor refuses."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson

from headwater.destination import Request
from headwater.destination.sheet import AnyDestination
from headwater.ports import HttpRequest
from headwater.record import to_iso

# Below this, gzip's own frame eats what it saves.
_GZIP_FROM_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list in a body: written as JSON once, and whose it is (place in the message)."""

    list: str
    json: bytes = field(repr=False)
    owner: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request on its way; `owners` are the places in the message of the events it carries."""

    request: Request = field(repr=False)
    owners: frozenset[int]
    items: tuple[Item, ...] = ()

    def halves(self) -> tuple["Parcel", "Parcel"] | None:
        """Split the items in two, in order; None when there is but one thing in it."""
        if len(self.items) < 2:
            return None
        middle = len(self.items) // 2
        return _parcel(self.request, self.items[:middle]), _parcel(
            self.request, self.items[middle:]
        )

    def owner_of(self) -> Mapping[tuple[str, int], int]:
        """Tell whose item stands where: (list name, position) → place in the message."""
        position: Counter[str] = Counter()
        owners = {}
        for item in self.items:
            owners[item.list, position[item.list]] = item.owner
            position[item.list] += 1
        return owners

    def alike(self, entries: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
        """Find the items that hold all of these entries: (list name, position) of each."""
        return [
            place
            for place, item in zip(self.owner_of(), self.items, strict=True)
            if isinstance(own := orjson.loads(item.json), dict)
            and all(own.get(name) == value for name, value in entries.items())
        ]

    def body(self, *, now: datetime) -> bytes | None:
        """Write the body, exactly as it is sent and signed (before compression)."""
        request = self.request
        if request.content is not None:
            return request.content
        if request.form is not None:
            return urlencode(request.form).encode()
        lists: dict[str, list[orjson.Fragment]] = defaultdict(list)
        for item in self.items:
            listed = lists[item.list]
            listed.append(orjson.Fragment(_placed(item.json, request.position_key, len(listed))))
        if "" in lists:
            return orjson.dumps(lists[""])
        if request.json is None and not lists:
            return None
        sent_at = {request.sent_at_key: to_iso(now)} if request.sent_at_key else {}
        content = {**(request.json or {}), **lists, **sent_at}
        if request.request_id_key is not None:
            content[request.request_id_key] = _id_of(orjson.dumps(content))
        return orjson.dumps(content)

    def to_http(self, sheet: AnyDestination, *, now: datetime) -> HttpRequest:
        """Return the parcel as one HTTP request."""
        request, body = self.request, self.body(now=now)
        headers = {"User-Agent": "Headwater", **request.headers}
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = (
                "application/json" if request.form is None else "application/x-www-form-urlencoded"
            )
        if body is not None and sheet.gzip and len(body) >= _GZIP_FROM_BYTES:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        query = f"?{urlencode(request.params)}" if request.params else ""
        return HttpRequest(
            request.method,
            request.url + query,
            headers,
            body,
            signed_for=request.signed_for,
            allow_private_addresses=request.allow_private_addresses,
        )


def _id_of(body: bytes) -> str:
    """Return a UUID of version 4 that another sending, at another moment, has not."""
    return str(UUID(bytes=sha256(body).digest()[:16], version=4))


def _placed(item: bytes, key: str | None, position: int) -> bytes:
    """Write the item's place into it; an item that has a place is an object with something in it."""
    if key is None:
        return item
    return item[:-1] + b"," + orjson.dumps(key) + f':"{position}"}}'.encode()


def pack(
    requests: Iterable[tuple[int, Request]], sheet: AnyDestination, *, now: datetime
) -> tuple[tuple[Parcel, ...], frozenset[int]]:
    """Pack the requests, in order, into as few parcels as the vendor's limits allow.

    Returns the parcels, and the places of the events that are too large for any.
    """
    parcels: list[Parcel] = []
    too_large: set[int] = set()
    mergeable: dict[bytes, tuple[Request, list[Item]]] = {}
    for owner, request in requests:
        if not request.lists:
            alone = Parcel(request, frozenset({owner}))
            if len(alone.body(now=now) or b"") > sheet.max_bytes:
                too_large.add(owner)
            else:
                parcels.append(alone)
            continue
        _, items = mergeable.setdefault(_envelope(request), (request, []))
        items.extend(
            Item(name, orjson.dumps(value), owner)
            for name, values in request.lists.items()
            for value in values
        )
    for envelope, (request, items) in mergeable.items():
        # The envelope holds more than the body will: a bound, and near enough.
        frame = len(envelope) + sum(len(name) + 8 for name in request.lists)
        each = len(request.position_key) + 12 if request.position_key else 1
        fitting = [item for item in items if frame + len(item.json) + each <= sheet.max_bytes]
        too_large |= {item.owner for item in items} - {item.owner for item in fitting}
        parcels.extend(
            _parcel(request, part)
            for part in _chunks(fitting, sheet.max_events, sheet.max_bytes - frame, each)
        )
    return tuple(parcels), frozenset(too_large)


def _parcel(request: Request, items: tuple[Item, ...]) -> Parcel:
    return Parcel(request, frozenset(item.owner for item in items), items)


def _envelope(request: Request) -> bytes:
    """Name what two requests must share to travel together: all but their lists."""
    parts: Sequence[Any] = (
        request.method,
        request.url,
        request.headers,
        request.params,
        request.json,
        request.sent_at_key,
        request.request_id_key,
        request.position_key,
        request.signed_for,
        request.allow_private_addresses,
    )
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


def _chunks(
    items: Iterable[Item], max_items: int, max_bytes: int, each: int
) -> Iterable[tuple[Item, ...]]:
    """Cut the items, in order; `each` is what an item costs beside itself."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) == max_items or size + len(item.json) + each > max_bytes):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.json) + each
    if chunk:
        yield tuple(chunk)
