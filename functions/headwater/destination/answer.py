"""Reading what a vendor answered: any bytes at all."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from headwater.destination.result import MAX_DETAIL_CHARACTERS, Result
from headwater.outcomes import Verdict
from headwater.ports import HttpResponse


def said(answer: HttpResponse) -> Any:
    """Return the answer's JSON, or None for what is none."""
    try:
        return orjson.loads(answer.body)
    except ValueError:
        return None


def accepted(answer: HttpResponse) -> bool:
    """Tell a yes."""
    return 200 <= answer.status < 300


def refusals(
    answer: HttpResponse, listed: Callable[[Any], Iterable[tuple[str, Any, str, Any]]]
) -> Mapping[tuple[str, int], Result] | None:
    """Read which items of a batch were refused for good; None when the answer does not say it so.

    `listed` finds them in the answer's JSON: list name, place in it, a short reason, what was said.
    """
    try:
        return {
            (name, int(place)): Result(Verdict.DROP, reason, str(detail)[:MAX_DETAIL_CHARACTERS])
            for name, place, reason, detail in listed(said(answer))
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
