"""What a delivery is given and gives back: ports, received messages, reports."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from headwater.delivery.breaker import Breakers
from headwater.delivery.lanes import Pools
from headwater.delivery.pace import Pace
from headwater.delivery.slowness import Slowness
from headwater.ports import Http, ObjectStore, Queue, Secrets
from headwater.privacy.suppressed import Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a delivery needs from outside; `seconds` is a monotonic clock.

    `outcomes` is the bucket too, but must give up soon: nothing may wait for the rows of the lake.
    """

    http: Http
    queue: Queue
    store: ObjectStore
    outcomes: ObjectStore
    secrets: Secrets
    breakers: Breakers
    slowness: Slowness
    pace: Pace
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    random: Callable[[], float]
    pools: Pools = ThreadPoolExecutor
    # Who must not be sent on any more, also of what was queued before (design 9).
    suppressed: Callable[[], Suppressed] = Suppressed


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the queue; `id` is what acknowledges it."""

    id: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a message ended, without anything of its content.

    `failed`: why it must be received again. `unnoted`: why the lake has no rows of it.
    """

    id: str
    destination_id: str = ""
    delivered: int = 0
    undeliverable: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    wait_reason: str = ""
    failed: str = ""
    unnoted: str = ""
