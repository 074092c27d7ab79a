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

# What takes seconds a test begins first, lest one worker be left alone with it at the end.
_LONG = tuple(
    Path(__file__).parent / folder for folder in ("faults", "fuzz", "erasure", "identity")
)


@pytest.hookimpl(trylast=True)  # whatever order pytest-randomly gave them
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(item.path.is_relative_to(folder) for folder in _LONG))
