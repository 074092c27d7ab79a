"""Every way a request, an event or a delivery can end: closed sets, checked by the type checker."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RejectCode(StrEnum):
    """Why an event or a request was refused: Segment's discard codes, then our own.

    Segment's: docs `delivery-overview-discards`, read 2025-11-07.
    """

    ID_REQUIRED = "id_required"
    ID_NOT_STRING = "id_not_string"
    EVENT_NOT_DEFINED = "event_not_defined"
    EVENT_NOT_STRING = "event_not_string"
    PROPERTIES_NOT_OBJECT = "properties_not_object"
    TRAITS_NOT_OBJECT = "traits_not_object"
    NAME_NOT_STRING = "name_not_string"
    CATEGORY_NOT_STRING = "category_not_string"
    # Of a tracking plan whose source rejects.
    UNPLANNED = "unplanned"
    SCHEMA_VIOLATION = "schema_violation"
    COMMON_SCHEMA_VIOLATION = "common_schema_violation"
    UNPLANNED_AND_SCHEMA_VIOLATION = "unplanned_and_schema_violation"
    # Ours: what Segment's edge has no published word for.
    CONTEXT_NOT_OBJECT = "context_not_object"
    INTEGRATIONS_NOT_OBJECT = "integrations_not_object"
    TYPE_UNKNOWN = "type_unknown"
    EVENT_NOT_OBJECT = "event_not_object"
    EVENT_TOO_LARGE = "event_too_large"
    EVENT_TOO_DEEP = "event_too_deep"
    MESSAGE_ID_TOO_LONG = "message_id_too_long"
    GROUP_ID_REQUIRED = "group_id_required"
    USER_ID_REQUIRED = "user_id_required"


class RefuseCode(StrEnum):
    """Why a whole request was refused; the body of the reply carries it as `code`."""

    INVALID_JSON = "invalid_json"
    INVALID_BODY = "invalid_body"
    GZIP_INVALID = "gzip_invalid"
    GZIP_MANGLED = "gzip_mangled"
    BODY_TOO_LARGE = "body_too_large"
    TOO_MANY_EVENTS = "too_many_events"
    EMPTY_BATCH = "empty_batch"  # Segment's own word as well
    NO_WRITE_KEY = "no_write_key"
    UNKNOWN_WRITE_KEY = "unknown_write_key"
    SERVER_KEY_IN_BROWSER = "server_key_in_browser"
    NOT_FROM_EDGE = "not_from_edge"
    FOREIGN_PAGE = "foreign_page"
    NOTHING_ACCEPTED = "nothing_accepted"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"


class DropReason(StrEnum):
    """Why an event that was taken is, on purpose, not stored. The client sees a success."""

    BOT = "bot"
    CHOICE = "choice"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event of a known source that cannot be taken, kept with the fault so it can be replayed.

    `effect` and `reasons` are the privacy decision's: a second chance is no freer than the first.
    """

    code: RejectCode
    path: str
    message: str
    original: Any
    effect: str = "full"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A whole request that cannot be taken; the reply says why and nothing of it is stored.

    Only a passing fault says when to come back: anything else must not be sent again.
    """

    code: RefuseCode
    message: str
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """An event that is not stored, by somebody's choice or policy."""

    reason: DropReason


class Verdict(StrEnum):
    """What a vendor's answer means for the events that were sent (design 9)."""

    OK = "ok"
    DROP = "drop"  # the vendor will never take it: keep it in undeliverable/ with its reason
    SPLIT = "split"  # too large, or one bad event fails the batch: halve and try again
    RETRY = "retry"  # a passing fault
    THROTTLE = "throttle"  # come back later, when the vendor says
    AUTH = "auth"  # a human must act; wait, and say so
