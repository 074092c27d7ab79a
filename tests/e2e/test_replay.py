"""A rejected event's second chance: found, corrected in a file, sent twice, and in the lake once."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local import rejected, replay_rejected
from tests.e2e.stack import Stack, eventually, post


def shown(capsys: pytest.CaptureFixture[str], user: str) -> list[dict[str, Any]]:
    """Return the user's rejected events as `make rejected ORIGINALS=1` shows them."""
    rejected.main(["--originals", "--code", "event_not_defined"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "{" in line]
    return [event for event in events if event["original"].get("userId") == user]


def test_a_corrected_event_is_in_the_lake_once_with_its_own_arrival_time(
    stack: Stack, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    user, message_id = f"u-{uuid4()}", f"e2e-{uuid4()}"
    nameless = {"writeKey": stack.endpoints.write_key, "userId": user, "messageId": message_id}
    status, _ = post(f"{stack.endpoints.collector}/v1/track", nameless)
    assert status == 400
    (event,) = eventually(lambda: shown(capsys, user), lambda found: len(found) == 1)

    event["original"]["event"] = "Second Chance"
    file = tmp_path / "corrected.ndjson"
    file.write_text(json.dumps(event) + "\n", encoding="utf-8")
    for arguments in ([], ["--send"], ["--send"]):
        replay_rejected.main(["--file", str(file), *arguments])

    said = capsys.readouterr().out
    assert said.splitlines() == [
        "would be taken now: 1",
        "nothing was sent: add SEND=1 to send them",
        "sent: 1",
        "sent: 1",
    ]
    (row,) = stack.rows({message_id})
    assert (row["event"], row["user_id"], row["source_id"]) == ("Second Chance", user, "shop-web")
    assert str(row["received_at"])[:19].replace(" ", "T") == event["receivedAt"][:19]


def test_the_counts_name_no_one(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    user = f"u-{uuid4()}"
    body = {"writeKey": stack.endpoints.write_key, "userId": user, "type": "track"}
    post(f"{stack.endpoints.collector}/v1/track", body)
    eventually(lambda: shown(capsys, user), lambda found: len(found) == 1)

    rejected.main([])

    counts = capsys.readouterr().out
    assert "event_not_defined" in counts
    assert "$.event" in counts
    assert user not in counts
