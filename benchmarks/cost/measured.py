"""What an event weighs and what it takes, as measured: the figures that every bill is made of."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

# Of the machine and the day that it says: `make cost WRITE=1` measures anew and keeps the figures.
KEPT = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True)
class Measured:
    """Bytes and CPU milliseconds of one event; CPU is the measuring machine's, of one whole core."""

    measured_on: str
    stored_line_bytes: float  # in the stream, in spill/ and, plain, in the lake
    response_bytes: float  # body and headers of a reply
    request_log_bytes: float  # the collector's line, the metrics in it
    access_log_bytes: float  # API Gateway's line
    collect_ms: float  # a request of one event, its signed put on loopback included
    collect_more_ms: float  # each further event of the same request
    land_ms: float
    stitch_ms: float
    compact_ms: float
    compact_start_ms: float  # importing DuckDB and looking for work that is not there
    deliver_ms: float  # build one request for one destination
    gzipped_share: float  # of the plain line, in raw/ and archive/
    parquet_share: float  # of the plain line, in events/
    identity_read_units: float
    identity_write_units: float
    identity_bytes: float  # that an event adds to the table

    def save(self, path: Path = KEPT) -> None:
        """Keep the figures."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def kept(path: Path = KEPT) -> Measured:
    """Return the figures that were kept."""
    return Measured(**json.loads(path.read_text(encoding="utf-8")))


def lines(measured: Measured) -> list[str]:
    """Return the figures, one a line, for a terminal."""
    return [f"  {each.name:24}{_shown(getattr(measured, each.name))}" for each in fields(measured)]


def _shown(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:,.4g}" if value < 100 else f"{value:,.0f}"
