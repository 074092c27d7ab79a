"""Why an event does not go to a destination, in an operator's words."""

from headwater.destination import Configured
from headwater.destination.routing import RULES
from headwater.record import StoredEvent

# By the name of the rule of routing that keeps it back.
REFUSALS = {
    "_set_up": "it is not set up for this type or source, or is disabled",
    "_wanted": "the call's `integrations` switch it off",
    "_consented": "the person's consent lacks one of its categories",
    "_shareable": "the person does not want to be shared with advertisers",
    "_matching": "its filter leaves it out",
    "_sampled": "its sample leaves this person out",
}


def refusal(event: StoredEvent, destination: Configured) -> str | None:
    """Return what the first rule says that keeps the event from the destination; None when it goes there."""
    refusing = next((rule for rule in RULES if not rule(event, destination)), None)
    return None if refusing is None else REFUSALS[refusing.__name__]
