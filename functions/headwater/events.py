"""Segment's messages: track, page, screen, identify, group and alias as frozen models.

`parse` is the one door: inside, a message has the ids, the name and the objects that its type needs.
What Segment leaves open (`properties`, `traits`, `context`) is an object and no more than that is
believed of it. Fields nobody named are kept in `model_extra`.

Rules: Segment's spec, common fields and methods, read 2025-11-07; discard codes in `outcomes`.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from headwater.outcomes import RejectCode, Rejected

MessageType = Literal["track", "page", "screen", "identify", "group", "alias"]
MESSAGE_TYPES: tuple[MessageType, ...] = get_args(MessageType)

MAX_MESSAGE_ID_CHARACTERS = 100


def _number_as_text(value: object) -> object:
    # Every server client stringifies ids; raw HTTP callers do not. 12345 is "12345".
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


# As it was read: a copy of it, key by key, would say nothing new.
Object = Annotated[dict[str, Any], InstanceOf]

Id = Annotated[str, BeforeValidator(_number_as_text)]
MessageId = Annotated[
    str,
    StringConstraints(max_length=MAX_MESSAGE_ID_CHARACTERS),
    BeforeValidator(_number_as_text),
]


class Message(BaseModel):
    """What every Segment message may carry; `timestamp` and `sentAt` are as the client wrote them."""

    # Built when first used: a cold start needs one type of message and would wait for seven.
    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_camel, defer_build=True
    )

    type: MessageType
    message_id: MessageId
    anonymous_id: Id | None = None
    user_id: Id | None = None
    previous_id: Id | None = None
    group_id: Id | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    properties: Object = Field(default_factory=dict)
    traits: Object = Field(default_factory=dict)
    context: Object = Field(default_factory=dict)
    integrations: Object = Field(default_factory=dict)
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None


class Track(Message):
    """Somebody did something: `event` says what."""

    event: str


class Page(Message):
    """Somebody looked at a page of a site."""


class Screen(Message):
    """Somebody looked at a screen of an app."""


class Identify(Message):
    """Who somebody is, and what is known of them."""


class Group(Message):
    """Which account or team somebody belongs to."""

    group_id: Id


class Alias(Message):
    """Somebody's old id and new id are one: `previousId` becomes `userId`."""

    user_id: Id


_MODELS: Mapping[str, type[Message]] = {
    "track": Track,
    "page": Page,
    "screen": Screen,
    "identify": Identify,
    "group": Group,
    "alias": Alias,
}

# The fields whose null, "" and blank mean "absent": Python sends null, Ruby "", RudderStack "".
# A client's own fields keep whatever they hold.
_NAMED = frozenset(field.alias or name for name, field in Message.model_fields.items())

# field -> (the code when it is missing, the code when it has the wrong shape)
_CODES: Mapping[str, tuple[RejectCode, RejectCode]] = {
    "messageId": (RejectCode.ID_REQUIRED, RejectCode.ID_NOT_STRING),
    "anonymousId": (RejectCode.ID_REQUIRED, RejectCode.ID_NOT_STRING),
    "userId": (RejectCode.USER_ID_REQUIRED, RejectCode.ID_NOT_STRING),
    "previousId": (RejectCode.ID_REQUIRED, RejectCode.ID_NOT_STRING),
    "groupId": (RejectCode.GROUP_ID_REQUIRED, RejectCode.ID_NOT_STRING),
    "event": (RejectCode.EVENT_NOT_DEFINED, RejectCode.EVENT_NOT_STRING),
    "name": (RejectCode.NAME_NOT_STRING, RejectCode.NAME_NOT_STRING),
    "category": (RejectCode.CATEGORY_NOT_STRING, RejectCode.CATEGORY_NOT_STRING),
    "properties": (RejectCode.PROPERTIES_NOT_OBJECT, RejectCode.PROPERTIES_NOT_OBJECT),
    "traits": (RejectCode.TRAITS_NOT_OBJECT, RejectCode.TRAITS_NOT_OBJECT),
    "context": (RejectCode.CONTEXT_NOT_OBJECT, RejectCode.CONTEXT_NOT_OBJECT),
    "integrations": (RejectCode.INTEGRATIONS_NOT_OBJECT, RejectCode.INTEGRATIONS_NOT_OBJECT),
}

_MEANING: Mapping[RejectCode, str] = {
    RejectCode.ID_REQUIRED: "send a userId or an anonymousId",
    RejectCode.ID_NOT_STRING: "an id must be a non-empty string",
    RejectCode.USER_ID_REQUIRED: "an alias needs the new userId",
    RejectCode.GROUP_ID_REQUIRED: "a group call needs a groupId",
    RejectCode.EVENT_NOT_DEFINED: "a track call needs the name of its event",
    RejectCode.EVENT_NOT_STRING: "the event's name must be a string",
    RejectCode.NAME_NOT_STRING: "name must be a string",
    RejectCode.CATEGORY_NOT_STRING: "category must be a string",
    RejectCode.PROPERTIES_NOT_OBJECT: "properties must be an object",
    RejectCode.TRAITS_NOT_OBJECT: "traits must be an object",
    RejectCode.CONTEXT_NOT_OBJECT: "context must be an object",
    RejectCode.INTEGRATIONS_NOT_OBJECT: "integrations must be an object",
    RejectCode.EVENT_NOT_OBJECT: "an event must be a JSON object",
    RejectCode.TYPE_UNKNOWN: f"type must be one of {', '.join(MESSAGE_TYPES)}",
    RejectCode.MESSAGE_ID_TOO_LONG: f"messageId may have {MAX_MESSAGE_ID_CHARACTERS} characters",
}


def parse(
    item: Any,
    type_: MessageType | None,
    new_id: Callable[[], str],
    *,
    visitor: str | None = None,
) -> Message | Rejected:
    """Read one message; `type_` is what the route says it is, None where the item must say so.

    A message without a messageId gets one from `new_id`; one that names nobody is the `visitor`'s,
    where the browser has told us whose browser it is. Never raises: whatever is wrong with the
    item comes back as `Rejected`, with Segment's discard code and the path of the fault.
    """
    if not isinstance(item, dict):
        return _rejected(RejectCode.EVENT_NOT_OBJECT, "$", item)
    fields = {
        key: value
        for key, value in item.items()
        if not (value is None or (isinstance(value, str) and not value.strip()))
        or key not in _NAMED
    }
    kind = type_ or fields.get("type")
    model = _MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        return _rejected(RejectCode.TYPE_UNKNOWN, "$.type", item)
    fields["type"] = kind
    if "messageId" not in fields:
        fields["messageId"] = new_id()
    if visitor is not None and not {"userId", "anonymousId"} & fields.keys():
        fields["anonymousId"] = visitor
    try:
        message = model.model_validate(fields)
    except ValidationError as error:
        return _first_fault(error, item)
    if message.user_id is None and message.anonymous_id is None:
        return _rejected(RejectCode.ID_REQUIRED, "$.userId", item)
    return message


def _first_fault(error: ValidationError, item: Any) -> Rejected:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = str(fault["loc"][0])
    missing, wrong = _CODES[field]
    code = missing if fault["type"] == "missing" else wrong
    if fault["type"] == "string_too_long":
        code = RejectCode.MESSAGE_ID_TOO_LONG
    return _rejected(code, f"$.{field}", item)


def _rejected(code: RejectCode, path: str, item: Any) -> Rejected:
    return Rejected(code, path, _MEANING[code], item)
