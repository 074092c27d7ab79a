"""Which destinations an event may go to: what the site owner set up, narrowed by the person and the call."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from headwater.destination.configured import Configured
from headwater.record import CANARY_SOURCE, StoredEvent


def routes(event: StoredEvent, configured: Iterable[Configured]) -> tuple[Configured, ...]:
    """Choose the destinations this event goes to: those that every rule allows."""
    return tuple(one for one in configured if all(allows(event, one) for allows in RULES))


def _set_up(event: StoredEvent, destination: Configured) -> bool:
    if destination.sources is None:
        from_there = event.source.id != CANARY_SOURCE
    else:
        from_there = event.source.id in destination.sources
    return destination.enabled and event.type in destination.events and from_there


def _wanted(event: StoredEvent, destination: Configured) -> bool:
    """Follow the call's `integrations` object (Segment, spec/common, read 2025-11-07).

    A destination's own entry wins over `All`; an object means yes with options; absent or null means
    "as All says", and All absent means yes. Names are compared by letters and digits only.
    """
    if not event.integrations:
        return True
    switches = {
        _letters(name): value for name, value in event.integrations.items() if value is not None
    }
    # An exact name beats one that only looks alike.
    names = (destination.integration, *destination.sheet.aliases)
    for name in names:
        if event.integrations.get(name) is not None:
            return event.integrations[name] is not False
    for name in names:
        if _letters(name) in switches:
            return switches[_letters(name)] is not False
    return switches.get("all") is not False


def _consented(event: StoredEvent, destination: Configured) -> bool:
    """Follow `context.consent.categoryPreferences` (Segment, consent-in-segment-connections).

    No consent object: yes. Otherwise every category the destination is mapped to must be true; what
    is there and cannot be read grants nothing.
    """
    consent = event.context.get("consent")
    if not destination.consent or consent is None:
        return True
    if not isinstance(consent, Mapping):
        return False
    preferences = consent.get("categoryPreferences")
    if preferences is None:
        return True
    if not isinstance(preferences, Mapping):
        return False
    return all(preferences.get(category) is True for category in destination.consent)


def _shareable(event: StoredEvent, destination: Configured) -> bool:
    return not (event.privacy.no_share and destination.advertising)


def _matching(event: StoredEvent, destination: Configured) -> bool:
    return destination.filter is None or destination.filter(event)


def _sampled(event: StoredEvent, destination: Configured) -> bool:
    return destination.sampled is None or destination.sampled(event)


@lru_cache(maxsize=1_024)  # names are few, but clients may make them up
def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


# Each can only narrow, so their order decides nothing but cost: the owner's set-up is the cheapest
# and excludes most; the call's own switches come next; the person's choice is asked for what is left; then the owner's filter,
# which may look at anything, and the sample.
RULES: tuple[Callable[[StoredEvent, Configured], bool], ...] = (
    _set_up,
    _wanted,
    _consented,
    _shareable,
    _matching,
    _sampled,
)
