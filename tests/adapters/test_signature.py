"""Our signature is botocore's, whatever is signed."""

from datetime import UTC, datetime
from hashlib import sha256

import botocore.credentials
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from headwater.adapters.signature import Credentials, signed
from hypothesis import given
from hypothesis import strategies as st

PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{1,20}", fullmatch=True)
CREDENTIALS = st.builds(Credentials, PRINTABLE, PRINTABLE, st.none() | PRINTABLE)


@given(
    credentials=CREDENTIALS,
    region=SLUGS,
    service=SLUGS,
    target=PRINTABLE,
    body=st.binary(max_size=200),
)
def test_the_signature_is_botocores(
    credentials: Credentials, region: str, service: str, target: str, body: bytes
) -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    theirs = AWSRequest("POST", "https://kinesis.example/", headers=headers, data=body)
    botocore_credentials = botocore.credentials.Credentials(
        credentials.access_key, credentials.secret_key, credentials.token
    )
    SigV4Auth(botocore_credentials, service, region).add_auth(theirs)
    at = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(
        {**headers, "host": "kinesis.example"},
        body,
        credentials=credentials,
        region=region,
        service=service,
        at=at,
    )

    assert ours == {
        **{name.lower(): value for name, value in theirs.headers.items()},
        "host": "kinesis.example",
    }


@given(credentials=CREDENTIALS, key=SLUGS)
def test_reading_an_object_is_signed_as_botocore_signs_it(
    credentials: Credentials, key: str
) -> None:
    headers = {"x-amz-content-sha256": sha256(b"").hexdigest(), "if-none-match": '"tag"'}
    theirs = AWSRequest("GET", f"https://s3.example/bucket/{key}", headers=headers)
    botocore_credentials = botocore.credentials.Credentials(
        credentials.access_key, credentials.secret_key, credentials.token
    )
    S3SigV4Auth(botocore_credentials, "s3", "us-east-1").add_auth(theirs)
    at = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(
        {**headers, "host": "s3.example"},
        b"",
        credentials=credentials,
        region="us-east-1",
        service="s3",
        at=at,
        method="GET",
        path=f"/bucket/{key}",
    )

    assert ours["authorization"] == theirs.headers["Authorization"]


def test_a_secret_is_in_no_representation() -> None:
    assert repr(Credentials("AKID", "the-secret", "the-token")) == "Credentials(access_key='AKID')"
