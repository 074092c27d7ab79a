"""`make doctor` names each fault of a proxy, and its remedy: planted faults before the real collector."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from collector import app
from headwater.workspace import Edge

from local.cloudfront import distribution, fronted
from local.doctor.__main__ import line
from local.doctor.asking import Site
from local.doctor.checks import diagnose
from local.doctor.examination import examine
from local.doctor.finding import Finding
from local.edge import Collector
from local.serving import Application, Reply, Request, Server
from tests.examples import a_workspace
from tests.fakes import MemoryStore, MemoryStream

pytestmark = pytest.mark.enable_socket

SECRET = "the-edges-own-secret"
SITE = Reply(200, (("Content-Type", "text/html"),), b"<!doctype html><title>Shop</title>")

Proxy = Callable[[Application], Application]


def collector(*, secret: bool = True) -> Application:
    digests = (sha256(SECRET.encode()).hexdigest(),) if secret else ()
    means = app.Adapters(
        a_workspace(edge=Edge(secret_sha256=digests)), MemoryStream(), MemoryStore()
    )

    def invoke(payload: bytes) -> tuple[bytes, bool]:
        answer = app.respond(json.loads(payload), means, now=datetime.now(UTC))
        return json.dumps(answer).encode(), False

    return Collector(invoke, log=print)


def behind_cloudfront() -> Application:
    return fronted(collector(), distribution("/ev"), secret=SECRET)


def diagnosed(application: Application, *, api: Application | None = None) -> list[Finding]:
    with Server(application, 0, log=lambda _: None) as server:
        site = Site(server.url.replace("127.0.0.1", "localhost"))
        if api is None:
            return list(diagnose(examine(site)))
        with Server(api, 0, log=lambda _: None) as direct:
            return list(diagnose(examine(site, api=direct.url)))


def without(*names: str) -> Proxy:
    """A proxy that drops request headers."""

    def proxy(inner: Application) -> Application:
        return lambda request: inner(
            replace(
                request,
                headers=tuple(each for each in request.headers if each[0].lower() not in names),
            )
        )

    return proxy


def asked_as(change: Callable[[Request], Request]) -> Proxy:
    return lambda inner: lambda request: inner(change(request))


def answered_as(change: Callable[[Request, Reply], Reply]) -> Proxy:
    return lambda inner: lambda request: change(request, inner(request))


def no_header(name: str) -> Callable[[Request, Reply], Reply]:
    return lambda _, reply: replace(
        reply, headers=tuple(each for each in reply.headers if each[0].lower() != name)
    )


def remembering(inner: Application) -> Application:
    """A cache that asks nobody whether it may."""
    kept: dict[tuple[str, str], Reply] = {}

    def proxy(request: Request) -> Reply:
        key = (request.method, request.target)
        if key not in kept:
            kept[key] = inner(request)
        return kept[key]

    return proxy


def inflating(request: Request) -> Request:
    if request.body[:2] != b"\x1f\x8b":
        return request
    return replace(request, body=gzip.decompress(request.body))


def redirecting(_: Application) -> Application:
    return lambda request: Reply(
        307, (("Location", f"https://track.vendor.example{request.path}"),)
    )


def only_get(inner: Application) -> Application:
    return lambda request: inner(request) if request.method == "GET" else Reply(405)


def no_preflights(inner: Application) -> Application:
    return lambda request: Reply(404) if request.method == "OPTIONS" else inner(request)


def the_sites_own_scripts(inner: Application) -> Application:
    return lambda request: SITE if request.path.endswith(".js") else inner(request)


# What is planted; the check that must find it; a word its remedy must have.
PLANTED: list[tuple[str, Proxy, str, str]] = [
    ("the path is not routed", lambda _: lambda _: SITE, "route", "ApiEndpoint"),
    ("the path is redirected", redirecting, "same host", "rewrite"),
    ("only GET goes through", only_get, "POST", "every method"),
    ("OPTIONS is answered by the site", no_preflights, "OPTIONS", "pass OPTIONS"),
    ("bodies are inflated on the way", asked_as(inflating), "body", "gzip"),
    (
        "the query is dropped",
        asked_as(lambda request: replace(request, target=request.raw_path)),
        "query",
        "query strings",
    ),
    ("Authorization is dropped", without("authorization"), "Authorization", "cache policy"),
    ("Sec-GPC is dropped", without("sec-gpc"), "choice", "Sec-GPC"),
    ("DNT is dropped", without("dnt"), "choice", "DNT"),
    ("Origin is dropped", without("origin"), "Origin", "Origin"),
    ("cookies are dropped", without("cookie"), "cookies in", "by name"),
    ("Set-Cookie is stripped", answered_as(no_header("set-cookie")), "cookies out", "Set-Cookie"),
    ("answers are cached", remembering, "cache", "caching off"),
    ("Cache-Control is removed", answered_as(no_header("cache-control")), "cache", "caching off"),
    ("the tag's path is the site's", the_sites_own_scripts, "tag.js", "before the rule"),
]


@pytest.mark.parametrize(
    ("proxy", "check", "remedy"),
    [pytest.param(proxy, check, remedy, id=what) for what, proxy, check, remedy in PLANTED],
)
def test_a_planted_fault_is_found_and_its_remedy_named(
    proxy: Proxy, check: str, remedy: str
) -> None:
    found = diagnosed(proxy(behind_cloudfront()))

    broken = {finding.check: finding for finding in found if finding.verdict == "fail"}
    assert check in broken
    assert remedy in broken[check].remedy
    assert remedy in line(broken[check])


def test_a_sound_edge_has_nothing_to_mend_but_a_tag_that_is_not_there() -> None:
    found = diagnosed(behind_cloudfront(), api=collector())

    assert [
        finding for finding in found if finding.verdict == "fail" and finding.check != "tag.js"
    ] == []
    assert {finding.check for finding in found} >= {"same host", "route", "body", "side door"}


def test_a_proxy_without_the_secret_is_told_what_is_missing() -> None:
    found = diagnosed(collector())

    route = next(finding for finding in found if finding.check == "route")
    assert (route.verdict, "x-origin-secret" in route.remedy) == ("fail", True)


def hand_made(inner: Application) -> Application:
    """A proxy that sets the secret and passes on all else that the client says."""
    with_ours = asked_as(
        lambda request: replace(request, headers=(*request.headers, ("X-Origin-Secret", SECRET)))
    )
    return without("x-origin-secret")(with_ours(inner))


def test_a_proxy_that_passes_a_claimed_address_on_with_the_secret_is_found() -> None:
    found = diagnosed(hand_made(collector()))

    assert next(one for one in found if one.check == "address").verdict == "fail"


def test_a_session_that_reaches_the_collector_is_a_warning() -> None:
    found = diagnosed(hand_made(collector()))

    assert next(one for one in found if one.check == "session").verdict == "warn"


def test_an_api_that_answers_without_the_secret_is_a_side_door() -> None:
    found = diagnosed(behind_cloudfront(), api=collector(secret=False))

    assert next(one for one in found if one.check == "side door").verdict == "fail"
