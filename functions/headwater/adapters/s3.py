"""The bucket, in S3."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.errors import DependencyError
from headwater.ports import StoredObject

if TYPE_CHECKING:
    from io import BufferedReader

    from mypy_boto3_s3 import S3Client

# What S3 answers to `If-None-Match: *` when the key exists. A 409 (another request on the key was under
# way) is no such answer: it is a fault to be tried again, or a spilled event could be believed kept.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, read 2026-11-23.
_TAKEN = frozenset({"PreconditionFailed", "412"})


class S3ObjectStore:
    """`ports.ObjectStore` over one bucket; retries and time-outs are the client's own."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> bool:
        """Write the object; with `if_absent`, False when the key exists already."""
        return self._put(key, body, if_absent=if_absent)

    def get(self, key: str) -> bytes:
        """Read a whole object."""
        with _translated("GetObject", key):
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """List the objects whose key starts with the prefix, in key order, page by page."""
        with _translated("ListObjectsV2", prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"], entry["Size"], entry["LastModified"])

    def move(self, key: str, to: str) -> None:
        """Copy the object inside S3, then delete it: a crash between leaves both, never none."""
        with _translated("CopyObject", key):
            self._client.copy_object(
                Bucket=self._bucket, Key=to, CopySource={"Bucket": self._bucket, "Key": key}
            )
        self.delete(key)

    def delete(self, key: str) -> None:
        """Delete the object; deleting what is gone is no fault."""
        with _translated("DeleteObject", key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def download(self, key: str, path: Path) -> None:
        """Write a whole object to a local file, in pieces."""
        with _translated("GetObject", key):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            with path.open("wb") as file:
                for piece in body.iter_chunks(chunk_size=1 << 20):
                    file.write(piece)

    def upload(self, path: Path, key: str, *, if_absent: bool = False) -> bool:
        """Write a local file as the object, in one request: 5 GB at most, S3's own limit."""
        with path.open("rb") as body:
            return self._put(key, body, if_absent=if_absent)

    def _put(self, key: str, body: "bytes | BufferedReader", *, if_absent: bool) -> bool:
        try:
            if if_absent:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
            else:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
        except (ClientError, BotoCoreError) as error:
            if if_absent and _code(error) in _TAKEN:
                return False
            raise _dependency_error("PutObject", key, error) from error
        return True


@contextmanager
def _translated(operation: str, key: str) -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _dependency_error(operation, key, error) from error


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "")
    return type(error).__name__


def _dependency_error(
    operation: str, key: str, error: ClientError | BotoCoreError
) -> DependencyError:
    """Name the operation, the key's prefix and the fault: a whole key may hold a request's id."""
    return DependencyError(f"S3 {operation} under {key.split('/', 1)[0]}/ failed: {_code(error)}")
