import os

import pytest

from tests.unit.lake.queries.shop import Shop, open_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The generated shop: small here; `EVENTS=1000000` makes the long run."""
    count = int(os.environ.get("EVENTS", "3000"))
    return open_shop(tmp_path_factory.mktemp("shop"), count=count, seed=7)
