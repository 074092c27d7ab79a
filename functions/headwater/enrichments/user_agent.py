"""Which browser, system and device: the `user-agents` library's classification, 20 times as fast.

The library reads user agents with the pure Python parser; `_FastUserAgent` gives it the result of
ua-parser's Rust one instead, and a test holds the two equal. Loaded on first use: the patterns take
a tenth of a second that a server's event never needs.
"""

import sys
from collections.abc import Mapping
from copy import replace
from functools import cache, lru_cache
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType
from typing import Any

from headwater.enrichments.finding import text_at, with_finding
from headwater.record import StoredEvent
from headwater.wire.request import Received

# Real ones have 100 to 300; longer ones are attacks on patterns.
MAX_BYTES = 512


def user_agent(event: StoredEvent, received: Received) -> StoredEvent:
    """Find `browser`, `os`, `device` and `kind`; a browser that names itself only in its header does.

    `kind` is desktop, mobile, tablet, bot or other.
    """
    named = text_at(event.context, "userAgent")
    if named is None and event.source.kind == "browser" and received.user_agent:
        named = _cut(received.user_agent)
        event = replace(event, context={**event.context, "userAgent": named})
    return with_finding(event, "userAgent", classified(_cut(named)) if named else None)


def _cut(named: str) -> str:
    return named.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")


@lru_cache(maxsize=2048)
def classified(named: str) -> Mapping[str, str]:
    """Classify one user agent; families as ua-parser names them, `Other` when it knows none."""
    agent = _library()(named)
    return {
        "browser": agent.browser.family,
        "os": agent.os.family,
        "device": agent.device.family,
        "kind": _kind(agent),
    }


def _kind(agent: Any) -> str:
    if agent.is_bot:
        return "bot"
    if agent.is_tablet:
        return "tablet"
    if agent.is_mobile:
        return "mobile"
    return "desktop" if agent.is_pc else "other"


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
            found = parse(ua_string).with_defaults()
            agent, system, device = found.user_agent, found.os, found.device
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
