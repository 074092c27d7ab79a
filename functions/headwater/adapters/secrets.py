"""Secrets by name, remembered for a while: in Secrets Manager, or in Parameter Store.

A name that begins with a slash, `/headwater-shop/crm-url`, is a parameter (a SecureString, which costs
nothing a month); every other name is a secret.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from headwater.errors import DependencyError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class ParameterClient(Protocol):
    """The one operation of boto3's SSM client that is used here."""

    def get_parameter(
        self,
        *,
        Name: str,  # noqa: N803 - boto3's names
        WithDecryption: bool,  # noqa: N803
    ) -> Mapping[str, Any]:
        """Read a parameter, deciphered."""
        ...


# A rotated secret is used this soon; at $0.05 for 10,000 reads, asking each time would be a bill.
TTL_SECONDS = 300.0


class SecretsManager:
    """`ports.Secrets`; `seconds` is a monotonic clock. A value that was read outlives an outage.

    Without `parameters` no name may begin with a slash.
    """

    def __init__(
        self,
        client: "SecretsManagerClient",
        *,
        seconds: Callable[[], float],
        parameters: ParameterClient | None = None,
        ttl_seconds: float = TTL_SECONDS,
    ) -> None:
        self._client = client
        self._parameters = parameters
        self._seconds = seconds
        self._ttl_seconds = ttl_seconds
        self._known: dict[str, tuple[float, SecretStr]] = {}
        self._lock = Lock()

    def get(self, name: str) -> SecretStr:
        """Return the secret's current string, or raise DependencyError naming it."""
        # One reader at a time: lanes start together and would all ask for the same secret.
        with self._lock:
            now = self._seconds()
            known = self._known.get(name)
            if known and now < known[0]:
                return known[1]
            try:
                value = self._read(name)
            except DependencyError:
                if known is None:
                    raise
                # Old credentials beat none: the vendor will say when they are wrong.
                value = known[1]
            self._known[name] = (now + self._ttl_seconds, value)
            return value

    def _read(self, name: str) -> SecretStr:
        try:
            value = self._parameter(name) if name.startswith("/") else self._secret(name)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise DependencyError(f"secret {name!r} cannot be read: {code}") from error
        except BotoCoreError as error:
            raise DependencyError(
                f"secret {name!r} cannot be read: {type(error).__name__}"
            ) from error
        # An editor's last newline is no part of a key, and no header may hold it.
        return SecretStr(value.strip())

    def _secret(self, name: str) -> str:
        answer = self._client.get_secret_value(SecretId=name)
        if "SecretString" not in answer:
            raise DependencyError(f"secret {name!r} is binary; store it as a string")
        return answer["SecretString"]

    def _parameter(self, name: str) -> str:
        if self._parameters is None:
            raise DependencyError(f"secret {name!r}: parameters are not read here")
        answer = self._parameters.get_parameter(Name=name, WithDecryption=True)
        value: str = answer["Parameter"]["Value"]
        return value
