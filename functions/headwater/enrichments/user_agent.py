"""Which browser, system and device: the `user-agents` library's classification, fast, with hints.

The library reads user agents with the pure Python parser; `_FastUserAgent` gives it the result of
ua-parser's Rust one instead, and a test holds the two equal. Loaded on first use: the patterns take
a tenth of a second that a server's event never needs.
"""

import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType
from typing import Any, NamedTuple

from headwater.enrichments.client_hints import Hints, hints_of
from headwater.enrichments.device_kind import device_kind
from headwater.enrichments.finding import Changes, found, text_at
from headwater.enrichments.in_app import app_of
from headwater.record import StoredEvent
from headwater.wire.request import Received

# Real ones have 100 to 300; longer ones are attacks on patterns.
MAX_BYTES = 512


def user_agent(event: StoredEvent, received: Received) -> Changes:
    """Find `browser`, `os`, `device`, their versions and `kind`, from the user agent and client hints.

    `kind` is desktop, mobile, tablet, tv, bot or other. A browser that names itself only in its header is
    named in `context.userAgent`. What the user agent no longer says, the hints do.
    """
    context = event.context
    named = text_at(context, "userAgent")
    of_browser = event.source.kind == "browser"
    data = context.get("userAgentData")
    # Of what the hints say only `mobile` is no text, and 1 equals True.
    mobile = type(data.get("mobile")) if isinstance(data, dict) else None
    if named is None and of_browser and received.user_agent:
        named = cut(received.user_agent)
        finding = received.once(_read, _Said(named, of_browser, data, mobile))
        return {**finding, "context": {**context, "userAgent": named}}
    return received.once(_read, _Said(named, of_browser, data, mobile))


class _Said(NamedTuple):
    named: str | None
    of_browser: bool
    data: Any
    mobile: type | None


def _read(received: Received, said: _Said) -> Changes:
    hints = hints_of(said.data, received.headers if said.of_browser else {})
    if said.named is None and hints is None:
        return found("userAgent", None)
    return found("userAgent", _together(cut(said.named or ""), hints))


def cut(named: str) -> str:
    """Cut a user agent to what is read of it."""
    if len(named) <= MAX_BYTES and named.isascii():
        return named
    return named.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")


@lru_cache(maxsize=2048)
def classified(named: str) -> Mapping[str, str]:
    """Classify one user agent; families as ua-parser names them, `Other` when it knows none."""
    agent = _library()(named)
    families = {
        "browser": app_of(named) or agent.browser.family,
        "browserVersion": agent.browser.version_string,
        "os": agent.os.family,
        "osVersion": agent.os.version_string,
        "device": agent.device.family,
        "kind": device_kind(agent),
    }
    return {name: value for name, value in families.items() if value}


# What Chrome's frozen user agent is taken for, whichever Chromium it is.
_ANY_CHROMIUM = frozenset({"Chrome", "Chrome Mobile", "Chromium", "Other"})
# The device of every Android since the freeze, and what ua-parser says where it knows none.
_NO_MODEL = frozenset({"K", "Other", "Generic Smartphone", "Generic Tablet"})


@lru_cache(maxsize=2048)
def _together(named: str, hints: Hints | None) -> Mapping[str, str]:
    families = classified(named)
    if hints is None:
        return families
    hinted = {**families, **_hinted(families, hints)}
    return {name: value for name, value in hinted.items() if value}


def _hinted(families: Mapping[str, str], hints: Hints) -> Mapping[str, str | None]:
    said: dict[str, str | None] = {}
    if hints.browser and families["browser"] in _ANY_CHROMIUM:
        if hints.browser not in ("Chrome", "Chromium") or families["browser"] == "Other":
            said["browser"] = hints.browser
        said["browserVersion"] = hints.browser_version or families.get("browserVersion")
    if hints.os and families["os"] in (hints.os, "Other"):
        said["os"] = hints.os
        said["osVersion"] = hints.os_version or families.get("osVersion")
    if hints.model and families["device"] in _NO_MODEL:
        said["device"] = hints.model
    if hints.mobile is not None and families["kind"] != "bot":
        said["kind"] = _hinted_kind(families["kind"], hints)
    return said


def _hinted_kind(kind: str, hints: Hints) -> str:
    if hints.mobile:
        return "tablet" if kind == "tablet" else "mobile"
    if hints.os == "Android":
        return "tablet" if kind in ("mobile", "tablet", "other") else kind
    return "desktop" if kind == "other" and hints.os else kind


@cache
def _library() -> Any:
    import ua_parser
    from ua_parser import parse

    # user-agents imports ua-parser's patterns as Python's `re` reads them: a thousand of them to
    # compile, more than all the rest of a cold start, for a parser that is never asked.
    _put_off(ua_parser, "user_agent_parser")
    from user_agents import parsers

    class _FastUserAgent(parsers.UserAgent):  # type: ignore[misc]
        def __init__(self, ua_string: str) -> None:
            read = parse(ua_string).with_defaults()
            agent, system, device = read.user_agent, read.os, read.device
            self.ua_string = ua_string
            self.browser = parsers.parse_browser(
                agent.family, agent.major, agent.minor, agent.patch
            )
            self.os = parsers.parse_operating_system(
                system.family, system.major, system.minor, system.patch
            )
            self.device = parsers.parse_device(device.family, device.brand, device.model)

    return _FastUserAgent


def _put_off(package: ModuleType, name: str) -> None:
    """Give the package a module of its own that runs when something in it is first used.

    https://docs.python.org/3.13/library/importlib.html#implementing-lazy-imports
    """
    full_name = f"{package.__name__}.{name}"
    spec = find_spec(full_name)
    if full_name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[full_name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    # As an import of it would; otherwise the next import asks the module itself, and so runs it.
    setattr(package, name, module)
