"""What a destination is: a data sheet, a pure `build`, and a reading of the vendor's answers.

- `sheet`    the data sheet every destination file ends with, and the base of its settings
- `request`  what `build` returns: a request as data, whose items may travel with other events' items
- `subject`  whom a deletion is about
- `aws`      what the destinations inside AWS share
- `answer`   what an answer's body says
- `authorization` the header by which a vendor knows the account
- `message_id` the messageId as a vendor takes it
- `moments`  times inside properties and traits, written a vendor's way
- `result`   what an answer means for the events that were sent
- `configured` a destination as one workspace uses it
- `filter`   the language in which the site owner says which events
- `sample`   a share of the people
- `shaping`  what is left out, hashed or renamed before `build`
- `line`     a sentence about an event, for the destinations that people read
- `routing`  which destinations an event may go to
- `delivery` the queued message

A destination never sends: `headwater.deliver` does, the same way for all.
"""

from headwater.destination.configured import SECRET_PREFIX, Configured
from headwater.destination.delivery import Delivery, deliveries
from headwater.destination.request import Request, Unsendable
from headwater.destination.result import Result, by_status
from headwater.destination.routing import routes
from headwater.destination.sheet import (
    EVENT_TYPES,
    Build,
    Delete,
    Destination,
    DestinationSettings,
)
from headwater.destination.subject import Subject

__all__ = [
    "EVENT_TYPES",
    "SECRET_PREFIX",
    "Build",
    "Configured",
    "Delete",
    "Delivery",
    "Destination",
    "DestinationSettings",
    "Request",
    "Result",
    "Subject",
    "Unsendable",
    "by_status",
    "deliveries",
    "routes",
]
