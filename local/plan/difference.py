"""What a change of the plan would have done to events that were taken: counted by fault, naming nobody."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from headwater.outcomes import Rejected
from headwater.record import StoredEvent
from headwater.tracking_plan import Modes, Plan, SourcePlan, judge

# Judged as if the source rejected: what is only flagged today is what a strict source would refuse.
_STRICT = Modes(
    unplanned_events="reject",
    unplanned_properties="reject",
    unplanned_traits="reject",
    violations="reject",
    common_violations="reject",
)


@dataclass(frozen=True, slots=True, order=True)
class Verdict:
    """Why an event would not be taken: its source, its name, the code, where the fault is, and what."""

    source: str
    event: str
    code: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What the new plan refuses that the old one took, and the other way round."""

    events: int
    newly_refused: Mapping[Verdict, int]
    no_longer: Mapping[Verdict, int]


def difference(events: Iterable[StoredEvent], old: Plan | None, new: Plan) -> Difference:
    """Judge every event by both plans; without an old plan, everything was taken."""
    count = 0
    refused: Counter[Verdict] = Counter()
    no_longer: Counter[Verdict] = Counter()
    for event in events:
        count += 1
        before = verdict(event, old) if old is not None else None
        after = verdict(event, new)
        if after and not before:
            refused[after] += 1
        elif before and not after:
            no_longer[before] += 1
    return Difference(count, refused, no_longer)


def verdict(event: StoredEvent, plan: Plan) -> Verdict | None:
    """Return why a strict source would refuse the event; None when it is as planned."""
    judged = judge(event, SourcePlan(plan, _STRICT))
    if not isinstance(judged, Rejected):
        return None
    name = event.event or event.name or event.type
    return Verdict(event.source.id, name, judged.code, judged.path, judged.message)


def told(found: Difference, *, days: int) -> Iterator[str]:
    """Say what the change would have done, the most frequent first."""
    refused, taken = sum(found.newly_refused.values()), sum(found.no_longer.values())
    yield (
        f"of {found.events} events of the last {days} days, the change would have refused"
        f" {refused} more, and {taken} fewer (of a source that rejects; one that flags, flags them)"
    )
    for sign, verdicts in (("-", found.newly_refused), ("+", found.no_longer)):
        for each, times in sorted(verdicts.items(), key=lambda item: (-item[1], item[0])):
            where = f" at {each.path}" if each.path else ""
            yield f"  {sign}{times:>7}  {each.source}  {each.event}{where}: {each.message}"
