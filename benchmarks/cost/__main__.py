"""Print what Headwater costs a month: `make cost`, `make cost EVENTS=250M`, `make cost WRITE=1`.

Measures this machine first, in half a minute. `WRITE=1` keeps the figures and writes the tables of
README.md and docs/cost.md from them; `KEPT=1` measures nothing and uses the figures that are kept.
"""

import argparse
import os
import re
from collections.abc import Iterator, Mapping

from benchmarks.__main__ import environment
from benchmarks.cost import page, prices
from benchmarks.cost.bill import Assumed, bill, charged
from benchmarks.cost.measured import Measured, kept
from benchmarks.cost.stack import access_log_format, stack
from benchmarks.sink import sink

_SCALE = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9}


def main() -> None:
    """Measure, print the bill, and write it into the docs when asked."""
    parser = argparse.ArgumentParser(prog="make cost", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=number, help="a month, as in 250M; the four usual ones")
    parser.add_argument("--batch", type=float, default=1.0, help="events a request (1)")
    parser.add_argument("--destinations", type=int, default=1, help="every event goes to (1)")
    parser.add_argument("--kept", action="store_true", help="measure nothing: use what is kept")
    parser.add_argument("--write", action="store_true", help="keep the figures and write the docs")
    asked = parser.parse_args()

    measured = kept() if asked.kept else _measured()
    if asked.write:
        measured.save()
        page.write(page.months(measured, stack(), Assumed()))
    assumed = Assumed(events_a_request=asked.batch, destinations=asked.destinations)
    traffic = page.TRAFFIC if asked.events is None else {"idle": 0.0, "asked": asked.events}
    for line in _report(measured, assumed, traffic):
        print(line)


def number(written: str) -> float:
    """Read 1000000, 250M or 10B."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMB]?)", written.strip().upper()):
        return float(found[1]) * _SCALE[found[2]]
    raise argparse.ArgumentTypeError(f"not a number of events: {written!r}; as in 250M")


def _measured() -> Measured:
    from benchmarks.cost.measure import measure

    print("Measuring an event on this machine, half a minute …", flush=True)
    with sink() as endpoint:
        os.environ.update(environment(endpoint))
        return measure(environment(endpoint), access_log_format())


def _report(measured: Measured, assumed: Assumed, traffic: Mapping[str, float]) -> Iterator[str]:
    of = page.months(measured, stack(), assumed, traffic)
    yield from page.assumptions(assumed, measured)
    yield f"\nDollars a month, {prices.REGION}, prices compared {prices.COMPARED_ON} (docs/cost.md says with what), AWS's always-free allowances off\n"
    yield from page.every_part(of)
    yield ""
    yield from page.summary(of)
    idle = page.totals(next(iter(of.values())))
    shard = idle[page.SHARD]
    rest = sum(idle.values()) - shard
    yield f"\nIdle: {shard + rest:.2f}, of which the shard {shard:.2f} and all the rest {rest:.2f}:\n"
    lines = bill(next(iter(of.values())))
    listed = charged(lines, allowance=False)
    for (line, dollars), (_, full) in zip(charged(lines, allowance=True), listed, strict=True):
        if line.units:
            yield (
                f"  {line.part:24}{line.units:>14,.2f} {line.what:26}"
                f"{dollars:>8.2f}  ({full:.2f} at list)"
            )
    yield "\nOthers, as they publish it, and Headwater at the same traffic\n"
    yield from page.others(next(reversed(of.values())))


if __name__ == "__main__":
    main()
