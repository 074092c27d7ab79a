"""A person erased from the running stack by the operator's own command: nothing of her is anywhere, all of the other is."""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from headwater.adapters.dynamodb import DynamoTable
from headwater.identity.people import find_profile
from headwater.ids import person_of_device, person_of_user
from headwater.record import to_iso

from local.deploy import client
from local.places import ROOT
from local.watch import compact
from tests.e2e.stack import Stack, eventually, get, post
from tests.erasure.scan import found, of_items


@dataclass
class Someone:
    """A visitor with a device and an account; what they send has a mark of its own."""

    mark: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def user(self) -> str:
        return f"user-{self.mark}"

    @property
    def device(self) -> str:
        return f"device-{self.mark}"

    @property
    def ids(self) -> tuple[str, ...]:
        """All that stands for them, anywhere."""
        return (
            self.user,
            self.device,
            person_of_user(self.user),
            person_of_device(self.device),
            f"{self.user}@example.com",
        )

    def call(self, stack: Stack, type_: str, **fields: Any) -> str:
        """Send one call, as a page of theirs would."""
        message = {
            "type": type_,
            "messageId": f"erasure-{uuid4()}",
            "anonymousId": self.device,
            **fields,
        }
        self.sent.append(message)
        self.send(stack, [message])
        return str(message["messageId"])

    def send(self, stack: Stack, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            body = {"writeKey": stack.endpoints.write_key, **message}
            status, _ = post(f"{stack.endpoints.collector}/v1/{message['type']}", body)
            assert status in (200, 400)

    def visit(self, stack: Stack) -> set[str]:
        """Browse, sign up, order; and once say something that nobody understands."""
        traits = {"email": f"{self.user}@example.com"}
        self.call(stack, "track", userId=self.user)  # without a name: rejected
        return {
            self.call(stack, "track", event="Product Viewed"),
            self.call(stack, "identify", userId=self.user, traits=traits),
            self.call(stack, "track", event="Order Completed", userId=self.user),
        }


def stored(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Everything that the stack keeps but for the stream: objects, items, messages and logs."""
    aws = stack.endpoints.aws
    s3, sqs, dynamodb, logs = (client(name, aws) for name in ("s3", "sqs", "dynamodb", "logs"))
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=stack.endpoints.bucket):
        for entry in page.get("Contents", ()):
            yield f"{entry['Key']} (its key)", entry["Key"].encode()
            with suppress(s3.exceptions.NoSuchKey):  # the compactor moved it in between
                answer = s3.get_object(Bucket=stack.endpoints.bucket, Key=entry["Key"])
                yield entry["Key"], answer["Body"].read()
    for name in dynamodb.list_tables()["TableNames"]:
        for place, body in of_items(DynamoTable(dynamodb, name).scan()):
            yield f"{name}: {place}", body
    for url in sqs.list_queues().get("QueueUrls", ()):
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=5
        ).get("Messages"):
            yield from ((url, message["Body"].encode()) for message in messages)
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
            yield from ((name, event["message"].encode()) for event in page["events"])


def places(contents: list[tuple[str, bytes]], someone: Someone, directory: Path) -> set[str]:
    """Where they are found, by the first part of each place."""
    return {
        place.partition("/")[0].partition(":")[0]
        for place in found(contents, someone.ids, directory)
    }


def make(verb: str, *given: str) -> str:
    """Run a verb as an operator does, and return what it said."""
    ended = subprocess.run(
        ["make", verb, *given], check=False, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def a_day_later(stack: Stack, request: str) -> None:
    """Let the time pass after which the stream has forgotten."""
    s3, key = client("s3", stack.endpoints.aws), f"deletions/requests/{request}.json"
    job = json.loads(s3.get_object(Bucket=stack.endpoints.bucket, Key=key)["Body"].read())
    assert job["status"] == "second_pass_due"
    job["second_pass_due"] = to_iso(datetime.now(UTC))
    s3.put_object(Bucket=stack.endpoints.bucket, Key=key, Body=json.dumps(job).encode())


def test_she_is_nowhere_and_her_neighbour_is_where_he_was(stack: Stack, tmp_path: Path) -> None:
    mark = uuid4().hex[:12]
    she, he = Someone(mark), Someone(f"{mark}0")
    table = DynamoTable(client("dynamodb", stack.endpoints.aws), stack.endpoints.tables["identity"])

    def profile(of: Someone) -> Any:
        return find_profile(of.user, table, max_users_per_device=5)

    def devices(of: Someone) -> tuple[str, ...]:
        found = profile(of)  # None until the stitcher has heard of them
        return tuple(found.anonymous_ids) if found else ()

    def events(message_ids: set[str]) -> list[dict[str, Any]]:
        # In an order of our own: after a compaction the lake has another.
        return sorted(stack.rows(message_ids), key=lambda row: str(row["message_id"]))

    # What a vendor refuses for good is undeliverable.
    stack.fail(1_000, about=f'"{she.device}"', status=400, retry_after=1)
    hers, his = she.visit(stack), he.visit(stack)
    rows = stack.rows(hers | his)
    assert {row["message_id"] for row in rows} == hers | his
    compact(stack.endpoints)
    wanted = {"archive", "events", "rejected", "undeliverable", "identity_changes"}
    before = eventually(
        lambda: list(stored(stack)), lambda seen: places(seen, she, tmp_path) >= wanted
    )
    assert places(before, she, tmp_path) >= wanted
    assert eventually(lambda: devices(he), lambda seen: seen == (he.device,)) == (he.device,)
    assert eventually(lambda: devices(she), lambda seen: seen == (she.device,)) == (she.device,)
    of_him = (profile(he), events(his))

    told = make("privacy", "KIND=delete", f"USER={she.user}", "APPLY=1")

    assert she.device in told
    assert he.user not in told
    request = re.findall(r"REQUEST=([0-9a-f]{32})", told)[0]
    assert "a second pass follows" in told
    # Sent again meanwhile: taken, and in no lake.
    she.send(stack, she.sent)
    last = he.call(stack, "track", event="Came Later", userId=he.user)
    stack.rows({last})
    compact(stack.endpoints)
    assert not places(list(stored(stack)), she, tmp_path) & {"events", "archive"}

    a_day_later(stack, request)
    told = make("privacy", f"REQUEST={request}")

    assert '"outcome": "done"' in told
    after = list(stored(stack))
    assert found(after, she.ids, tmp_path) == []
    assert profile(she) is None
    assert (profile(he).user_ids, profile(he).anonymous_ids) == ((he.user,), (he.device,))
    assert profile(he).traits == of_him[0].traits
    assert events(his) == of_him[1]
    assert places(after, he, tmp_path) >= wanted - {"undeliverable"}  # he is taken by every vendor
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(asked_for(stack, request)["receipt"]))
    assert "is genuine" in make("privacy-receipt", f"FILE={receipt}")


def asked_for(stack: Stack, request: str) -> Any:
    """What the stack's own door says of a request, to a server."""
    key = b64encode(f"{stack.endpoints.server_key}:".encode()).decode()
    url = f"{stack.endpoints.api}/v1/privacy/requests/{request}"
    return json.loads(get(url, {"Authorization": f"Basic {key}"}))
