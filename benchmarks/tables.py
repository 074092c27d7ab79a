"""The figures as tables in a terminal; each returns what it printed, as data."""

from collections.abc import Sequence
from typing import Any

from benchmarks.peers import BOTO3_PUT, BOTO3_START, PUBLISHED, PUBLISHED_STARTS, SIGNED_PUT
from benchmarks.starts import Start, slower
from benchmarks.warm import Measured

# The design's bars (14); those of time are scaled where they are used.
_PEAK_MEGABYTES = 120
_IMPORT_MILLISECONDS = 60


def warm(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """Print CPU milliseconds an event, floors, ratios, and the design's bars scaled to this machine."""
    slowness = measured[0].slowness
    print("\nCPU milliseconds an event, medians; each beside its floor in the same rounds")
    print(
        f"(boto3's put takes {slowness:.2f} times its {BOTO3_PUT} ms in the design: bars are scaled)\n"
    )
    print(f"{'':34}{'figure':>9}{'floor':>9}  {'which':14}{'× floor':>8}{'bar':>9}")
    figures = []
    for one in measured:
        ratio = one.figure.over(one.floor)
        bar = one.row.bar * slowness if one.row.bar else None
        print(
            f"{one.row.name:34}{_ms(one.figure.milliseconds)}{_ms(one.floor.milliseconds)}"
            f"  {one.row.floor_name:14}{_times(ratio)}{_bar(one.figure.milliseconds, bar)}"
        )
        figures.append(
            {
                "name": one.row.name,
                "cpu_ms_an_event": one.figure.milliseconds,
                "floor": one.row.floor_name,
                "floor_cpu_ms_an_event": one.floor.milliseconds,
                "times_floor": ratio,
                "bar_cpu_ms_an_event": bar,
            }
        )
    print(
        f"\nOthers, as published; NOT of this run: there boto3's put took {BOTO3_PUT} ms, the signed"
    )
    print(f"put {SIGNED_PUT} ms. Scaled: times {slowness:.2f}, for the eye only.\n")
    print(f"{'':52}{'published':>9}{'scaled':>9}")
    for name, milliseconds in PUBLISHED:
        print(f"{name:52}{_ms(milliseconds)}{_ms(milliseconds * slowness)}")
    return figures


def cold(starts: Sequence[Start], imports: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """Print CPU of a cold start: process, imports and first call, in milliseconds."""
    passed = starts[-1]
    print(
        "\nCold start: CPU milliseconds of runtime, imports and first call (awslambdaric, loopback)\n"
    )
    slowness = slower(starts[2].deployed, passed.deployed)
    bars = {starts[0].name: 450 * slowness}
    print(
        f"{'':34}{'deployed':>9}{'plain':>9}{'less the pass-through':>23}{'RSS MB':>8}  bar, deployed"
    )
    for start in starts:
        less = (start.deployed - passed.deployed, start.without_bytecode - passed.without_bytecode)
        print(
            f"{start.name:34}{start.deployed:9.0f}{start.without_bytecode:9.0f}"
            f"{less[0]:15.0f}{less[1]:8.0f}{start.megabytes:8.0f}"
            f"{_bar(start.deployed, bars.get(start.name))}"
        )
    print(
        f"\nThe design's bar for the lean put, 450 (goal 300) where boto3 alone takes {BOTO3_START},"
        f" is about {450 * slowness:.0f} (goal {300 * slowness:.0f}) here."
    )
    print(
        "`deployed`: function and layer carry bytecode (local.bytecode). `plain`: as `sam build` alone"
    )
    print("leaves them, each cold start compiles both. Published by others, elsewhere: ", end="")
    print(", ".join(f"{name} {milliseconds:.0f}" for name, milliseconds in PUBLISHED_STARTS) + ".")
    print("\nThe collector's imports by package, -X importtime, own milliseconds:")
    print("  " + ", ".join(f"{package} {milliseconds:.0f}" for package, milliseconds in imports))
    return {
        "starts": [
            {
                "name": start.name,
                "cpu_ms_deployed": start.deployed,
                "cpu_ms_without_bytecode": start.without_bytecode,
                "peak_mb": start.megabytes,
            }
            for start in starts
        ],
        "imports_ms": dict(imports),
    }


def memory(peaks: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
    """Print the collector's peak memory."""
    print(
        f"\nPeak memory of the collector's process, MB (bar {_PEAK_MEGABYTES}; gzip bombs at most 16 over one event)\n"
    )
    for name, megabytes in peaks:
        print(
            f"{name:52}{megabytes:9.0f}{megabytes - peaks[0][1]:+9.0f}{_bar(megabytes, _PEAK_MEGABYTES)}"
        )
    return [{"load": name, "peak_mb": megabytes} for name, megabytes in peaks]


def destinations(imports: Sequence[tuple[str, float]], slowness: float) -> list[dict[str, Any]]:
    """Print what importing destinations costs; a workspace loads only its own."""
    print(
        "\nImport of the destinations: CPU milliseconds, bytecode packed"
        f"\n(bar {_IMPORT_MILLISECONDS} over the registry; boto3's start takes {slowness:.2f} times its"
        f" {BOTO3_START} ms in the design: the bar is scaled)\n"
    )
    for name, milliseconds in imports:
        over = milliseconds - imports[0][1]
        bar = _bar(over, _IMPORT_MILLISECONDS * slowness)
        print(f"{name:52}{milliseconds:9.1f}{over:+9.1f}{bar}")
    return [
        {"imported": name, "milliseconds": milliseconds, "machine_slowness": slowness}
        for name, milliseconds in imports
    ]


def identity(found: Sequence[tuple[str, float, float | None]]) -> list[dict[str, Any]]:
    """Print what identity costs the table and the stitcher's memory."""
    print("\nIdentity\n")
    for name, figure, bar in found:
        print(f"{name:52}{figure:9.3f}{_bar(figure, bar)}")
    return [{"name": name, "figure": figure, "bar": bar} for name, figure, bar in found]


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:9.4f}" if milliseconds < 0.1 else f"{milliseconds:9.3f}"


def _times(ratio: float) -> str:
    # A floor that does nothing at all has no ratio worth reading.
    return f"{ratio:8.1f}" if ratio < 100 else f"{'':>8}"


def _bar(milliseconds: float, bar: float | None) -> str:
    if bar is None:
        return ""
    return f"{_ms(bar)} {'met' if milliseconds <= bar else 'MISSED'}"
