"""An event against the plan: unplanned → schema → without what is omitted → common rules → the answer.

In Segment's order: what a source does about its own schema first, then about the common one (docs,
"Customize your schema controls", read 2026-11-27).
"""

from collections.abc import Iterable, Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Any

from headwater.outcomes import RejectCode, Rejected
from headwater.record import StoredEvent
from headwater.tracking_plan.modes import Mode, Modes
from headwater.tracking_plan.omission import omit
from headwater.tracking_plan.plan import SourcePlan
from headwater.tracking_plan.rule import MEMBERS, Rule
from headwater.tracking_plan.violations import (
    MAX_KEPT,
    Violation,
    few,
    unplanned_event,
    unplanned_member,
    violations,
)

# Properties that analytics.js itself adds to such calls (Segment's spec, page and screen).
_RESERVED: Mapping[str, frozenset[str]] = {
    "page": frozenset(
        ["name", "path", "referrer", "search", "title", "url", "keywords", "category"]
    ),
    "screen": frozenset({"name", "category"}),
}
# An event with more faults than an omission at a time can clear is kept with its faults.
_ROUNDS = 5


@dataclass(slots=True)
class _Judged:
    """What has been found so far; a mode of "omit" has changed the event already."""

    event: StoredEvent
    kept: list[Violation] = field(default_factory=list)
    rejected: list[tuple[RejectCode, Violation]] = field(default_factory=list)
    omitted: dict[str, list[str]] = field(default_factory=dict)


def judge(event: StoredEvent, source: SourcePlan) -> StoredEvent | Rejected:
    """Return the event with its violations, perhaps without some properties; or `Rejected`.

    `Rejected.original` is for the caller to give: what is judged here has been cleaned already.
    """
    if event.violations:  # judged before: only this step writes them
        return event
    judged = _Judged(event)
    rule = source.plan.rule_for(event)
    _unplanned(judged, rule, source.modes)
    if rule is not None:
        _schema(judged, rule, source.modes.violations, RejectCode.SCHEMA_VIOLATION)
    for common in source.plan.common:
        mode = source.modes.common_violations
        _schema(judged, common, mode, RejectCode.COMMON_SCHEMA_VIOLATION)
    if judged.rejected:
        return _rejected(judged.rejected, (rule, *source.plan.common))
    return _taken(judged)


def _unplanned(judged: _Judged, rule: Rule | None, modes: Modes) -> None:
    event = judged.event
    if rule is None:
        if event.type == "track":
            _note(judged, [unplanned_event()], modes.unplanned_events, RejectCode.UNPLANNED, "")
        return
    part = MEMBERS[event.type]
    mode = modes.unplanned_properties if part == "properties" else modes.unplanned_traits
    if mode == "allow" or getattr(event, part).keys() <= rule.members.keys():
        return
    reserved = _RESERVED.get(event.type, frozenset())
    unplanned = [
        unplanned_member(part, name)
        for name in getattr(event, part)
        if name not in reserved and not rule.plans(name)
    ]
    if unplanned:
        _note(judged, unplanned, mode, RejectCode.UNPLANNED, "omitted")


def _schema(judged: _Judged, rule: Rule, mode: Mode, code: RejectCode) -> None:
    if mode == "allow":
        return
    for _ in range(_ROUNDS if mode == "omit" else 1):
        message = _message(judged.event, rule.parts)
        if rule.validator.is_valid(message):
            return
        whole = few(message)
        found = violations(rule.validator, message, whole=whole)
        before = judged.event
        _note(judged, found, mode, code, "omitted_on_violation", whole=whole)
        if judged.event is before:
            return


def _note(
    judged: _Judged,
    found: Iterable[Violation],
    mode: Mode,
    code: RejectCode,
    omission: str,
    *,
    whole: bool = True,
) -> None:
    """Do what the mode says about what was found; `omission` is Segment's name for its list."""
    if mode == "allow":
        return
    if mode == "reject":
        judged.rejected += [(code, violation) for violation in found]
        return
    judged.kept += [violation for violation in found if violation not in judged.kept]
    if mode == "omit":
        judged.event, names = omit(judged.event, [each.path for each in found], finely=whole)
        judged.omitted.setdefault(omission, []).extend(names)


def _message(event: StoredEvent, parts: frozenset[str] | None) -> dict[str, Any]:
    """Return the message as its client sent it: what is absent is absent, and ours is not there."""
    message = {
        name: value
        for name, attribute in _FIELDS
        if (parts is None or name in parts)
        and (value := getattr(event, attribute)) not in (None, {})
    }
    if parts is None or "properties" in parts:
        # Segment judges an event without properties as one with none.
        message.setdefault("properties", {})
    if parts is None or "traits" in parts:
        message.setdefault("traits", {})
    return message


_FIELDS = (
    ("type", "type"),
    ("event", "event"),
    ("name", "name"),
    ("category", "category"),
    ("userId", "user_id"),
    ("anonymousId", "anonymous_id"),
    ("previousId", "previous_id"),
    ("groupId", "group_id"),
    ("messageId", "message_id"),
    ("timestamp", "original_timestamp"),
    ("context", "context"),
    ("integrations", "integrations"),
    ("properties", "properties"),
    ("traits", "traits"),
)


def _taken(judged: _Judged) -> StoredEvent:
    event = judged.event
    if not judged.kept:
        return event
    omitted = {name: names[:MAX_KEPT] for name, names in judged.omitted.items() if names}
    if omitted:
        protocols = event.context.get("protocols")
        said = protocols if isinstance(protocols, dict) else {}
        event = replace(event, context={**event.context, "protocols": {**said, **omitted}})
    return replace(event, violations=tuple(each.to_json() for each in judged.kept[:MAX_KEPT]))


def _rejected(
    found: list[tuple[RejectCode, Violation]], rules: tuple[Rule | None, ...]
) -> Rejected:
    code, first = found[0]
    if code is RejectCode.UNPLANNED and any(other is not code for other, _ in found):
        code = RejectCode.UNPLANNED_AND_SCHEMA_VIOLATION
    planned = frozenset[str]().union(*(rule.names for rule in rules if rule is not None))
    # A name that only the client wrote may be anything, and this path is counted and printed.
    safe = all(isinstance(step, int) or step in planned for step in first.path[1:])
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return Rejected(
        code,
        first.field if safe else str(first.path[0]) if first.path else "",
        f"{first.type}: {first.description}{others}",
        None,
    )
