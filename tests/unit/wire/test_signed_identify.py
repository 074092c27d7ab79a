"""The collector marks proven user ids, and puts aside the others where the workspace says so."""

import json
from typing import Any

import pytest
from headwater.collect import collect
from headwater.errors import WorkspaceError
from headwater.record import StoredEvent
from headwater.workspace import Workspace
from pydantic import ValidationError

from tests.examples import BROWSER_KEY, NOON, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemorySecrets, MemoryStore, MemoryStream
from tests.unit.wire.test_user_token import CLAIMS, KEY, a_token

SECRETS = {"user-token-key": KEY.decode()}


def site(mode: str) -> Workspace:
    signing = {"mode": mode, "secrets": ["secret:user-token-key", "secret:user-token-next"]}
    return a_workspace(identity={"signing": signing})


def collected(
    mode: str,
    *,
    token: str | None,
    key: str = BROWSER_KEY,
    secrets: dict[str, str] = SECRETS,
    **fields: Any,
) -> StoredEvent:
    stream = MemoryStream()
    body = {
        "writeKey": key,
        "messageId": "m-1",
        "userId": "user-7",
        "anonymousId": "device-1",
        "traits": {"plan": "gold"},
        "context": {"locale": "en"} if token is None else {"userToken": token, "locale": "en"},
        **fields,
    }
    ended = collect(
        a_request(body, path="/v1/identify"),
        workspace=site(mode),
        stream=stream,
        store=MemoryStore(),
        now=NOON,
        new_id=lambda: "made-up",
        secrets=MemorySecrets(secrets),
    )
    assert ended.reply.status == 200
    (line,) = stream.lines
    assert b"userToken" not in line
    return StoredEvent.from_json(json.loads(line))


@pytest.mark.parametrize(
    ("mode", "token", "proven", "user"),
    [
        ("off", a_token(), False, "user-7"),
        ("off", None, False, "user-7"),
        ("observe", a_token(), True, "user-7"),
        ("observe", a_token({**CLAIMS, "sub": "user-8"}), False, "user-7"),
        ("observe", None, False, "user-7"),
        ("enforce", a_token(), True, "user-7"),
        ("enforce", a_token({**CLAIMS, "sub": "user-8"}), False, None),
        ("enforce", None, False, None),
    ],
)
def test_what_becomes_of_a_user_id(
    mode: str, token: str | None, proven: bool, user: str | None
) -> None:
    event = collected(mode, token=token)

    assert (event.identity.proven, event.identity.user_id, event.user_id) == (proven, user, user)
    assert event.identity.anonymous_id == "device-1"
    assert event.enrichment.get("claimedUserId") == (None if user else "user-7")
    assert (event.traits, event.context["locale"]) == ({"plan": "gold"}, "en")


def test_a_servers_word_is_taken() -> None:
    event = collected("enforce", token=None, key=SERVER_KEY)

    assert (event.identity.user_id, event.identity.proven) == ("user-7", False)


def test_a_key_that_cannot_be_read_proves_nothing_and_loses_nothing() -> None:
    assert collected("observe", token=a_token(), secrets={}).identity.user_id == "user-7"
    kept = collected("enforce", token=a_token(), secrets={})
    assert (kept.identity.user_id, kept.enrichment["claimedUserId"]) == (None, "user-7")


def test_an_event_of_nobody_known_needs_no_proof() -> None:
    event = collected("enforce", token=None, userId=None)

    assert "claimedUserId" not in event.enrichment
    assert event.identity.anonymous_id == "device-1"


@pytest.mark.parametrize(
    "identity",
    [
        {"signing": {"mode": "observe"}},
        {"signing": {"mode": "enforce", "secrets": ["the key itself"]}},
        {"require_proof": True},
    ],
)
def test_a_workspace_that_could_prove_nobody_is_refused(identity: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, WorkspaceError)):
        a_workspace(identity=identity)
