"""The journey over HTTP, played against a shop whose collector is a fake; over loopback only."""

import base64
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from local.edge import same_origin
from local.endpoints import Endpoints
from local.journey import play
from local.played import Moment, PlayError, Sent
from local.played_over_http import HttpPlayer
from local.serving import Reply, Request, Server
from local.shop.accounts import Accounts
from local.shop.pages import Pages
from local.shop.server import ShopServer
from local.shop.tracking import Tracking

pytestmark = pytest.mark.enable_socket

NOWHERE = Endpoints(
    site="",
    collector="",
    api="",
    prefix="/ev",
    write_key="browser-key",
    server_key="server-key",
    origin_secret="an-origin-secret",
    bucket="",
    stream="",
    tables={},
    queue="",
    dead_letters="",
    sink="",
    aws="",
    athena="http://127.0.0.1:4003",
    console="http://127.0.0.1:4004",
    functions={},
    database="",
    workgroup="",
)


def silent(_: str) -> None:
    pass


class FakeCollector:
    """Takes every event, or refuses every request."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.keys: Counter[str] = Counter()
        self.refusing = False

    def __call__(self, request: Request) -> Reply:
        if self.refusing:
            return Reply(400, body=b'{"success": false}')
        basic = (request.header("Authorization") or "").removeprefix("Basic ")
        self.keys[base64.b64decode(basic).decode()] += 1
        message = json.loads(request.body)
        self.taken.extend(message.get("batch", [message]))
        return Reply(200, body=b'{"success": true}')


@dataclass
class Stage:
    endpoints: Endpoints
    collector: FakeCollector

    @property
    def player(self) -> HttpPlayer:
        return HttpPlayer(
            site=self.endpoints.site, prefix="/ev", write_key=self.endpoints.write_key
        )


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    collector = FakeCollector()
    numbers = itertools.count(1)
    # The shop's server sends to the site that it is part of, so the port is known before the shop is.
    shop: list[ShopServer] = []
    site = same_origin(collector, lambda request: shop[0](request), Pages(tmp_path), "/ev")
    with Server(site, 0, log=silent) as server:
        tracking = Tracking(write_key="server-key", host=f"{server.url}/ev")
        shop.append(ShopServer(Accounts(make_id=lambda: f"{next(numbers):032d}"), tracking))
        yield Stage(replace(NOWHERE, site=server.url), collector)
        tracking.close()


def test_the_journey_lists_exactly_the_events_that_were_taken(stage: Stage) -> None:
    journey = play(
        stage.endpoints, stage.player, email="p@initec.example", say=silent, look=lambda *_: None
    )

    assert Counter(sent.message_id for sent in journey.sent) == Counter(
        message["messageId"] for message in stage.collector.taken
    )
    assert Counter(sent.sender for sent in journey.sent) == {
        "laptop": 16,
        "phone": 8,
        "shop server": 3,
        "nightly job": 1,
    }
    assert journey.user_id == "cus_000000000000"
    assert set(stage.collector.keys) == {"browser-key:", "server-key:"}


def test_nobody_knows_the_user_before_signing_up_and_two_devices_do_after(stage: Stage) -> None:
    seen: dict[Moment, set[str | None]] = {}

    def look(moment: Moment, sent: tuple[Sent, ...]) -> None:
        seen[moment] = {message.user_id for message in sent}

    journey = play(stage.endpoints, stage.player, email="p@initec.example", say=silent, look=look)

    assert seen == {"anonymous": {None}, "signed up": {None, journey.user_id}}
    assert {sent.anonymous_id for sent in journey.sent if sent.user_id and sent.anonymous_id} == {
        journey.laptop,
        journey.phone,
    }


def test_the_campaign_is_on_the_first_page_and_on_no_other(stage: Stage) -> None:
    play(stage.endpoints, stage.player, email="p@x.example", say=silent, look=lambda *_: None)

    campaigns = [
        (message["name"], message["context"].get("campaign"))
        for message in stage.collector.taken
        if message["type"] == "page"
    ]
    assert campaigns[0] == (
        "Home",
        {"source": "garden-weekly", "medium": "email", "name": "spring-harvest"},
    )
    assert [campaign for _, campaign in campaigns[1:] if campaign] == []


def test_a_refused_call_halts_the_journey_and_says_where(stage: Stage) -> None:
    stage.collector.refusing = True

    with pytest.raises(PlayError, match="laptop: /ev/v1/p was not taken: HTTP Error 400"):
        play(stage.endpoints, stage.player, email="p@x.example", say=silent, look=lambda *_: None)
