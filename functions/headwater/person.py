"""The person behind a request: what they have said, what follows for each event, and their cookies.

What a browser says (headers and cookies) holds for all events of a request, and each event may say
more. A server's request says nothing of the person it speaks of: only the event itself does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from headwater.events import MessageType
from headwater.ids import usable_id
from headwater.outcomes import DropReason, Rejected
from headwater.privacy import consent, cookieless, redaction
from headwater.privacy.applied import applied
from headwater.privacy.decision import Decision, Said, decide
from headwater.privacy.held import Held
from headwater.record import StoredEvent
from headwater.wire import choices, signals
from headwater.wire.ending import Outcome
from headwater.wire.request import Received, Request
from headwater.wire.visitor import Visitor
from headwater.workspace import PrivacyPolicy, Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever a request's events are about; `visitor` is None where a server speaks for them."""

    said: Said
    visitor: Visitor | None
    policy: PrivacyPolicy
    held: Held
    received: Received
    type: MessageType | None  # what the route says of every event

    @classmethod
    def behind(
        cls,
        request: Request,
        received: Received,
        workspace: Workspace,
        held: Held,
        type_: MessageType | None,
        new_id: Callable[[], str],
    ) -> Self:
        """Read what the request itself says."""
        policy = workspace.privacy_of(received.source.id)
        if received.source.kind == "server":
            return cls(Said(directly=False), None, policy, held, received, type_)
        said = Said(
            opted_out=signals.opted_out(request),
            preferences=signals.consented(request),
            gpc=signals.gpc(request),
            dnt=signals.dnt(request),
        )
        at_home = choices.own_page(request, workspace)
        visitor = Visitor(request, workspace, held.cookie_keys, received.at, new_id, at_home)
        return cls(said, visitor, policy, held, received, type_)

    def decision(self, item: Any) -> Decision:
        """Decide one event as it was sent."""
        sent = item.original if isinstance(item, Rejected) else item
        if not isinstance(sent, dict):
            return decide(self.policy, self.said)
        decision = decide(self.policy, self._said_in(sent))
        if decision.cookieless and cookieless.says_only_who(self.type or sent.get("type")):
            return replace(decision, effect="drop", drop=DropReason.CHOICE)
        return decision

    def _said_in(self, sent: dict[str, Any]) -> Said:
        stated = consent.stated(sent.get("context"))
        about_consent = sent.get("event") == consent.PREFERENCE_UPDATED
        suppressed = bool(self.held.suppressed) and self._suppressed(sent)
        if stated is None and not about_consent and not suppressed:
            return self.said
        return replace(
            self.said,
            suppressed=suppressed,
            preferences=consent.both(self.said.preferences, stated),
            about_consent=about_consent,
        )

    def _suppressed(self, sent: dict[str, Any]) -> bool:
        user, device, previous = (
            usable_id(sent.get(name)) for name in ("userId", "anonymousId", "previousId")
        )
        visitor = self.visitor.id if self.visitor else None
        return self.held.suppressed.anyone(
            users=(user, previous), anonymous=(device, previous, visitor)
        )

    def kept(self, sent: Any, decision: Decision) -> Any:
        """Return what may be kept of an event as it was sent, with the consent known to us on it."""
        cut = redaction.of_decision(self.policy, decision)
        elsewhere = self.said.preferences
        kept = cut.of(
            sent,
            context=lambda context: self.received.once_of(_kept_context, context, cut, elsewhere),
        )
        if elsewhere is None or not isinstance(kept, dict) or kept.get("context") is not None:
            return kept
        return {**kept, "context": consent.with_preferences({}, elsewhere)}

    def named(self, kept: Any, decision: Decision) -> str | None:
        """Say whose the event is when it does not say so itself."""
        if decision.cookieless:
            return cookieless.PREFIX  # it has lost its ids, and `stored` takes this one as well
        if self.visitor is None or not isinstance(kept, dict):
            return None
        named = usable_id(kept.get("userId")) or usable_id(kept.get("anonymousId"))
        return None if named else self.visitor.id

    def stored(self, event: StoredEvent, decision: Decision) -> StoredEvent:
        """Return the event as it is committed, with the decision and its reasons on it."""
        visitor_id = self._cookieless_id(event) if decision.cookieless else None
        return applied(event, decision, self.policy, visitor_id=visitor_id)

    def _cookieless_id(self, event: StoredEvent) -> str | None:
        agent, page = event.enrichment.get("userAgent", {}), event.enrichment.get("page", {})
        return cookieless.visitor_id(
            self.held.salts,
            at=self.received.at,
            source_id=self.received.source.id,
            address=self.received.address if self.visitor else None,
            browser=f"{agent.get('browser')} {agent.get('os')}",
            site=page.get("host", ""),
        )

    def cookies(
        self, decisions: Sequence[Decision], outcomes: Sequence[Outcome]
    ) -> tuple[str, ...]:
        """Return what keeps the visitor in the browser: nothing unless every decision allows it."""
        if self.visitor is None or not all(decision.allows_cookies for decision in decisions):
            return ()
        stored = [event for event in outcomes if isinstance(event, StoredEvent)]
        # After a batch the browser is who its last event says.
        return self.visitor.set_cookies(stored[-1].identity.anonymous_id) if stored else ()


def _kept_context(
    _: Received,
    context: dict[str, Any],
    cut: redaction.Redaction,
    elsewhere: consent.Preferences | None,
) -> dict[str, Any]:
    kept = cut.context(context)
    if elsewhere is None and "consentManagement" not in kept:
        return kept
    stated = consent.stated(kept)
    preferences = consent.both(elsewhere, stated)
    # A statement that grants nothing, or cannot be read, denies every destination as it stands.
    if preferences is None or stated == {}:
        return kept
    return consent.with_preferences(kept, preferences)
