"""The collector on the site's own host: behind the distribution, and behind each proxy of the recipes."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from local.doctor.asking import Site
from local.doctor.checks import diagnose
from local.doctor.examination import examine
from local.edge import Collector, invoker
from local.endpoints import Endpoints
from local.serving import Server
from tests.e2e.proxies.running import Start, caddy, javascript, nginx, proxied
from tests.e2e.stack import Stack, post
from tests.e2e.test_collector import a_track, basic

PROXIES = {
    "nginx": nginx,
    "caddy": caddy,
    "cloudflare": javascript("cloudflare-worker.js"),
    "nextjs": javascript("nextjs-route.js"),
    "netlify": javascript("netlify-edge-function.js"),
}


@pytest.fixture(scope="module")
def gateway(running: Stack) -> Iterator[str]:
    """The API itself, with nothing in front: host and port."""
    with Server(Collector(invoker(running.endpoints), log=print), 0, log=lambda _: None) as server:
        yield server.url.removeprefix("http://")


def faults(site: Site, *, api: str) -> list[str]:
    found = diagnose(examine(site, api=api))
    return [f"{one.check}: {one.what}" for one in found if one.verdict == "fail"]


def test_the_distribution_passes_all_that_a_decision_needs(stack: Stack, gateway: str) -> None:
    site = Site(stack.endpoints.site, prefix=stack.endpoints.prefix)

    assert faults(site, api=f"http://{gateway}") == []


@pytest.mark.parametrize("start", PROXIES.values(), ids=PROXIES.keys())
def test_a_recipe_passes_all_that_a_decision_needs(
    start: Start, stack: Stack, gateway: str, tmp_path: Path
) -> None:
    with proxied(start, gateway, stack.endpoints.origin_secret, tmp_path) as url:
        assert faults(Site(url), api=f"http://{gateway}") == []


def test_an_event_through_nginx_is_stored_with_the_persons_choice(
    stack: Stack, gateway: str, tmp_path: Path
) -> None:
    event = a_track(anonymousId=str(uuid4()))
    with proxied(nginx, gateway, stack.endpoints.origin_secret, tmp_path) as url:
        status, _ = post(
            f"{url}/ev/v1/t",
            event,
            basic(stack.endpoints.write_key)
            | {"Origin": url, "Sec-GPC": "1", "Cookie": "session=secret"},
        )

    assert status == 200
    (row,) = stack.rows({event["messageId"]})
    assert row["event"] == "Tested"
    assert "secret" not in json.dumps(row, default=str)


def test_the_api_itself_answers_nobody_without_the_secret(
    endpoints: Endpoints, gateway: str
) -> None:
    for url in (f"http://{gateway}/v1/t", f"{endpoints.api}/v1/t"):
        status, answer = post(url, a_track(), basic(endpoints.write_key))

        assert (status, answer["code"]) == (403, "not_from_edge")
