"""Every check, in the order in which it is worth mending what they find."""

from collections.abc import Callable, Iterator

from local.doctor import what_arrives, what_is_believed, what_returns
from local.doctor.examination import Examined
from local.doctor.finding import Finding
from local.doctor.the_way import the_way

# What loses events before what loses visitors, before what is only untidy.
CHECKS: tuple[Callable[[Examined], Finding], ...] = (
    what_arrives.scheme,
    what_arrives.body,
    what_arrives.query,
    what_arrives.authorization,
    what_arrives.preflight,
    what_arrives.gpc,
    what_arrives.origin,
    what_is_believed.cookies_arrive,
    what_is_believed.cookies_return,
    what_returns.cache,
    what_is_believed.address,
    what_is_believed.direct_door,
    what_is_believed.session_stays,
    what_returns.tag,
    what_returns.latency,
)


def diagnose(seen: Examined) -> Iterator[Finding]:
    """Judge what was seen, the most telling first; when the way itself is wrong, say only that."""
    way = list(the_way(seen))
    yield from way
    if any(found.verdict == "fail" for found in way):
        return
    for check in CHECKS:
        yield check(seen)
