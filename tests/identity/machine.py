"""Any interleaving of workers over one table, with crashes, replays and stale reads."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from headwater.identity.store import IdentityStore
from headwater.record import Identity, SourceReference, StoredEvent
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.identity.agreement import check_agreement
from tests.identity.model import resolve
from tests.identity.workers import StaleTable, Worker

MAX_USERS = 2
WORKERS = 3
# Person ids are hashes: over six names every order of the labels of a small shape comes up.
USERS = [f"u{number}" for number in range(6)]
DEVICES = ["d0", "d1"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

users = st.sampled_from(USERS)
devices = st.sampled_from(DEVICES)


@st.composite
def stored_events(draw: st.DrawFn, kinds: Sequence[str]) -> StoredEvent:
    kind = draw(st.sampled_from(kinds))
    moment = NOON + draw(st.sampled_from([1, 2, 3, 86_400, 86_401])) * timedelta(seconds=1)
    user = draw(users)
    return StoredEvent(
        type=kind,
        message_id=f"m{draw(st.integers(0, 3))}",
        timestamp=moment,
        received_at=moment,
        source=SourceReference("shop", draw(st.sampled_from(["server", "server", "browser"]))),
        traits=draw(st.dictionaries(st.sampled_from("xy"), st.integers(0, 2) | st.none()))
        if kind in ("identify", "group")
        else {},
        identity=Identity(
            user_id=draw(st.none() | st.just(user)) if kind != "alias" else user,
            anonymous_id=draw(st.none() | devices),
            previous_id=draw(users | devices) if kind == "alias" else None,
            group_id=draw(st.sampled_from("gh")) if kind == "group" else None,
        ),
    )


class IdentityMachine(RuleBasedStateMachine):
    """At quiescence the table says what the reference resolver says of the set of events."""

    store: type[IdentityStore] = IdentityStore
    kinds: Sequence[str] = ("track", "identify", "alias", "group")

    @initialize()
    def start(self) -> None:
        self.table = StaleTable()
        self.workers = [Worker(self.table, self.store, max_users=MAX_USERS) for _ in range(WORKERS)]
        self.events: list[StoredEvent] = []

    @rule(number=st.integers(0, WORKERS - 1), data=st.data())
    def deliver(self, number: int, data: st.DataObject) -> None:
        events = data.draw(st.lists(stored_events(self.kinds), min_size=1, max_size=3))
        self.events += events
        self.workers[number].waiting.append(events)

    @rule(number=st.integers(0, WORKERS - 1), calls=st.integers(1, 3), staleness=st.integers(0, 2))
    def step(self, number: int, calls: int, staleness: int) -> None:
        self.table.staleness = staleness
        for _ in range(calls):
            self.workers[number].step()

    @rule(number=st.integers(0, WORKERS - 1))
    def crash(self, number: int) -> None:
        self.workers[number].crash()

    @rule(
        number=st.integers(0, WORKERS - 1), by=st.integers(0, WORKERS - 1), last=st.integers(1, 4)
    )
    def replay(self, number: int, by: int, last: int) -> None:
        again = self.workers[number].done[-last:]
        if again:
            self.workers[by].waiting.append(again)

    @invariant()
    def parents_descend(self) -> None:
        for (pk, _), item in getattr(self, "table", StaleTable()).items.items():
            if pk.startswith("P#"):
                assert item["parent"] < pk.removeprefix("P#")

    def teardown(self) -> None:
        if not hasattr(self, "table"):
            return
        self.table.staleness = 0
        while any(worker.waiting for worker in self.workers):
            for worker in self.workers:
                worker.step()
        self.compare()

    def compare(self) -> None:
        check_agreement(
            self.table.items,
            IdentityStore(self.table, max_users_per_device=MAX_USERS),
            resolve(self.events, max_users=MAX_USERS),
            users=USERS,
            devices=DEVICES,
            max_users=MAX_USERS,
        )
