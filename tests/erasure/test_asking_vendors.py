"""Vendors that erase with a key of their own, and those that must look the person up first."""

from dataclasses import replace
from pathlib import Path

import pytest
from headwater.destination import Configured
from headwater.destinations import DESTINATIONS
from headwater.erasure.forwarding import forward
from headwater.erasure.ledger import Ledger
from headwater.erasure.person import Person
from headwater.ports import HttpRequest, HttpResponse

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


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (200, "asked"),
        (404, "holds none of the ids"),
        (422, "manual: http_422"),
        (503, "open: http_503"),
    ],
)
def test_a_vendor_that_looks_the_person_up_is_asked_so_first(
    tmp_path: Path, status: int, ending: str
) -> None:
    def vendor(request: HttpRequest) -> HttpResponse:
        found = b'{"data": [{"id": "c1"}]}' if status == 200 else b"{}"
        return HttpResponse(status, body=found if request.url.endswith("/search") else b"")

    intercom = replace(_posthog(), id="intercom", sheet=DESTINATIONS["intercom"])
    intercom = replace(intercom, settings={"access_token": "token"})
    world = World(tmp_path, configured=(intercom,), vendor=vendor)
    ledger = Ledger(replace(world.ask(), person=Person(users=("user-1",))), world.store)

    assert forward(ledger, world.outside())

    assert ledger.job.destinations == {"intercom": ending}
    assert [request.method for request in world.http.sent] == ["POST", "DELETE"][
        : 1 + (status == 200)
    ]
