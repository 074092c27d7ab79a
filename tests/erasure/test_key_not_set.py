"""A vendor that erases with a key of its own: where the key is not set, the receipt asks a person."""

from dataclasses import replace
from pathlib import Path

from headwater.destination import Configured
from headwater.destinations import DESTINATIONS
from headwater.erasure.forwarding import forward
from headwater.erasure.ledger import Ledger
from headwater.erasure.person import Person

from tests.erasure.world import World


def _posthog(**settings: str) -> Configured:
    return Configured(
        id="posthog",
        sheet=DESTINATIONS["posthog"],
        integration="PostHog",
        events=("track",),
        settings={"api_key": "key", **settings},
    )


def test_without_the_key_somebody_has_to_do_it(tmp_path: Path) -> None:
    world = World(tmp_path, configured=(_posthog(),))
    ledger = Ledger(replace(world.ask(), person=Person(users=("user-1",))), world.store)

    assert forward(ledger, world.outside())

    said = {"posthog": "manual: project_id_or_personal_api_key_not_set"}
    assert ledger.job.destinations == said
    assert world.http.sent == []


def test_with_the_key_the_vendor_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path, configured=(_posthog(project_id="7", personal_api_key="personal"),))
    ledger = Ledger(replace(world.ask(), person=Person(users=("user-1",))), world.store)

    assert forward(ledger, world.outside())

    assert ledger.job.destinations == {"posthog": "asked"}
    assert [request.url for request in world.http.sent] == [
        "https://us.posthog.com/api/projects/7/persons/bulk_delete/"
    ]
