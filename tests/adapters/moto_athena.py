"""moto's Athena with the one call it lacks, DeleteNamedQuery, done on its own store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.athena.models import athena_backends
from mypy_boto3_athena import AthenaClient


@contextmanager
def moto_athena() -> Iterator[AthenaClient]:
    """Yield a client of an empty Athena with the workgroup `headwater`; loopback passes through."""
    with mock_aws(config={"core": {"passthrough": {"urls": [r"127\.0\.0\.1"]}}}):
        boto3.setup_default_session(region_name="us-east-1")
        assert boto3.DEFAULT_SESSION is not None
        events: Any = boto3.DEFAULT_SESSION.events  # its stub forbids the answers it documents
        events.register("before-call.athena.DeleteNamedQuery", _delete)
        client = boto3.client("athena")
        client.create_work_group(Name="headwater")
        yield client
    boto3.DEFAULT_SESSION = None


def _delete(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
    (backend,) = [regions["us-east-1"] for _, regions in athena_backends.items()]
    del backend.named_queries[json.loads(params["body"])["NamedQueryId"]]
    return AWSResponse(params["url"], 200, HTTPHeaders(), None), {}
