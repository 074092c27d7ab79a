"""How far a request is, kept in the bucket so that any moment may be the last one of whoever works on it.

What is about to happen is written down with its count before it happens: whoever goes on later finds it
done or does it, and counts it once either way.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

import orjson

from headwater.erasure.kinds import Kind
from headwater.erasure.person import IdKind, Person
from headwater.ports import ObjectStore

REQUESTS = "deletions/requests/"
RECEIPTS = "deletions/receipts/"

type Status = Literal[
    "received", "confirmation_needed", "refused", "running", "second_pass_due", "done"
]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One request under way. It holds the person's ids until it is done, and is deleted then."""

    id: str
    kind: Kind
    id_kind: IdKind
    asked: str = field(repr=False)
    requested_at: str
    status: Status = "received"
    reason: str = ""
    confirmed: bool = False
    person: Person | None = None
    secret: str = field(repr=False)
    round: int = 1
    step: int = 0  # of the round
    after: str = field(repr=False, default="")  # the last thing of the step that is done
    pending: str = field(repr=False, default="")  # the thing that is counted and being done
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    destinations: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    first_pass_at: str = ""
    second_pass_due: str = ""
    finished_at: str = ""

    @property
    def key(self) -> str:
        """Where it is kept."""
        return f"{REQUESTS}{self.id}.json"

    def to_bytes(self) -> bytes:
        """Write it down."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read it back."""
        written = orjson.loads(body)
        person = written.pop("person")
        kind = Kind(written.pop("kind"))
        if person is not None:
            person = Person(**{name: _tuple(value) for name, value in person.items()})
        return cls(**written, kind=kind, person=person)


def a_job(
    id_: str,
    kind: Kind,
    id_kind: IdKind,
    asked: str,
    *,
    requested_at: str,
    secret: str,
    confirmed: bool = False,
) -> Job:
    """Write down what is asked; nothing is done yet."""
    return Job(
        id=id_,
        kind=kind,
        id_kind=id_kind,
        asked=asked,
        requested_at=requested_at,
        secret=secret,
        confirmed=confirmed,
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Ledger:
    """A job and where it is kept: every change of it that must survive is written at once."""

    def __init__(self, job: Job, store: ObjectStore) -> None:
        self.job = job
        self._store = store

    @property
    def person(self) -> Person:
        """The person, who is known once the job runs."""
        if self.job.person is None:
            raise ValueError("the person of this request is not resolved yet")
        return self.job.person

    def save(self, **changes: Any) -> None:
        """Change the job and write it down."""
        self.job = replace(self.job, **changes)
        self._store.put(self.job.key, self.job.to_bytes())

    def passed(self, at: str) -> None:
        """Note that everything up to here is done; the next thing that is written says so too."""
        self.job = replace(self.job, after=at)

    def effect(
        self, at: str, store_name: str, counted: Mapping[str, int], do: Callable[[], object]
    ) -> None:
        """Count what is about to be changed, then change it."""
        if self.job.pending != at:
            before = self.job.counts.get(store_name, {})
            counts = {
                **before,
                **{name: before.get(name, 0) + number for name, number in counted.items()},
            }
            self.save(pending=at, counts={**self.job.counts, store_name: counts})
        do()

    def forget(self) -> None:
        """Delete the job: with it go the last copy of the person's ids and of the secret."""
        self._store.delete(self.job.key)


def jobs(store: ObjectStore) -> list[Job]:
    """Return the requests that are not done, oldest first."""
    found = [Job.from_bytes(store.get(entry.key)) for entry in store.list(REQUESTS)]
    return sorted(found, key=lambda job: (job.requested_at, job.id))
