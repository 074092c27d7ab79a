"""What the stories need from outside, as protocols: adapters keep them, fakes keep them in tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One record of the stream: one or more lines of one request, and the key that places it."""

    partition_key: str
    data: bytes


class Stream(Protocol):
    """The durable, ordered commit of accepted and rejected lines (Kinesis)."""

    def append(self, records: Sequence[StreamRecord]) -> Sequence[StreamRecord]:
        """Append the records, retrying those refused within a short budget.

        Returns the records that were not acknowledged: none when all is well, all of them when the
        stream is down. Never raises for a fault of the stream.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the bucket, as a listing shows it."""

    key: str
    size: int
    modified_at: datetime


class ObjectStore(Protocol):
    """The bucket. Every method raises `DependencyError` when the store does not do its part."""

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        """Write the object; with `if_absent`, False when the key exists already (nothing written)."""
        ...

    def get(self, key: str) -> bytes:
        """Read a whole object."""
        ...

    def list(self, prefix: str) -> Iterable[StoredObject]:
        """List the objects whose key starts with the prefix, in key order."""
        ...

    def move(self, key: str, to: str) -> None:
        """Copy the object to another key, then delete it: a crash between leaves both, never none."""
        ...

    def delete(self, key: str) -> None:
        """Delete the object; deleting what is gone is no fault."""
        ...

    def download(self, key: str, path: Path) -> None:
        """Write a whole object to a local file, for objects too large to hold in memory."""
        ...

    def upload(self, path: Path, key: str, *, if_absent: bool = False) -> bool:
        """Write a local file as the object; with `if_absent`, False when the key exists already."""
        ...


class EventLake(Protocol):
    """The lake, asked in Athena's SQL by somebody who waits for the answer."""

    def rows(self, sql: str) -> Sequence[Mapping[str, str | None]]:
        """Return the rows as text by column name, 1,000 at most.

        Raises `DependencyError` when the query fails, or has no answer in the time it is given.
        """
        ...


class QueryEngine(Protocol):
    """Athena's workgroup over one database. Every method raises `DependencyError` on a fault."""

    def run(self, sql: str) -> None:
        """Run one statement to its end; a statement that fails is a fault, in the engine's words."""
        ...

    def run_all(self, statements: Sequence[str]) -> None:
        """Run statements that do not need each other, several at a time; one that fails is a fault."""
        ...

    def views(self) -> Sequence[str]:
        """Return the names of the database's views."""
        ...

    def saved_queries(self) -> Mapping[str, str]:
        """Return the ids of the workgroup's saved queries by name."""
        ...

    def save_query(
        self, name: str, description: str, sql: str, *, replacing: str | None = None
    ) -> None:
        """Save a query under a name, in place of the one whose id is given."""
        ...

    def delete_query(self, query_id: str) -> None:
        """Delete a saved query."""
        ...


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """A message for the deliveries queue; `group` is the destination's id."""

    body: str
    group: str
    delay_seconds: int = 0


class Queue(Protocol):
    """The deliveries queue (SQS standard)."""

    def send(self, messages: Sequence[QueueMessage]) -> None:
        """Send every message, or raise `DependencyError` when some were refused after retries."""
        ...


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message as a queue lends it: `id` is the message's own, `handle` belongs to this loan."""

    id: str
    handle: str = field(repr=False)
    body: str = field(repr=False)
    group: str = ""


class WaitingQueue(Queue, Protocol):
    """A queue whose waiting messages are looked through; every method raises `DependencyError`."""

    def receive(self, *, hidden_seconds: int) -> Sequence[WaitingMessage]:
        """Borrow up to ten messages, which nobody else sees meanwhile; none when none is to be had."""
        ...

    def delete(self, message: WaitingMessage) -> None:
        """Take a borrowed message off the queue."""
        ...

    def give_back(self, message: WaitingMessage) -> None:
        """Let others see a borrowed message at once."""
        ...


@dataclass(frozen=True, slots=True)
class SignedFor:
    """The AWS service and region that a request is signed for (Signature Version 4)."""

    service: str
    region: str


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as data; what may hold a secret or a person is left out of its `repr`."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    body: bytes | None = field(repr=False, default=None)
    # Signed as the function's own role, when it is sent: a POST to an AWS service.
    signed_for: SignedFor | None = None
    # Plain http and addresses inside a network are refused unless the site owner allowed them.
    allow_private_addresses: bool = False


# "invalid_request": it cannot be written as HTTP. "out_of_time": it was not tried.
HttpFault = Literal[
    "", "timeout", "connection", "tls", "address_refused", "invalid_request", "out_of_time"
]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a vendor answered. Header names are lower case. Status 0: no answer, `fault` says why."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(repr=False, default=b"")
    fault: HttpFault = ""


class Http(Protocol):
    """Outgoing HTTP without retries and without redirects; faults come back as status 0."""

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        """Send the request and read the answer, within the time given."""
        ...


class Secrets(Protocol):
    """Secrets by name, cached for a while."""

    def get(self, name: str) -> SecretStr:
        """Return the secret's current value, or raise `DependencyError`."""
        ...


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A conditional write's ending: whether it was applied, and the item.

    The item is as the write left it, or, when the condition refused, as it stood.
    """

    applied: bool
    item: Mapping[str, Any] | None = None


class Table(Protocol):
    """One DynamoDB table with `pk` and `sk`, spoken to in DynamoDB's own expressions.

    The rules of identity are these expressions (the identity reference, B.2), so the port carries
    them as data and the adapter adds only types, retries and error translation.
    """

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Mapping[str, Any] | None:
        """Read one item, eventually consistent unless told otherwise."""
        ...

    def query(
        self, pk: str, *, sk_prefix: str = "", consistent: bool = False
    ) -> Iterable[Mapping[str, Any]]:
        """Read the items of one partition in the order of their sort keys, page by page."""
        ...

    def update(
        self,
        pk: str,
        sk: str,
        *,
        update: str,
        condition: str | None,
        names: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> WriteResult:
        """Apply one conditional update; a refusing condition is a result, not an error."""
        ...


class WholeTable(Table, Protocol):
    """A table for those who go through all of it: the snapshot, the rebuild and the un-merge."""

    def scan(self, *, after: tuple[str, str] | None = None) -> Iterable[Mapping[str, Any]]:
        """Read every item, in an order of the table's own, page by page; `after` a key to go on."""
        ...

    def delete(self, pk: str, sk: str) -> None:
        """Delete one item; deleting what is gone is no fault."""
        ...


class Functions(Protocol):
    """Other functions of the stack."""

    def invoke(self, function: str, event: bytes) -> bytes:
        """Call a function and return its answer; `DependencyError` when it raised or is not there."""
        ...
