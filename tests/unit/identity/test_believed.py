"""Blocked ids and unproven users link nobody; what they said of others stays."""

from typing import Any

from headwater.identity.believed import believed
from headwater.identity.links import Links, links
from headwater.record import Identity, SourceReference
from headwater.workspace import IdentityPolicy

from tests.examples import a_stored_track

PROOF = IdentityPolicy.model_validate(
    {"require_proof": True, "signing": {"mode": "observe", "secrets": ["secret:k"]}}
)
BLOCKING = IdentityPolicy(blocked_ids=frozenset({"qa-user", "kiosk"}))
BROWSER = SourceReference("web", "browser")
SERVER = SourceReference("server", "server")


def said(type_: str = "identify", *, source: SourceReference = BROWSER, **ids: Any) -> Any:
    enrichment = ids.pop("enrichment", {})
    return a_stored_track(
        "m1",
        type=type_,
        source=source,
        traits={"plan": "gold"},
        enrichment=enrichment,
        identity=Identity(**ids),
    )


def test_without_a_policy_every_usable_id_is_believed() -> None:
    event = said(user_id="qa-user", anonymous_id="d1")

    assert believed(event, IdentityPolicy()) is event


def test_where_proof_is_asked_for_an_unproven_browser_says_nothing() -> None:
    assert links(said(user_id="u1", anonymous_id="d1"), PROOF) == Links()
    proven = links(said(user_id="u1", anonymous_id="d1", proven=True), PROOF)
    assert [claim.owner for claim in proven.claims] == ["u1"]
    assert links(said(user_id="u1", anonymous_id="d1", source=SERVER), PROOF).claims
    assert links(said(anonymous_id="d1"), PROOF).sayings[0].node == "a:d1"


def test_a_user_id_that_was_put_aside_gives_its_traits_to_nobody() -> None:
    event = said(anonymous_id="d1", enrichment={"claimedUserId": "u1"})

    assert links(event) == Links()


def test_a_blocked_id_is_as_a_placeholder() -> None:
    by_blocked_user = links(said(user_id="qa-user", anonymous_id="d1"), BLOCKING)
    on_blocked_device = links(said(user_id="u1", anonymous_id="kiosk"), BLOCKING)
    to_blocked_user = links(
        said("alias", source=SERVER, user_id="u1", previous_id="qa-user"), BLOCKING
    )

    assert by_blocked_user.claims == ()
    assert [saying.node for saying in by_blocked_user.sayings] == ["a:d1"]
    assert on_blocked_device.claims == ()
    assert [saying.node for saying in on_blocked_device.sayings] == ["u:u1"]
    assert (to_blocked_user.claims, to_blocked_user.merges) == ((), ())
