"""The canary: an event of nobody that goes the whole way each minute, and comes back.

It is sent over HTTPS like any other. The stitcher learns its trait and queues it for a destination of
its own, which is this collector again; the forwarder sends it there, and it lands as the second line of
its messageId, marked by the relay. That line proves every function on the way: collector, stream,
lander, stitcher, queue, forwarder. Its age is the one number that is watched.

Views, saved queries and destinations leave it out (its source is `record.CANARY_SOURCE`); ask
`events_parquet`, or name the source in a destination's `sources`, to have it.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import orjson

from headwater.destination import Configured
from headwater.destinations import DESTINATIONS
from headwater.destinations.segment_relay import HOPS_KEY
from headwater.errors import DependencyError
from headwater.lake.keys import ARCHIVE, RAW
from headwater.ports import HttpRequest, ObjectStore, StoredObject
from headwater.record import CANARY_SOURCE, StoredEvent, from_iso, to_iso
from headwater.workspace import CANARY_KEY

DESTINATION_ID = CANARY_SOURCE
PERSON = "headwater-canary"
# How far back it is looked for. Nothing found is an age of at least this.
WINDOW = timedelta(minutes=15)
# The newest objects hold it when all is well; of a busy stream's, no more than these are read.
_MOST_OBJECTS = 60
# S3 tells whole seconds of when an object was written.
_RESOLUTION = timedelta(seconds=1)

# An ordinary browser's, so that no bot policy drops it.
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Ages:
    """How old the newest canary is that landed, and the newest that came back; in seconds."""

    landed: float
    returned: float


def request(url: str, now: datetime) -> HttpRequest:
    """Say that the canary lives, as a call of Segment's; `url` is the collector's, with its prefix."""
    call = {
        "writeKey": CANARY_KEY,
        "messageId": f"canary-{to_iso(now)}",
        "userId": PERSON,
        "anonymousId": PERSON,
        "traits": {"sentAt": to_iso(now)},
    }
    return HttpRequest(
        "POST",
        f"{url.rstrip('/')}/v1/identify",
        {"Content-Type": "application/json", "User-Agent": _USER_AGENT},
        orjson.dumps(call),
        allow_private_addresses=_is_inside(url),
    )


def destination(url: str) -> Configured:
    """Return where the canary is delivered to: the collector it came from, once."""
    return Configured(
        id=DESTINATION_ID,
        sheet=DESTINATIONS["segment_relay"],
        integration="Headwater Canary",
        sources=(CANARY_SOURCE,),
        events=("identify",),
        filter=_first_time,
        settings={
            "url": url,
            "write_key": CANARY_KEY,
            "allow_private_addresses": _is_inside(url),
        },
    )


def _is_inside(url: str) -> bool:
    return url.startswith("http:")  # the owner's own word, of a machine of theirs


def _first_time(event: StoredEvent) -> bool:
    return HOPS_KEY not in event.context


def look(store: ObjectStore, *, now: datetime) -> Ages:
    """Find the newest canaries among what landed; raises DependencyError for a bucket that refuses."""
    landed = returned = now - WINDOW
    # What has just been compacted is in the archive only, and is asked for only then.
    for prefix in (RAW, ARCHIVE + RAW):
        for found in islice(_newest(store, prefix, now), _MOST_OBJECTS):
            # After an outage they come back in any order: on to where no younger one can be.
            if found.modified_at + _RESOLUTION < returned:
                break
            for sent, came_back in _sightings(store, found.key):
                landed = max(landed, sent)
                returned = max(returned, sent) if came_back else returned
        if returned > now - WINDOW:
            break
    return Ages((now - landed).total_seconds(), (now - returned).total_seconds())


def _sightings(store: ObjectStore, key: str) -> Iterator[tuple[datetime, bool]]:
    """Read the canaries of an object: when each was sent, and whether it had come back."""
    for line in _lines(store, key):
        if CANARY_SOURCE.encode() in line and (seen := _sighting(line)):
            yield seen


def _newest(store: ObjectStore, prefix: str, now: datetime) -> list[StoredObject]:
    hours = {f"{moment:dt=%Y-%m-%d/hr=%H/}" for moment in (now, now - WINDOW)}
    found = [each for hour in hours for each in store.list(prefix + hour)]
    return sorted(found, key=lambda each: (each.modified_at, each.key), reverse=True)


def _lines(store: ObjectStore, key: str) -> list[bytes]:
    try:
        return gzip.decompress(store.get(key)).splitlines()
    except DependencyError:
        return []  # the compactor moved it in between: it is looked for in the archive


def _sighting(line: bytes) -> tuple[datetime, bool] | None:
    try:
        event = StoredEvent.from_json(orjson.loads(line))
        if event.source.id != CANARY_SOURCE:
            return None
        return from_iso(event.message_id.removeprefix("canary-")), not _first_time(event)
    except (KeyError, TypeError, ValueError):
        return None
