"""An event while it is enriched: the one place where something is written on one."""

from collections.abc import Mapping
from copy import replace
from typing import Any

from headwater.enrichments.finding import Changes
from headwater.record import StoredEvent


class Draft:
    """A copy of an event that takes changes; a copy for each step would cost more than the steps."""

    def __init__(self, event: StoredEvent, **known: Any) -> None:
        """Begin with the event, and with fields that are known otherwise already."""
        self.event = replace(event, **known)
        self._findings: dict[str, Any] | None = None

    def take(self, changes: Changes) -> None:
        """Write down what a step has found; a finding that is empty now takes the old one away."""
        for name, value in changes.items():
            if name == "enrichment":
                self._note(changes["enrichment"])
            else:
                # The event is frozen for everybody else, and this one is nobody else's yet.
                self.event.__dict__[name] = value

    def _note(self, findings: Mapping[str, Any]) -> None:
        noted = self._findings
        if noted is None:
            # On a copy: what was found so far may be other events' as well.
            noted = self._findings = dict(self.event.enrichment)
            self.event.__dict__["enrichment"] = noted
        for name, finding in findings.items():
            if finding:
                noted[name] = finding
            else:
                noted.pop(name, None)
