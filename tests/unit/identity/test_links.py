from datetime import UTC, datetime

import pytest
from headwater.identity.device import Claim
from headwater.identity.links import Links, Merge, links
from headwater.identity.traits import Trait
from headwater.record import Identity, SourceKind, SourceReference

from tests.examples import a_stored_track

NOON = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)


def claim(device: str, user: str) -> Claim:
    return Claim(device, NOON, user, frozenset({user}), "message-1")


@pytest.mark.parametrize("kind", ["track", "page", "screen", "identify", "group", "alias"])
def test_any_call_with_both_ids_links_the_device_to_the_user(kind: str) -> None:
    event = a_stored_track(type=kind, identity=Identity(anonymous_id="d", user_id="u"))

    assert links(event) == Links(claims=(claim("d", "u"),))


@pytest.mark.parametrize(
    "identity",
    [Identity(), Identity(anonymous_id="d"), Identity(user_id="u"), Identity(previous_id="p")],
)
def test_one_id_alone_links_nothing(identity: Identity) -> None:
    assert links(a_stored_track(identity=identity)) == Links()


@pytest.mark.parametrize(
    ("kind", "merges"),
    [("server", (Merge("p", "u", NOON, "message-1"),)), ("browser", ())],
)
def test_an_alias_counts_its_previous_id_as_a_device_and_with_a_secret_key_as_a_user_too(
    kind: SourceKind, merges: tuple[Merge, ...]
) -> None:
    event = a_stored_track(
        type="alias",
        source=SourceReference("shop", kind),
        identity=Identity(anonymous_id="d", user_id="u", previous_id="p"),
    )

    assert links(event) == Links(claims=(claim("d", "u"), claim("p", "u")), merges=merges)


def test_a_previous_id_means_something_in_an_alias_only() -> None:
    event = a_stored_track(
        source=SourceReference("shop", "server"),
        identity=Identity(user_id="u", previous_id="p"),
    )

    assert links(event) == Links()


def test_an_alias_to_itself_says_nothing() -> None:
    event = a_stored_track(
        type="alias",
        source=SourceReference("shop", "server"),
        identity=Identity(user_id="u", previous_id="u"),
    )

    assert links(event) == Links()


@pytest.mark.parametrize(
    ("identity", "node"),
    [
        (Identity(anonymous_id="d", user_id="u"), "u:u"),
        (Identity(user_id="u"), "u:u"),
        (Identity(anonymous_id="d"), "a:d"),
    ],
)
def test_an_identify_speaks_about_its_user_or_else_its_device(
    identity: Identity, node: str
) -> None:
    event = a_stored_track(type="identify", traits={"plan": "pro"}, identity=identity)

    assert links(event).traits == {node: {"plan": Trait(NOON, "message-1", '"pro"')}}


@pytest.mark.parametrize("kind", ["track", "page", "group", "alias"])
def test_only_an_identify_has_traits_of_a_person(kind: str) -> None:
    assert links(a_stored_track(type=kind, traits={"plan": "pro"})).traits == {}
