"""What holds for every test."""

from functools import cache
from pathlib import Path

import botocore.session
import pytest
from hypothesis import settings

# A shared machine is slow when it likes; speed has its own measurements.
settings.register_profile("headwater", deadline=None)
settings.load_profile("headwater")

# Every mock of AWS starts a new session of boto3, which would read the services' models once more: they
# are read once a process instead. It halves the CPU time of such a test.
setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))  # noqa: B010

_HERE = Path(__file__).parent

# What shares something that takes many seconds to make: at the head of all, so that one worker has them
# together (each begins with a part of the whole, and takes the end of another's when it has none left).
_SHARING = (_HERE / "unit/lake/queries", _HERE / "unit/delivery/test_isolation.py")

# What takes seconds a test begins early, lest one worker be left alone with it at the end.
_LONG = tuple(
    _HERE / folder for folder in ("faults", "fuzz", "erasure", "identity", "unit/delivery")
)


@pytest.hookimpl(trylast=True)  # whatever order pytest-randomly gave them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (not _is_of(item, _SHARING), not _is_of(item, _LONG)))


def _is_of(item: pytest.Item, places: tuple[Path, ...]) -> bool:
    return any(item.path.is_relative_to(place) for place in places)
