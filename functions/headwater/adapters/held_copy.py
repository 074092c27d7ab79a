"""The collector's copy of cookie keys, salts and suppressions: `privacy.held.Held`, kept fresh."""

from collections.abc import Callable, Mapping
from datetime import datetime

from headwater.adapters.kept_copy import KeptCopy
from headwater.adapters.signed_call import SignedCalls
from headwater.errors import DependencyError
from headwater.privacy.held import Held

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
        now: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        calls = SignedCalls(environ, now, timeout_seconds=2.0)
        self._seconds = seconds
        self._cookie_keys = KeptCopy[tuple[bytes, ...]](
            lambda _: read_cookie_keys(calls, cookie_keys), (), seconds=seconds
        )

    def __call__(self) -> Held:
        """Return what is held, and see to it that it stays fresh."""
        self._cookie_keys.begin()
        return Held(cookie_keys=self._cookie_keys.value(patience_seconds=PATIENCE_SECONDS))


def read_cookie_keys(calls: SignedCalls, secret: str) -> tuple[bytes, ...]:
    """Read the keys, one a line: the first writes, all of them read, so two rotate."""
    answer = calls.json("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret})
    keys = str(answer.get("SecretString") or "").split()
    if not keys or any(len(key) < MIN_KEY_CHARACTERS for key in keys):
        raise DependencyError(f"a cookie key has {MIN_KEY_CHARACTERS} characters or more")
    return tuple(key.encode() for key in keys)
