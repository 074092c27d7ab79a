"""Single calls to AWS without boto3, for what the collector reads beside its requests.

The collector's copy of keys, salts and suppressions is three small calls a minute; loading boto3 for
them would double a cold start. Each call has a connection of its own and one try: the next minute is
the retry. Protocols: AWS JSON 1.0 and 1.1, and S3's GET with a path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import orjson
from botocore.exceptions import BotoCoreError

from headwater.adapters import lambda_environment
from headwater.adapters.signature import signed
from headwater.errors import DependencyError

Service = Literal["secretsmanager", "dynamodb", "s3"]

_JSON_VERSIONS: Mapping[Service, str] = {"secretsmanager": "1.1", "dynamodb": "1.0"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class SignedCalls:
    """Calls signed with the function's own credentials; every fault is a `DependencyError`."""

    environ: Mapping[str, str]
    now: Callable[[], datetime]
    timeout_seconds: float

    def json(self, service: Service, target: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation of a JSON service and return its answer."""
        headers = {
            "content-type": f"application/x-amz-json-{_JSON_VERSIONS[service]}",
            "x-amz-target": target,
        }
        answer = self._send(service, "POST", "/", headers, orjson.dumps(content))
        try:
            read = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            read = None
        if answer.status != 200 or not isinstance(read, dict):
            raise DependencyError(f"{target} answered {answer.status}")
        return read

    def get_object(self, bucket: str, key: str, *, etag: str = "") -> Answer:
        """Read an object; 304 when it still has the tag, 404 when it is not there."""
        headers = {"x-amz-content-sha256": sha256(b"").hexdigest()}
        if etag:
            headers["if-none-match"] = etag
        answer = self._send("s3", "GET", quote(f"/{bucket}/{key}"), headers, b"")
        if answer.status not in (200, 304, 404):
            raise DependencyError(f"S3 GetObject answered {answer.status}")
        return answer

    def _send(
        self, service: Service, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        try:
            place = urlsplit(lambda_environment.endpoint(self.environ, service))
            written = signed(
                {**headers, "host": place.netloc},
                body,
                credentials=lambda_environment.credentials(self.environ)(),
                region=lambda_environment.region(self.environ),
                service=service,
                at=self.now(),
                method=method,
                path=path,
            )
            kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
            connection = kind(place.netloc, timeout=self.timeout_seconds)
            try:
                connection.request(method, path, body or None, written)
                response = connection.getresponse()
                found = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, found, response.read())
            finally:
                connection.close()
        except (OSError, HTTPException, BotoCoreError) as error:
            raise DependencyError(f"{service} did not answer: {type(error).__name__}") from error
