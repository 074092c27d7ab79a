"""One browser for the whole run, and the lake's raw lines as they come in."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ssl import SSLContext
from uuid import uuid4

import pytest

from local.played_in_chromium import chromium as executable
from tests.e2e.clients.chromium import Chromium
from tests.e2e.clients.landed import RawLines
from tests.e2e.clients.tls import self_signed
from tests.e2e.stack import Stack, post

# A browser's connections to one host.
_AT_ONCE = 6


@pytest.fixture(scope="session")
def chromium(browser_tools: None) -> Iterator[Chromium]:
    with Chromium(executable() or "") as browser:
        yield browser


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> SSLContext:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def raw(running: Stack) -> RawLines:
    # One for the run: what it read it need not read again.
    return RawLines(running.endpoints)


@pytest.fixture(scope="session", autouse=True)
def warm(running: Stack) -> None:
    """Have as many collectors as a page calls at once, each with its copy of the cookies' keys.

    On two cores a cold one may outlast a client's time, or answer before it has the keys: without a cookie.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in range(2):
            list(pool.map(lambda _: _told(running), range(_AT_ONCE)))


def _told(running: Stack) -> None:
    event = {"event": "Warmed Up", "anonymousId": str(uuid4()), "messageId": f"e2e-{uuid4()}"}
    body = {"writeKey": running.endpoints.write_key, **event}
    with contextlib.suppress(OSError):  # whose collector it was is warm all the same
        post(f"{running.endpoints.collector}/v1/t", body)
