"""Whatever a handler logs in any of these tests names nobody."""

import logging
import re
from collections.abc import Iterator

import pytest

from tests.template.document import ROOT

FUNCTIONS = sorted(file.parent.name for file in (ROOT / "functions").glob("*/app.py"))

# Whom the invocations under events/ and the tests are about: addresses, mail addresses, and their ids.
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|\b(?:user|device|anon|visitor|msg|message)-\w*\d"
    r"|(?<![\w-])(?:u|d|m)-?\d+(?![\w-])"
)


class Net(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        (written, *_) = [
            handler.format(record)
            for handler in logging.getLogger(record.name).handlers
            if handler is not self
        ]
        self.lines.append(written)


@pytest.fixture
def logged() -> Iterator[Net]:
    net = Net()
    for name in FUNCTIONS:
        logging.getLogger(name).addHandler(net)
    yield net
    for name in FUNCTIONS:
        logging.getLogger(name).removeHandler(net)


@pytest.fixture(autouse=True)
def nobody_is_named(logged: Net) -> Iterator[None]:
    yield
    assert [line for line in logged.lines if PERSONAL.search(line)] == []
