"""What a person has consented to, in the shapes in which clients say it: consent by category.

Segment's and Jitsu's `context.consent.categoryPreferences`; RudderStack's `context.consentManagement`
with lists of what is allowed and denied. Only JSON `true` grants; a no in one place is a no.
Docs: Segment, consent-in-segment-connections; RudderStack's JavaScript SDK, consent management.
"""

from collections.abc import Mapping
from typing import Any

# The wrapper's track call of this name carries the new preferences in its context.
PREFERENCE_UPDATED = "Segment Consent Preference Updated"

Preferences = Mapping[str, bool]


def stated(context: Any) -> Preferences | None:
    """Return what the event's context says; None where it says nothing, all no where it is unreadable."""
    if not isinstance(context, Mapping):
        return None
    return both(_segments(context.get("consent")), _rudderstacks(context.get("consentManagement")))


def both(one: Preferences | None, other: Preferences | None) -> Preferences | None:
    """Put two statements together: what one does not speak of the other decides, and no beats yes."""
    if one is None or other is None:
        return other if one is None else one
    return {
        category: one.get(category, True) and other.get(category, True)
        for category in (*one, *(category for category in other if category not in one))
    }


def with_preferences(context: Mapping[str, Any], preferences: Preferences) -> dict[str, Any]:
    """Return the context with the preferences where Segment, routing and relays look for them."""
    consent = context.get("consent")
    kept = consent if isinstance(consent, Mapping) else {}
    return {**context, "consent": {**kept, "categoryPreferences": dict(preferences)}}


def _segments(consent: Any) -> Preferences | None:
    if consent is None or consent == {}:
        return None
    if not isinstance(consent, Mapping):
        return {}
    preferences = consent.get("categoryPreferences")
    if preferences is None:
        return None
    if not isinstance(preferences, Mapping):
        return {}
    return {category: granted is True for category, granted in preferences.items()}


def _rudderstacks(consent: Any) -> Preferences | None:
    if consent is None or consent == {}:
        return None
    if not isinstance(consent, Mapping):
        return {}
    allowed, denied = (
        [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        for found in (consent.get("allowedConsentIds"), consent.get("deniedConsentIds"))
    )
    return dict.fromkeys(allowed, True) | dict.fromkeys(denied, False)
