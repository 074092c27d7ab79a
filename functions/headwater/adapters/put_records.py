"""Kinesis' PutRecords without boto3: botocore's signer over one kept connection.

The collector makes one AWS call a request. boto3 spends four fifths of that call on what a fixed
call does not need (the service's model, endpoint rules, hooks), and a tenth of a second of a cold
start on loading them: `make bench` prints both beside their floors.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

import orjson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ContainerProvider, CredentialResolver, EnvProvider
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)
from urllib3 import BaseHTTPResponse, Timeout, connection_from_url, exceptions

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials
    from mypy_boto3_kinesis.type_defs import (
        PutRecordsOutputTypeDef,
        PutRecordsRequestEntryTypeDef,
    )

_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "Kinesis_20131202.PutRecords",
}


class PutRecordsClient:
    """The one operation of boto3's Kinesis client that the collector calls, with the same faults.

    It never tries again by itself. A connection that was reset may have carried the records: that is
    a fault like a time-out, and whoever sends again may make duplicates, never a loss.
    """

    def __init__(
        self,
        endpoint: str,
        region: str,
        credentials: "Callable[[], ReadOnlyCredentials]",
        *,
        timeout_seconds: float,
    ) -> None:
        self.url = endpoint.rstrip("/") + "/"
        self._region = region
        self._credentials = credentials
        # Of one connection: an execution environment serves one request at a time.
        self._connection = connection_from_url(
            endpoint,
            maxsize=1,
            timeout=Timeout(connect=timeout_seconds, read=timeout_seconds),
            retries=False,
        )

    def put_records(
        self,
        *,
        StreamName: str,  # noqa: N803 - boto3's names, so that either client serves
        Records: "Sequence[PutRecordsRequestEntryTypeDef]",  # noqa: N803
    ) -> "PutRecordsOutputTypeDef":
        """Put up to 500 records; each has its own answer, as in boto3.

        Raises botocore's `ClientError` for an answer that refuses the call as a whole, and its
        `HTTPClientError` or `ConnectionError` family (all `BotoCoreError`) where no answer came.
        """
        response = self._send(_body(StreamName, Records))
        answer = _json(response.data)
        if response.status != 200:
            _refuse(response, answer)
        results = answer.get("Records")
        if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
            raise HTTPClientError(error="PutRecords answered 200 without a result for each record")
        return answer  # type: ignore[return-value]

    def _send(self, body: bytes) -> BaseHTTPResponse:
        request = AWSRequest("POST", self.url, headers=_HEADERS, data=body)
        SigV4Auth(self._credentials(), "kinesis", self._region).add_auth(request)
        try:
            return self._connection.urlopen(
                "POST", "/", body=body, headers=dict(request.headers.items()), redirect=False
            )
        except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError) as error:
            raise EndpointConnectionError(endpoint_url=self.url, error=error) from error
        except exceptions.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=self.url, error=error) from error
        except exceptions.ProtocolError as error:
            raise ConnectionClosedError(endpoint_url=self.url, error=error) from error
        except exceptions.HTTPError as error:
            raise HTTPClientError(error=error) from error


def put_records_client(environ: Mapping[str, str], *, timeout_seconds: float) -> PutRecordsClient:
    """Build the client from what Lambda sets: region, credentials and, if any, another endpoint.

    With SnapStart the credentials come from a container endpoint and expire; both are refreshed by
    botocore's own providers.
    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html, read 2026-11-23.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise NoRegionError
    endpoint = environ.get("AWS_ENDPOINT_URL_KINESIS") or environ.get("AWS_ENDPOINT_URL")
    providers = [EnvProvider(environ), ContainerProvider(environ)]
    credentials: Credentials | None = CredentialResolver(providers).load_credentials()
    if credentials is None:
        raise NoCredentialsError
    return PutRecordsClient(
        endpoint or _endpoint_in(region),
        region,
        credentials.get_frozen_credentials,
        timeout_seconds=timeout_seconds,
    )


def _endpoint_in(region: str) -> str:
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://kinesis.{region}.{suffix}"


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


def _json(body: bytes) -> dict[str, object]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refuse(response: BaseHTTPResponse, answer: Mapping[str, object]) -> NoReturn:
    # `Name`, or `com.amazonaws.kinesis#Name`.
    code = str(answer.get("__type") or response.status).rsplit("#", 1)[-1]
    message = str(answer.get("message") or answer.get("Message") or "")
    raise ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": response.status},  # type: ignore[typeddict-item]
        },
        "PutRecords",
    )
