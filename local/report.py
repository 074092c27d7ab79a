"""The demo's report: what was sent, whose it is, where it went; and whether each promise held."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headwater.ids import person_of_device, person_of_user

from local.athena import Rows
from local.evidence import Delivered, Kept, Known
from local.journey import Journey

# What demo.toml lets each destination have; the sink names a destination by its path.
DELIVERED_TYPES: Mapping[str, frozenset[str] | None] = {
    "webhook": None,
    "relay": frozenset({"track", "identify"}),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A question to the lake, the SQL that asks it, and what Athena's SQL answered."""

    question: str
    sql: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen of one journey."""

    journey: Journey
    before: Known
    after: Known
    phone: Known
    kept: Mapping[str, Kept]
    delivered: Mapping[str, Mapping[str, Delivered]]
    answers: tuple[Answer, ...] = ()
    violations: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, and whether it held; `topic` is its name while it is waited for."""

    topic: str
    promise: str
    holds: bool
    finding: str


def checks(seen: Evidence) -> tuple[Check, ...]:
    """Hold what was seen against what was promised."""
    journey = seen.journey
    person_id = person_of_user(journey.user_id)
    ids = [sent.message_id for sent in journey.sent]
    nowhere = Kept(0, frozenset())
    kept = {message_id: seen.kept.get(message_id, nowhere) for message_id in ids}
    once = [message_id for message_id in ids if kept[message_id].times == 1]
    early = [sent.message_id for sent in journey.sent if sent.user_id is None]
    resolved = [message_id for message_id in early if kept[message_id].person_ids == {person_id}]
    devices = {seen.after.user_id, seen.phone.user_id}
    return (
        Check(
            "in the lake",
            "every event of the journey is in the lake exactly once",
            len(once) == len(ids),
            f"{len(once)} of {len(ids)}",
        ),
        Check(
            "before signing up",
            "before signing up, the visitor was somebody without a user id",
            seen.before.user_id is None
            and seen.before.person_id == person_of_device(journey.laptop),
            f"person {seen.before.person_id}",
        ),
        Check(
            "history",
            "what was done before signing up now belongs to the person",
            bool(early) and len(resolved) == len(early),
            f"{len(resolved)} of {len(early)} anonymous events",
        ),
        Check(
            "devices",
            "laptop and phone belong to one person",
            devices == {journey.user_id} and journey.laptop != journey.phone,
            f"{len({journey.laptop, journey.phone})} devices, person {seen.after.person_id}",
        ),
        Check(
            "as planned",
            "every event of the journey is as the tracking plan says",
            seen.violations == 0,
            f"violations: {seen.violations}",
        ),
        *(_delivery(seen, name) for name in DELIVERED_TYPES),
    )


def _delivery(seen: Evidence, name: str) -> Check:
    due = due_at(seen.journey, name)
    taken = seen.delivered.get(name, {})
    arrived = [message_id for message_id in due if message_id in taken]
    again = sum(taken[message_id].times > 1 for message_id in arrived)
    return Check(
        f"at {name}",
        f"the destination “{name}” got every event it is due",
        len(arrived) == len(due),
        f"{len(arrived)} of {len(due)}" + (f", {again} more than once" if again else ""),
    )


def due_at(journey: Journey, name: str) -> Sequence[str]:
    """Return the messageIds that a destination of the demo has to get."""
    types = DELIVERED_TYPES[name]
    return [sent.message_id for sent in journey.sent if types is None or sent.type in types]


def lines(seen: Evidence) -> Iterator[str]:
    """Write the report."""
    journey = seen.journey
    yield from _heading(f"The journey, played by {journey.played_by}")
    yield from _table(
        ("sent by", "call", "known as", "in the lake"),
        [
            (
                sent.sender,
                sent.title,
                f"user {sent.user_id}" if sent.user_id else f"device {_short(sent.anonymous_id)}",
                _times(seen.kept.get(sent.message_id)),
            )
            for sent in journey.sent
        ],
    )
    yield from _heading("The person, before and after signing up")
    yield from _table(
        ("", "person", "user id", "traits"),
        [
            ("before, laptop", *_person(seen.before)),
            ("after, laptop", *_person(seen.after)),
            ("after, phone", *_person(seen.phone)),
        ],
    )
    yield from _heading("Deliveries at the sink")
    yield from _table(
        ("destination", "events of this journey", "of which with a person id"),
        [_deliveries(seen, name) for name in DELIVERED_TYPES],
    )
    for answer in seen.answers:
        yield from _heading(f"Athena: {answer.question}")
        yield from (f"  {line}" for line in answer.sql.strip().splitlines())
        yield ""
        yield from _table(
            answer.rows.columns,
            [tuple("" if cell is None else str(cell) for cell in row) for row in answer.rows.rows],
        )
    yield from _heading("What was promised")
    for check in checks(seen):
        yield f"  {'✓' if check.holds else '✗'} {check.promise}: {check.finding}"


def _deliveries(seen: Evidence, name: str) -> tuple[str, str, str]:
    due = due_at(seen.journey, name)
    taken = seen.delivered.get(name, {})
    found = [taken[message_id] for message_id in due if message_id in taken]
    return name, str(len(found)), str(sum(bool(delivery.person_ids) for delivery in found))


def _person(known: Known) -> tuple[str, str, str]:
    traits = ", ".join(f"{name}: {value}" for name, value in sorted(known.traits.items()))
    return known.person_id, known.user_id or "none yet", traits or "none"


def _times(kept: Kept | None) -> str:
    return {0: "missing", 1: "once"}.get(kept.times if kept else 0, f"{kept and kept.times} times")


def _short(anonymous_id: str | None) -> str:
    return f"{(anonymous_id or '')[:8]}…"


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "─" * len(text)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["─" * width for width in widths], *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
