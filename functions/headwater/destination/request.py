"""A request as data: what a destination wants sent, before it is one body on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.ports import SignedFor


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one event asks of a vendor. Nothing of it but the method shows in its `repr`.

    The body is `content` as it is, or `form` fields, or the object `json`. `lists` holds what may
    travel with other events' items: list name → items. Requests that are equal but for `lists` are
    sent as one, each list put into the body under its name; the name `""` makes the list itself the
    body (Mixpanel's import). `sent_at_key` names the body's key that receives the moment of sending;
    `request_id_key`, beside it, the one that receives an id of this sending, for vendors that take a
    second request of one id for the first; `position_key` the key of every item that receives its
    place in its list, as a text, for vendors that name the refused ones by an id of the sender's.
    `signed_for` an AWS service: the request is signed as the forwarder's role.
    """

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    params: Mapping[str, str] = field(repr=False, default_factory=dict)
    json: Mapping[str, Any] | None = field(repr=False, default=None)
    form: Mapping[str, str] | None = field(repr=False, default=None)
    content: bytes | None = field(repr=False, default=None)
    lists: Mapping[str, Sequence[Any]] = field(repr=False, default_factory=dict)
    sent_at_key: str | None = None
    request_id_key: str | None = None
    position_key: str | None = None
    signed_for: SignedFor | None = None
    allow_private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Unsendable:
    """This event can never be sent to this destination; `reason` is a short code without content."""

    reason: str
