"""What the decision leaves of an event, written on the event: the last step before it is committed."""

from copy import replace
from typing import Any

from headwater.privacy.decision import Decision
from headwater.privacy.redaction import kept_address
from headwater.record import Identity, Privacy, StoredEvent
from headwater.workspace.privacy_policy import PrivacyPolicy


def applied(
    event: StoredEvent, decision: Decision, policy: PrivacyPolicy, *, visitor_id: str | None = None
) -> StoredEvent:
    """Return the event as it is stored: its address cut, the decision and its reasons on it.

    A cookieless event has no id but the day's own, `enrichment.cookielessId`, which stands for nobody:
    stitcher, views and destinations read `identity`, and that is empty.
    """
    if decision.cookieless:
        event = _nameless(event, visitor_id)
    elif policy.address != "full" and "ip" in event.context:
        event = replace(event, context=_with_address(event, policy))
    if decision.effect == "full":
        return event
    told = Privacy(
        decision="cookieless" if decision.cookieless else "full",
        no_share=decision.no_share,
        reasons=decision.reasons,
    )
    return replace(event, privacy=told)


def _nameless(event: StoredEvent, visitor_id: str | None) -> StoredEvent:
    found = {name: value for name, value in event.enrichment.items() if name != "claimedUserId"}
    if visitor_id is not None:
        found["cookielessId"] = visitor_id
    return replace(
        event,
        anonymous_id=None,
        user_id=None,
        previous_id=None,
        group_id=None,
        identity=Identity(),
        context={name: value for name, value in event.context.items() if name != "ip"},
        enrichment=found,
    )


def _with_address(event: StoredEvent, policy: PrivacyPolicy) -> dict[str, Any]:
    found = event.context["ip"]
    kept = kept_address(found, policy) if isinstance(found, str) else None
    others = {name: value for name, value in event.context.items() if name != "ip"}
    return others if kept is None else {**others, "ip": kept}
