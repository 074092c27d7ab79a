"""Whether the event is as the tracking plan says, and what its source does about it when it is not."""

from headwater.enrichments.finding import Changes
from headwater.outcomes import Rejected
from headwater.record import StoredEvent
from headwater.tracking_plan import judge
from headwater.wire.request import Received


def tracking_plan(event: StoredEvent, received: Received) -> Changes | Rejected:
    """Judge the event by the plan, where the workspace has one."""
    judged = event if received.plan is None else judge(event, received.plan)
    if judged is event or isinstance(judged, Rejected):
        return judged if isinstance(judged, Rejected) else {}
    return {
        "properties": judged.properties,
        "traits": judged.traits,
        "context": judged.context,
        "violations": judged.violations,
    }
