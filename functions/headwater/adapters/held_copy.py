"""The collector's copy of cookie keys, salts and suppressions: `privacy.held.Held`, kept fresh."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from headwater.adapters.kept_copy import KeptCopy
from headwater.adapters.signed_call import SignedCalls
from headwater.errors import DependencyError
from headwater.privacy.held import Held
from headwater.privacy.salts import PARTITION
from headwater.privacy.suppressed import Suppressed
from headwater.privacy.suppressions import OBJECT

# Together, for the first request of an execution environment; later ones wait for nothing.
PATIENCE_SECONDS = 0.4
MIN_KEY_CHARACTERS = 32


class HeldCopy:
    """Called by each request that brings events; every part is missing or there by itself."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        cookie_keys: str,
        salts_table: str,
        bucket: str,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._patience_seconds = patience_seconds
        calls = SignedCalls(environ, now, timeout_seconds=2.0)
        self._seconds = seconds
        self._cookie_keys = KeptCopy[tuple[bytes, ...]](
            lambda _: read_cookie_keys(calls, cookie_keys), (), seconds=seconds
        )
        self._salts = KeptCopy[Mapping[str, bytes]](
            lambda _: read_salts(calls, salts_table), {}, seconds=seconds
        )
        self._suppressed = KeptCopy(
            lambda before: read_suppressed(calls, bucket, before),
            _Tagged(),
            seconds=seconds,
            stale_seconds=float("inf"),  # an old list suppresses most; none suppresses nobody
        )

    def __call__(self) -> Held:
        """Return what is held, and see to it that it stays fresh."""
        until = self._seconds() + self._patience_seconds
        self._cookie_keys.begin()
        self._salts.begin()
        self._suppressed.begin()
        return Held(
            cookie_keys=self._cookie_keys.value(patience_seconds=self._left(until)),
            salts=self._salts.value(patience_seconds=self._left(until)),
            suppressed=self._suppressed.value(patience_seconds=self._left(until)).suppressed,
        )

    def _left(self, until: float) -> float:
        return max(0.0, until - self._seconds())


@dataclass(frozen=True, slots=True)
class _Tagged:
    """The list as it was read, with the object's tag, so that it is read again only when it changed."""

    suppressed: Suppressed = field(default_factory=Suppressed)
    tag: str = ""


def read_cookie_keys(calls: SignedCalls, secret: str) -> tuple[bytes, ...]:
    """Read the keys, one a line: the first writes, all of them read, so two rotate."""
    answer = calls.json("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret})
    keys = str(answer.get("SecretString") or "").split()
    if not keys or any(len(key) < MIN_KEY_CHARACTERS for key in keys):
        raise DependencyError(f"a cookie key has {MIN_KEY_CHARACTERS} characters or more")
    return tuple(key.encode() for key in keys)


def read_salts(calls: SignedCalls, table: str) -> Mapping[str, bytes]:
    """Read the salts there are, two or three, by day."""
    query = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": PARTITION}},
    }
    answer = calls.json("dynamodb", "DynamoDB_20120810.Query", query)
    try:
        return {
            item["sk"]["S"]: bytes.fromhex(item["salt"]["S"]) for item in answer.get("Items", ())
        }
    except (KeyError, TypeError, ValueError):
        raise DependencyError("the salts are not as the keeper writes them") from None


def read_suppressed(calls: SignedCalls, bucket: str, before: _Tagged) -> _Tagged:
    """Read the published list, unless it is the one we have; empty where none was published."""
    answer = calls.get_object(bucket, OBJECT, etag=before.tag)
    if answer.status == 304:
        return before
    if answer.status == 404:
        return _Tagged()
    try:
        return _Tagged(Suppressed.from_bytes(answer.body), answer.headers.get("etag", ""))
    except ValueError as error:
        raise DependencyError(str(error)) from None
