"""An event while it is enriched: the one place where something is written on one."""

from collections.abc import Mapping
from copy import replace
from typing import Any

from headwater.enrichments.finding import Changes
from headwater.record import StoredEvent


class Draft:
    """A copy of an event that takes changes; a copy for each step would cost more than the steps."""

    def __init__(self, event: StoredEvent) -> None:
        self._findings = dict(event.enrichment)
        self.event = replace(event, enrichment=self._findings)

    def take(self, changes: Changes) -> None:
        """Write down what a step has found; a finding that is empty now takes the old one away."""
        for name, value in changes.items():
            if name == "enrichment":
                self._note(changes["enrichment"])
            else:
                # The event is frozen for everybody else, and this one is nobody else's yet.
                self.event.__dict__[name] = value

    def _note(self, findings: Mapping[str, Any]) -> None:
        for name, finding in findings.items():
            if finding:
                self._findings[name] = finding
            else:
                self._findings.pop(name, None)
