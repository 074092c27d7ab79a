from datetime import UTC, datetime

import pytest
from headwater.identity.device import Claim
from headwater.identity.links import Links, Merge, links
from headwater.identity.saying import Saying
from headwater.identity.sighting import Sighting
from headwater.identity.traits import Trait
from headwater.record import Identity, SourceKind, SourceReference

from tests.examples import a_stored_track

NOON = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 20_513  # 2026-03-01, counted from 1970


def claim(device: str, user: str) -> Claim:
    return Claim(device, NOON, user, frozenset({user}), "message-1")


@pytest.mark.parametrize("kind", ["track", "page", "screen", "identify", "group", "alias"])
def test_any_call_with_both_ids_links_the_device_to_the_user(kind: str) -> None:
    event = a_stored_track(type=kind, identity=Identity(anonymous_id="d", user_id="u"))

    assert links(event).claims == (claim("d", "u"),)
    assert links(event).merges == ()


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

    assert links(event).claims == (claim("d", "u"), claim("p", "u"))
    assert links(event).merges == merges


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
    ("anonymous_id", "sightings"),
    [("d", (Sighting("W#u", "alias#p", NOON, "message-1"),)), ("p", ())],
)
def test_a_public_key_that_asks_to_join_two_users_is_noted_for_somebody_to_look_at(
    anonymous_id: str, sightings: tuple[Sighting, ...]
) -> None:
    event = a_stored_track(
        type="alias", identity=Identity(anonymous_id=anonymous_id, user_id="u", previous_id="p")
    )

    assert links(event).sightings == sightings


SPEAKERS = pytest.mark.parametrize(
    ("identity", "node"),
    [
        (Identity(anonymous_id="d", user_id="u", group_id="g"), "u:u"),
        (Identity(user_id="u", group_id="g"), "u:u"),
        (Identity(anonymous_id="d", group_id="g"), "a:d"),
    ],
)


@SPEAKERS
def test_an_identify_speaks_about_its_user_or_else_its_device(
    identity: Identity, node: str
) -> None:
    event = a_stored_track(type="identify", traits={"plan": "pro"}, identity=identity)

    assert links(event).sayings == (
        Saying(node, {"plan": Trait(NOON, "message-1", '"pro"')}, DAY, DAY),
    )


@SPEAKERS
def test_a_group_call_speaks_about_the_group_and_puts_its_user_or_device_into_it(
    identity: Identity, node: str
) -> None:
    event = a_stored_track(type="group", traits={"seats": 5}, identity=identity)

    assert links(event).sayings == (
        Saying("g:g", {"seats": Trait(NOON, "message-1", "5")}, DAY, DAY),
    )
    assert links(event).sightings == (Sighting(f"T#{node}", "g#g", NOON, "message-1"),)


@pytest.mark.parametrize("kind", ["identify", "group"])
def test_a_call_that_shows_nobody_says_nothing(kind: str) -> None:
    event = a_stored_track(type=kind, traits={"plan": "pro"}, identity=Identity())

    assert links(event) == Links()


@pytest.mark.parametrize("kind", ["track", "page", "screen", "alias"])
def test_only_identify_and_group_have_traits(kind: str) -> None:
    assert links(a_stored_track(type=kind, traits={"plan": "pro"})).sayings == ()
