"""One stack for the whole run: brought up on a free port, and taken down at the end."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import down, up
from local.endpoints import Endpoints
from local.played_in_chromium import missing
from local.ports import free_port
from tests.e2e.processes import living, started
from tests.e2e.stack import Stack

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    stack = Stack(up.up(free_port()))
    yield stack
    groups = started()
    down.main()
    assert living(groups) == []


@pytest.fixture
def stack(running: Stack) -> Stack:
    running.forgive()
    return running


@pytest.fixture
def endpoints(stack: Stack) -> Endpoints:
    return stack.endpoints


@pytest.fixture(scope="session")
def browser_tools() -> None:
    """Chromium, Node and the npm packages: their absence is told, and on CI it is a failure."""
    reason = missing()
    if reason is None:
        return
    sys.stderr.write(f"\n{reason}: the tests with real browser clients do not run\n")
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
