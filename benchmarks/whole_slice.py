"""The largest slice a compactor takes, on a date that has one already: `python -m benchmarks.whole_slice`.

Its lines are made-up events with ids and a text that nobody else has, so that they compress about as
badly as real ones do. Memory is the compactor's own process; disk is what its directory held at most.
"""

import argparse
import base64
import gzip
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from headwater.lake.compaction import SLICE_BYTES

from benchmarks.lake import UNTIL, compact
from local.generate.directory import DirectoryStore
from local.generate.events import generate

# What template.yaml gives the compactor.
_MEMORY_MB, _DISK_MB = 3_008, 5_120
_OBJECT_LINES = 30_000
_DUPLICATES = 0.02
_POLL_SECONDS = 0.2


def main() -> int:
    """Land two slices of one date, compact the first, then the second and measure that."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole_slice", description=__doc__)
    parser.add_argument("--bytes", type=int, default=SLICE_BYTES, help="of gzipped lines a slice")
    parser.add_argument("--compact", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.compact:
        print(_compact(options.compact))
        return 0
    with TemporaryDirectory() as directory:
        bucket = Path(directory)
        objects = _objects(Random(1))
        for which in ("first", "second"):
            lines, plain, size = _land(bucket, objects, options.bytes)
            began = time.monotonic()
            rows, peak_mb, disk_mb = _measured(bucket)
            seconds = time.monotonic() - began
            print(
                f"{which} slice of the date: {lines:,} lines, {size / 1e6:,.0f} MB gzipped, "
                f"{plain / 1e6:,.0f} MB plain\n"
                f"  {rows:,} rows in {seconds:.0f} s, {peak_mb:,.0f} of {_MEMORY_MB:,} MB memory, "
                f"{disk_mb:,.0f} of {_DISK_MB:,} MB disk"
            )
    return 0


def _objects(random: Random) -> Iterator[bytes]:
    """Make the plain content of one raw object after another; some lines come twice."""
    samples = [
        (event.to_line(), event.message_id.encode(), (event.anonymous_id or "-none-").encode())
        for event in generate(events=2_000, days=1, seed=1, until=UNTIL)
        if event.received_at >= UNTIL - timedelta(days=1)
    ]
    among = cycle(samples)
    while True:
        lines: list[bytes] = []
        for _ in range(_OBJECT_LINES):
            if lines and random.random() < _DUPLICATES:
                lines.append(random.choice(lines))
                continue
            line, message_id, anonymous_id = next(among)
            text = base64.b64encode(random.randbytes(90))
            line = line.replace(message_id, _uuid(random)).replace(anonymous_id, _uuid(random))
            lines.append(line.replace(b'"properties":{', b'"properties":{"t":"%b",' % text, 1))
        yield b"".join(lines).replace(b",}", b"}")


def _uuid(random: Random) -> bytes:
    return str(UUID(int=random.getrandbits(128), version=4)).encode()


def _land(bucket: Path, objects: Iterator[bytes], most: int) -> tuple[int, int, int]:
    """Write one slice's objects; return its lines, and its bytes plain and gzipped."""
    lines = plain = size = 0
    store = DirectoryStore(bucket)
    for number in count():
        content = next(objects)
        written = gzip.compress(content, compresslevel=6, mtime=0)
        if size + len(written) > most:
            break
        store.put(
            f"raw/dt={UNTIL - timedelta(days=1):%Y-%m-%d}/hr=12/{number:06d}.ndjson.gz", written
        )
        lines, plain, size = lines + content.count(b"\n"), plain + len(content), size + len(written)
    return lines, plain, size


def _measured(bucket: Path) -> tuple[int, float, float]:
    """Compact in a process of its own; return rows, and its peaks of memory and disk in MB."""
    command = [sys.executable, "-m", "benchmarks.whole_slice", "--compact", str(bucket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as compactor:
        most = 0
        while compactor.poll() is None:
            most = max(most, _held(bucket / "work"))
            time.sleep(_POLL_SECONDS)
        rows, peak = compactor.stdout.read().split() if compactor.stdout else ("0", "0")
    if compactor.returncode:
        raise SystemExit("the compactor failed: see above")
    return int(rows), int(peak) / 1024, most / 1e6


def _held(directory: Path) -> int:
    found = 0
    for path in directory.rglob("*"):
        try:
            found += path.stat().st_blocks * 512
        except FileNotFoundError:  # it was just removed
            continue
    return found


def _compact(bucket: Path) -> str:
    rows, _ = compact(bucket)
    return f"{rows} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}"


if __name__ == "__main__":
    sys.exit(main())
