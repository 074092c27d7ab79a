"""The permissions that docs/console.md asks for: what the lake's tables need, and nothing that changes anything."""

import json
from pathlib import Path

from headwater.lake.schema import TABLES

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "console.md"
_READING = ("Get", "List", "Describe", "Query")
# Athena keeps its answer in the bucket; a question may be taken back.
_OF_A_QUESTION = {"athena:StartQueryExecution", "athena:StopQueryExecution", "s3:PutObject"}


def test_the_documented_policy_reads_what_the_tables_hold_and_writes_answers_only() -> None:
    block = _PAGE.read_text("utf-8").split("```json")[1].split("```")[0]
    statements = json.loads(block)["Statement"]

    written = set()
    for statement in statements:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert action.partition(":")[2].startswith(_READING) or action in _OF_A_QUESTION
            if action == "s3:PutObject":
                written.add(statement["Resource"])
    assert written == {"arn:aws:s3:::BUCKET/athena/*"}
    (lake,) = (each["Resource"] for each in statements if each["Sid"] == "ReadTheLake")
    assert set(lake) == {f"arn:aws:s3:::BUCKET/{table.prefix}*" for table in TABLES}
