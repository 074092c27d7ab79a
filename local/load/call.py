"""A call to be sent, and a line that is none."""

from dataclasses import dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Call:
    """One Segment call as JSON, with the line that it came from."""

    file: Path
    number: int
    written: bytes


@dataclass(frozen=True, slots=True)
class Unusable:
    """A line that no call can be made of, with the reason."""

    file: Path
    number: int
    reason: str
    content: bytes

    def to_line(self) -> bytes:
        """Write it for the file of what was not taken."""
        return _receipt(self.file, self.number, "unusable_line", self.reason, self.content)


def refused(call: Call, code: str, message: str) -> bytes:
    """Write a call that the collector did not take, for the same file."""
    return _receipt(call.file, call.number, code, message, call.written)


def _receipt(file: Path, number: int, code: str, message: str, content: bytes) -> bytes:
    try:
        original = orjson.loads(content)
    except orjson.JSONDecodeError:
        original = content.decode("utf-8", "replace")
    told = {
        "file": str(file),
        "line": number,
        "code": code,
        "message": message,
        "original": original,
    }
    return orjson.dumps(told) + b"\n"
