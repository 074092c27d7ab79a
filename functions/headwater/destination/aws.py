"""AWS services as destinations: their JSON protocol, signed as the forwarder's role.

What each service takes is in its own file; here is what they share: the address, the settings, the
person that keeps events in order, and the reading of errors.
Source: https://docs.aws.amazon.com/sdkref/latest/guide and the API references of the four services,
"Common errors", read 2026-11-27.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from pydantic import Field, SecretStr, field_validator

from headwater.destination.address import check_url
from headwater.destination.request import Request
from headwater.destination.result import Result, by_status, excerpt
from headwater.destination.sheet import DestinationSettings
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse, SignedFor
from headwater.record import StoredEvent

_REGION = r"^[a-z]{2}(-[a-z]+){1,3}-[0-9]$"


class AwsSettings(DestinationSettings):
    """`endpoint` is for an address of one's own inside a network (a VPC endpoint), by https or http."""

    region: str = Field(pattern=_REGION)
    endpoint: str | None = None

    @field_validator("endpoint")
    @classmethod
    def _is_an_address(cls, endpoint: str | None) -> str | None:
        if endpoint is not None:
            check_url(SecretStr(endpoint), allow_private=True)
        return endpoint


def aws_request(
    settings: AwsSettings,
    service: str,
    target: str,
    *,
    version: str,
    json: Mapping[str, Any],
    lists: Mapping[str, Sequence[Any]],
    position_key: str | None = None,
) -> Request:
    """Return a call of the service in AWS's JSON protocol of the version."""
    suffix = "amazonaws.com.cn" if settings.region.startswith("cn-") else "amazonaws.com"
    return Request(
        url=f"{settings.endpoint or f'https://{service}.{settings.region}.{suffix}'}/",
        headers={"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target},
        json=json,
        lists=lists,
        position_key=position_key,
        signed_for=SignedFor(service, settings.region),
        allow_private_addresses=settings.endpoint is not None,
    )


def whose(event: StoredEvent) -> str:
    """Name whom the event is of, so that one person's events stay in order."""
    return event.identity.anonymous_id or event.identity.user_id or event.message_id


_THROTTLES = ("throttl", "toomanyrequests", "provisionedthroughput", "limitexceeded", "slowdown")
_PASSING = ("internal", "serviceunavailable", "requesttimeout")
# What somebody must mend, in the workspace or in AWS: the events can wait for that.
_TO_MEND = (
    "accessdenied",
    "notauthorized",
    "unrecognizedclient",
    "invalidclienttoken",
    "invalidsignature",
    "signaturedoesnotmatch",
    "incompletesignature",
    "expiredtoken",
    "missingauthentication",
    "optinrequired",
    "resourcenotfound",
    "nonexistentqueue",
    "queuedoesnotexist",
    "kms",
)


def verdict_of(code: str) -> Verdict | None:
    """Read an error code of a call or of one entry; None when it says nothing that all would say."""
    letters = code.rpartition("#")[2].replace(".", "").lower()
    for names, verdict in (
        (_THROTTLES, Verdict.THROTTLE),
        (_PASSING, Verdict.RETRY),
        (_TO_MEND, Verdict.AUTH),
    ):
        if any(name in letters for name in names):
            return verdict
    return None


def classify_entries(response: HttpResponse, results: str, list_name: str) -> Result:
    """Read an answer that holds a result for each entry, in order, under `results`."""
    return classify(
        response,
        lambda said: {
            (list_name, at): refused(str(entry["ErrorCode"]), str(entry.get("ErrorMessage") or ""))
            for at, entry in enumerate(said[results])
            if entry.get("ErrorCode")
        },
    )


def classify(
    response: HttpResponse,
    items: Callable[[Any], Mapping[tuple[str, int], Result]],
) -> Result:
    """Read an answer: the entries that were refused of a 200, or what an error says of the whole call."""
    try:
        said = orjson.loads(response.body)
        if response.status == 200:
            return Result(Verdict.OK, items=items(said))
        code = str(said["__type"]).rpartition("#")[2]
    except (KeyError, TypeError, ValueError, AttributeError):
        # Not even AWS's way of saying no: something between us and it.
        if response.status == 200:
            return Result(Verdict.RETRY, "no_answer_of_aws", excerpt(response))
        return by_status(response)
    if verdict := verdict_of(code):
        return Result(verdict, code, excerpt(response))
    return by_status(response)


def refused(code: str, message: str) -> Result:
    """Return what an entry got that its service did not take."""
    return Result(verdict_of(code) or Verdict.DROP, code, message[:500])
