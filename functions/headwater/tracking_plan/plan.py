"""A plan: its rules, found by what an event is; and how one source wants to be judged by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from headwater.record import StoredEvent
from headwater.tracking_plan import dialect
from headwater.tracking_plan.modes import Modes
from headwater.tracking_plan.rule import Fault, Rule

_Key = tuple[str, str | None]


@dataclass(frozen=True)
class Plan:
    """All rules of a plan; `name` is the workspace's."""

    name: str
    rules: tuple[Rule, ...]

    def rule_for(self, event: StoredEvent) -> Rule | None:
        """Find the rule by type and exact name, in the version the event says it follows.

        `context.protocols.event_version`; missing or unknown means the oldest (Segment's docs,
        "Event versioning", read 2026-11-27).
        """
        name = event.event if event.type == "track" else event.name
        versions = self._versions.get((event.type, name)) or self._versions.get((event.type, None))
        if versions is None:
            return None
        protocols = event.context.get("protocols")
        asked = protocols.get("event_version") if isinstance(protocols, dict) else None
        oldest = versions[0]
        return next((rule for rule in versions if rule.version == asked), oldest)

    @cached_property
    def common(self) -> tuple[Rule, ...]:
        """The rules for every event."""
        return tuple(rule for rule in self.rules if rule.type == "common")

    @cached_property
    def _versions(self) -> Mapping[_Key, list[Rule]]:
        found: dict[_Key, list[Rule]] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.version):
            if rule.type != "common":
                found.setdefault((rule.type, rule.key), []).append(rule)
        return found

    def schema_faults(self) -> Iterator[tuple[Rule, tuple[str, ...], str]]:
        """Compile every schema; yield each rule that does not, where in it, and why."""
        for rule in self.rules:
            fault = dialect.fault_of(rule.schema)
            if fault is not None:
                yield rule, *fault


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """The plan, and what one source does with what is not as planned."""

    plan: Plan
    modes: Modes


def duplicates(rules: tuple[Rule, ...]) -> Iterator[Fault]:
    """Yield each rule that another one has said already, in the same version."""
    seen: dict[tuple[str, str | None, int], Rule] = {}
    for rule in rules:
        first = seen.setdefault((rule.type, rule.key, rule.version), rule)
        if first is not rule and rule.type != "common":
            yield Fault(
                rule.file,
                rule.line,
                f"{rule.title}, version {rule.version}, is in {first.file} already:"
                " give this one the next version, or remove one of them",
            )
