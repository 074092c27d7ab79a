"""How a request ended: the answer, and all that may be said of it in a log line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from headwater.outcomes import Dropped, RefuseCode, Refused, Rejected
from headwater.record import REJECTED_MARK, StoredEvent
from headwater.wire import replies
from headwater.wire.packing import Line
from headwater.wire.replies import Reply

Outcome = StoredEvent | Rejected | Dropped
CommittedTo = Literal["stream", "spill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A request's ending; counts are of events.

    `stored_lines` and `rejected_lines` are of lines committed, each once: what is kept is told apart by
    its bytes, so a batch that says the same twice has one line to be missed.
    """

    reply: Reply
    source_id: str | None = None
    refused: RefuseCode | None = None
    accepted: int = 0
    dropped: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    failed_enrichments: Mapping[str, int] = field(default_factory=dict)
    violations: Mapping[str, int] = field(default_factory=dict)  # by their kind
    committed_to: CommittedTo | None = None
    stored_lines: int = 0
    rejected_lines: int = 0

    @classmethod
    def nothing(cls, refusal: Refused, source_id: str | None = None) -> Self:
        """End a request of which nothing was taken."""
        return cls(reply=replies.refused(refusal), refused=refusal.code, source_id=source_id)

    @classmethod
    def committed(
        cls,
        outcomes: Sequence[Outcome],
        to: CommittedTo,
        *,
        lines: Sequence[Line],
        source_id: str,
        single: bool,
    ) -> Self:
        """End a request whose every line is acknowledged; `single` says that it was no batch."""
        rejected = [(at, found) for at, found in enumerate(outcomes) if isinstance(found, Rejected)]
        distinct = {line.data for line in lines}
        rejected_lines = sum(data.startswith(REJECTED_MARK) for data in distinct)
        stored = [found for found in outcomes if isinstance(found, StoredEvent)]
        return cls(
            reply=replies.receipt(len(outcomes), rejected, single=single),
            source_id=source_id,
            accepted=len(stored),
            dropped=len(outcomes) - len(stored) - len(rejected),
            rejected=Counter(found.code for _, found in rejected),
            failed_enrichments=Counter(
                name for found in stored for name in found.enrichment.get("errors", ())
            ),
            violations=Counter(
                violation["type"] for found in stored for violation in found.violations
            ),
            committed_to=to,
            stored_lines=len(distinct) - rejected_lines,
            rejected_lines=rejected_lines,
        )
