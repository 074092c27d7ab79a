"""Everybody everywhere, seeded once: each test has a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.erasure.world import World, seeded


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = seeded(tmp_path_factory.mktemp("seed"))
    objects, items = dict(made.store.objects), dict(made.table.items)
    yield made
    assert (made.store.objects, made.table.items) == (objects, items)


@pytest.fixture
def world(seed: World, tmp_path: Path) -> World:
    return seed.copied(tmp_path)
