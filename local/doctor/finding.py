"""What a check found, and what mends it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `remedy` says what to change, and is empty when all is well."""

    check: str
    verdict: Literal["ok", "warn", "fail"]
    what: str
    remedy: str = ""
