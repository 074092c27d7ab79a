"""History loaded into the running stack is in the lake at its own time, once, and nowhere else."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from local.load import __main__ as command
from tests.e2e.stack import Stack


def test_history_and_users_arrive_at_their_time_and_go_to_no_destination(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints, mark = stack.endpoints, str(uuid4())
    events = [
        {
            "type": "track",
            "event": "Order Completed",
            "messageId": f"load-{mark}-{at}",
            "userId": f"loaded-{mark}",
            "timestamp": "2025-05-01T10:00:00.000Z",
            "sentAt": "2025-05-01T10:00:01.000Z",
        }
        for at in range(30)
    ]
    (tmp_path / "history.ndjson").write_text("".join(json.dumps(each) + "\n" for each in events))
    (tmp_path / "users.csv").write_text(
        f"user_id,anonymous_id,plan,updated_at\nloaded-{mark},device-{mark},gold,2025-05-01\n"
    )
    monkeypatch.setattr("local.load.ledger.STATE", tmp_path)
    monkeypatch.setenv("KEY", endpoints.server_key)
    where = ["--url", f"{endpoints.site}{endpoints.prefix}", "--rate", "1000"]

    codes = [
        command.main([str(tmp_path / "history.ndjson"), *where]),
        command.main([str(tmp_path / "history.ndjson"), *where]),
        command.main([str(tmp_path / "users.csv"), *where, "--users"]),
    ]

    rows = stack.rows({event["messageId"] for event in events})
    assert codes == [0, 0, 0]
    assert len(rows) == len(events)
    assert {str(row["timestamp"])[:19] for row in rows} == {"2025-05-01 10:00:00"}
    assert len({row["person_id"] for row in rows}) == 1
    assert not any(mark in json.dumps(request) for request in stack.received())
