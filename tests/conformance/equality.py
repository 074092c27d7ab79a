"""When two values of a request are one: times, numbers, and lists of one (README, "How to compare")."""

from datetime import datetime
from typing import Any


def equal(ours: Any, theirs: Any) -> bool:
    """Tell whether a vendor takes both for the same."""
    if isinstance(ours, list) and len(ours) == 1 and not isinstance(theirs, list):
        ours = ours[0]
    if ours is None or isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs if theirs is not None else False
    return bool(ours == theirs or _number(ours) == _number(theirs) or _instant(ours, theirs))


def _number(value: Any) -> float | str:
    try:
        return float(value)
    except (TypeError, ValueError):
        return f"not a number: {type(value)} {value}"


def _instant(ours: Any, theirs: Any) -> bool:
    """Tell whether two times are one, to the coarser one's precision (seconds at worst)."""
    one, other = _seconds(ours), _seconds(theirs)
    if one is None or other is None:
        return False
    whole = one == int(one) or other == int(other)
    return abs(one - other) < (1 if whole else 0.002)


def _seconds(value: Any) -> float | None:
    if isinstance(value, str) and value[:2] in ("19", "20") and "-" in value:
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            return None
    number = _number(value)
    if isinstance(number, str):
        return None
    for unit in (1_000_000, 1_000, 1):
        if 1e9 <= number / unit < 5e9:
            return number / unit
    return None
