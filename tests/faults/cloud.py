"""Kinesis' PutRecords and S3's objects in memory, in the words of their wire protocols.

Only what the adapters call, and as strict as the services where a promise hangs on it: a record has an
answer of its own, `If-None-Match: *` is 412 when the key exists, a listing comes in pages.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html,
read 2026-11-23.
"""

import gzip
from base64 import b64decode
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import orjson
from headwater.lake.landing import LandingRecord

from tests.vendor import Asked

_PAGE = 3


@dataclass(frozen=True)
class Answered:
    """One answer of a service."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Cloud:
    """One stream of one shard and one bucket; `clock` dates what arrives."""

    clock: Callable[[], datetime]
    shard: str = "shardId-000000000000"
    records: list[LandingRecord] = field(default_factory=list)
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answered:
        """Do what is asked, as when all is well."""
        return {
            "PutRecords": self.put_records,
            "PutObject": self._put,
            "CopyObject": self._copy,
            "GetObject": self._get,
            "DeleteObject": self._delete,
            "ListObjectsV2": self._list,
        }[operation(asked)](asked)

    def spilled(self) -> list[bytes]:
        """Return the lines of each object that waits in the spill."""
        return [
            gzip.decompress(body)
            for key, (body, _) in self.objects.items()
            if key.startswith("spill/")
        ]

    def put_records(self, asked: Asked, *, refused: Container[int] = ()) -> Answered:
        """Take the records but those at the places `refused`, and say so of each."""
        results: list[dict[str, str]] = []
        for at, record in enumerate(orjson.loads(asked.body)["Records"]):
            if at in refused:
                code = "ProvisionedThroughputExceededException"
                results.append({"ErrorCode": code, "ErrorMessage": "Rate exceeded for shard"})
                continue
            sequence = f"{len(self.records):020d}"
            arrived = LandingRecord(self.shard, sequence, self.clock(), b64decode(record["Data"]))
            self.records.append(arrived)
            results.append({"SequenceNumber": sequence, "ShardId": self.shard})
        failed = sum("ErrorCode" in result for result in results)
        return Answered(200, orjson.dumps({"FailedRecordCount": failed, "Records": results}))

    def _put(self, asked: Asked) -> Answered:
        key = _key(asked.path)
        if asked.headers.get("if-none-match") == "*" and key in self.objects:
            return failure(412, "PreconditionFailed")
        self.objects[key] = (asked.body, self.clock())
        return Answered(200, headers={"ETag": _etag(asked.body)})

    def _copy(self, asked: Asked) -> Answered:
        source = _key("/" + asked.headers["x-amz-copy-source"].lstrip("/"))
        if source not in self.objects:
            return failure(404, "NoSuchKey")
        body, _ = self.objects[source]
        self.objects[_key(asked.path)] = (body, self.clock())
        return _xml(200, f"<CopyObjectResult><ETag>{escape(_etag(body))}</ETag></CopyObjectResult>")

    def _get(self, asked: Asked) -> Answered:
        found = self.objects.get(_key(asked.path))
        if found is None:
            return failure(404, "NoSuchKey")
        body, modified = found
        return Answered(200, body, {"ETag": _etag(body), "Last-Modified": _http_date(modified)})

    def _delete(self, asked: Asked) -> Answered:
        self.objects.pop(_key(asked.path), None)
        return Answered(204)

    def _list(self, asked: Asked) -> Answered:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        after = query.get("continuation-token", "")
        keys = sorted(
            key for key in self.objects if key.startswith(query.get("prefix", "")) and key > after
        )
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key][0])}</Size>"
            f"<LastModified>{self.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in keys[:_PAGE]
        )
        more = (
            f"<IsTruncated>true</IsTruncated><NextContinuationToken>{escape(keys[_PAGE - 1])}"
            "</NextContinuationToken>"
            if len(keys) > _PAGE
            else "<IsTruncated>false</IsTruncated>"
        )
        return _xml(200, f"<ListBucketResult>{contents}{more}</ListBucketResult>")


def operation(asked: Asked) -> str:
    """Name the operation that a request asks for."""
    if "x-amz-target" in asked.headers:
        return asked.headers["x-amz-target"].partition(".")[2]
    if asked.method == "PUT":
        return "CopyObject" if "x-amz-copy-source" in asked.headers else "PutObject"
    if asked.method == "GET":
        return "ListObjectsV2" if "list-type=2" in asked.path else "GetObject"
    return {"DELETE": "DeleteObject"}[asked.method]


def failure(status: int, code: str) -> Answered:
    """Refuse in S3's words."""
    return _xml(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")


def _xml(status: int, text: str) -> Answered:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return Answered(status, body, {"Content-Type": "application/xml"})


def _key(path: str) -> str:
    return unquote(urlsplit(path).path).split("/", 2)[2]


def _etag(body: bytes) -> str:
    return f'"{md5(body, usedforsecurity=False).hexdigest()}"'


def _http_date(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} GMT"
