"""What CloudFront does to a request and its answer, as first-party.yaml tells it to.

The behaviours, their cookies and the origin's secret header are read from that template, so what the
tests see on a laptop is what the distribution will do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.places import ROOT
from local.serving import Application, Reply, Request
from local.template import load

TEMPLATE = ROOT / "first-party.yaml"

# What CloudFront would say of a visitor: this machine has no place on the map, so the demo has one.
VIEWER_PLACE = {
    "cloudfront-viewer-country": "NL",
    "cloudfront-viewer-country-region": "NH",
    "cloudfront-viewer-city": "Amsterdam",
    "cloudfront-viewer-time-zone": "Europe/Amsterdam",
}

_NOT_ALLOWED = Reply(403, (("Content-Type", "text/html"),), b"<h1>403 ERROR</h1>")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One cache behaviour of the collector's: which paths, and what of a request goes through."""

    pattern: str
    methods: frozenset[str]
    cookies: frozenset[str]
    query: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """The collector's part of the distribution; the site's own is whatever the site is."""

    behaviours: Sequence[Behaviour]
    secret_header: str

    def behaviour(self, path: str) -> Behaviour | None:
        """Return the first behaviour whose pattern matches, as CloudFront does."""
        return next((one for one in self.behaviours if fnmatchcase(path, one.pattern)), None)


def distribution(prefix: str, *, file: Path = TEMPLATE) -> Distribution:
    """Read the distribution for a prefix."""
    resources: Mapping[str, Any] = load(file)["Resources"]
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    origin = next(each for each in config["Origins"] if each["Id"] == "collector")
    return Distribution(
        tuple(
            _behaviour(each, prefix, resources)
            for each in config["CacheBehaviors"]
            if each["TargetOriginId"] == "collector"
        ),
        str(origin["OriginCustomHeaders"][0]["HeaderName"]),
    )


def fronted(collector: Application, by: Distribution, *, secret: str) -> Application:
    """Return the collector as it answers behind the distribution."""

    def answer(request: Request) -> Reply:
        behaviour = by.behaviour(request.raw_path)
        if behaviour is None:
            # A path that is the collector's alone, on its own port: all of it goes through.
            return collector(_as_ours(request, by.secret_header, secret))
        if request.method not in behaviour.methods:
            return _NOT_ALLOWED
        return collector(_as_ours(_forwarded(request, behaviour), by.secret_header, secret))

    return answer


def _behaviour(written: Mapping[str, Any], prefix: str, resources: Mapping[str, Any]) -> Behaviour:
    policy = written.get("OriginRequestPolicyId", {}).get("Ref")
    config = resources[policy]["Properties"]["OriginRequestPolicyConfig"] if policy else {}
    cookies = config.get("CookiesConfig", {}).get("Cookies", [])
    query = config.get("QueryStringsConfig", {}).get("QueryStringBehavior") == "all"
    pattern = str(written["PathPattern"]["Fn::Sub"]).replace("${Prefix}", prefix)
    return Behaviour(pattern, frozenset(written["AllowedMethods"]), frozenset(cookies), query)


def _forwarded(request: Request, behaviour: Behaviour) -> Request:
    headers = tuple(
        (name, value) if name.lower() != "cookie" else (name, _kept(value, behaviour.cookies))
        for name, value in request.headers
    )
    return replace(
        request,
        target=request.target if behaviour.query else request.raw_path,
        headers=tuple(
            (name, value) for name, value in headers if value or name.lower() != "cookie"
        ),
    )


def _kept(header: str, cookies: frozenset[str]) -> str:
    return "; ".join(cookie for cookie in header.split("; ") if cookie.partition("=")[0] in cookies)


def _as_ours(request: Request, secret_header: str, secret: str) -> Request:
    # A viewer cannot speak for CloudFront: it overwrites these names.
    claimed = tuple(
        (name, value)
        for name, value in request.headers
        if name.lower() != secret_header and not name.lower().startswith("cloudfront-")
    )
    address, port = request.client
    own = {
        **VIEWER_PLACE,
        "cloudfront-viewer-address": f"{address}:{port}",
        "cloudfront-viewer-http-version": request.protocol.removeprefix("HTTP/"),
        "cloudfront-forwarded-proto": "http",
        secret_header: secret,
    }
    return replace(request, headers=(*claimed, *own.items()))
