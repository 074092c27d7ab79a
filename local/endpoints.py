"""The addresses of a running stack, as `make up` writes them to `.local/endpoints.json`."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from local.places import STATE

FILE = STATE / "endpoints.json"

REGION = "us-east-1"
# The emulator takes any access key and secret; this keeps botocore from looking for real ones.
ANY_CREDENTIAL = "local"


class NotUpError(Exception):
    """No stack is running here; the message says how to start one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """One running stack. URLs have no slash at the end."""

    site: str  # the demo shop, with the collector under `prefix`
    collector: str  # the edge alone: every path is the collector's, with and without `prefix`
    api: str  # the emulator's API Gateway, without the edge
    prefix: str
    write_key: str  # of the browser source
    server_key: str
    origin_secret: str  # what the edge adds, and `api` asks for, in the header x-origin-secret
    bucket: str
    stream: str
    tables: Mapping[str, str]  # logical name → physical name
    queue: str  # URL
    dead_letters: str  # URL
    sink: str  # what receives the demo's deliveries
    aws: str  # the emulator's endpoint
    athena: str  # Athena's API over the local lake, for the profile read
    console: str  # where events, people and deliveries are watched
    functions: Mapping[str, str]  # logical name → physical name
    database: str
    workgroup: str

    @property
    def collector_function(self) -> str:
        """The collector's function name; its alias is `live`."""
        return self.functions["collector"]

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """Read what the running stack left, or raise `NotUpError`."""
        try:
            written = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotUpError("no local stack is up: start one with `make up`") from None
        if lacking := [field.name for field in fields(cls) if field.name not in written]:
            raise NotUpError(
                f"the local stack is of an older version ({file} lacks {', '.join(lacking)}): "
                "start it anew with `make down` and `make up`"
            )
        return cls(**{field.name: written[field.name] for field in fields(cls)})

    def save(self, file: Path = FILE) -> None:
        """Write the addresses, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        unfinished.replace(file)


def aws_environment(endpoint: str) -> dict[str, str]:
    """Return this process's environment, pointed at the emulator and cut off from every real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ANY_CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": ANY_CREDENTIAL,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A proxy of this machine has no way to its loopback.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
