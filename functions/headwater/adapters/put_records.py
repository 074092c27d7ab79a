"""Kinesis' PutRecords without boto3: the standard library, over one kept connection.

The collector makes one AWS call a request. boto3 spends four fifths of that call on what a fixed
call does not need (the service's model, endpoint rules, hooks), and loading it is half of a cold
start: `make bench` prints both beside their floors.
"""

import select
import weakref
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import orjson
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from headwater.adapters import lambda_environment
from headwater.adapters.signature import Credentials, signed

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import (
        PutRecordsOutputTypeDef,
        PutRecordsRequestEntryTypeDef,
    )


class PutRecordsClient:
    """The one operation of boto3's Kinesis client that the collector calls, with the same faults.

    It never tries again by itself. A connection that was reset may have carried the records: that is
    a fault like a time-out, and whoever sends again may make duplicates, never a loss.
    """

    def __init__(
        self,
        endpoint: str,
        region: str,
        credentials: Callable[[], Credentials],
        *,
        now: Callable[[], datetime],
        timeout_seconds: float,
    ) -> None:
        self.endpoint = endpoint
        self._region = region
        self._credentials = credentials
        self._now = now
        place = urlsplit(endpoint)
        self._host = place.netloc
        kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
        # One: an execution environment serves one request at a time.
        self._connection = kind(place.netloc, timeout=timeout_seconds)
        weakref.finalize(self, self._connection.close)

    def put_records(
        self,
        *,
        StreamName: str,  # noqa: N803 - boto3's names, so that either client serves
        Records: "Sequence[PutRecordsRequestEntryTypeDef]",  # noqa: N803
    ) -> "PutRecordsOutputTypeDef":
        """Put up to 500 records; each has its own answer, as in boto3.

        Raises botocore's `ClientError` for an answer that refuses the call as a whole, and a
        `BotoCoreError` where no answer came, or none that can be read.
        """
        status, text = self._send(_body(StreamName, Records))
        answer = _json(text)
        if status != 200:
            _refuse(status, answer)
        results = answer.get("Records")
        if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
            raise HTTPClientError(error="PutRecords answered 200 without a result for each record")
        return answer  # type: ignore[return-value]

    def _send(self, body: bytes) -> tuple[int, bytes]:
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "host": self._host,
            "x-amz-target": "Kinesis_20131202.PutRecords",
        }
        headers = signed(
            headers,
            body,
            credentials=self._credentials(),
            region=self._region,
            service="kinesis",
            at=self._now(),
        )
        self._connect()
        try:
            self._connection.request("POST", "/", body, headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except TimeoutError as error:
            self._connection.close()
            raise ReadTimeoutError(endpoint_url=self.endpoint, error=error) from error
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise ConnectionClosedError(endpoint_url=self.endpoint, error=error) from error

    def _connect(self) -> None:
        connection = self._connection
        # Lambda freezes an environment for longer than Kinesis keeps an idle connection. One that
        # has something to read before it was asked anything is one that was closed.
        if connection.sock and select.select([connection.sock], [], [], 0)[0]:
            connection.close()
        if connection.sock is None:
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                raise EndpointConnectionError(endpoint_url=self.endpoint, error=error) from error


def put_records_client(
    environ: Mapping[str, str], *, now: Callable[[], datetime], timeout_seconds: float
) -> PutRecordsClient:
    """Build the client from what Lambda sets in the environment."""
    return PutRecordsClient(
        lambda_environment.endpoint(environ, "kinesis"),
        lambda_environment.region(environ),
        lambda_environment.credentials(environ),
        now=now,
        timeout_seconds=timeout_seconds,
    )


def _body(stream_name: str, records: "Sequence[PutRecordsRequestEntryTypeDef]") -> bytes:
    return orjson.dumps(
        {
            "StreamName": stream_name,
            "Records": [
                {
                    "Data": b64encode(record["Data"]).decode("ascii"),  # type: ignore[arg-type]
                    "PartitionKey": record["PartitionKey"],
                }
                for record in records
            ],
        }
    )


def _json(text: bytes) -> dict[str, object]:
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refuse(status: int, answer: Mapping[str, object]) -> NoReturn:
    # `Name`, or `com.amazonaws.kinesis#Name`.
    code = str(answer.get("__type") or status).rsplit("#", 1)[-1]
    message = str(answer.get("message") or answer.get("Message") or "")
    raise ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "PutRecords",
    )
