"""The rows, measured by turns with their floors."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.cases import Row, rows
from benchmarks.measure import Figure, measure
from benchmarks.peers import BOTO3_PUT


@dataclass(frozen=True)
class Measured:
    """A row with its figure, its floor's, and by how much this machine is slower than the design's."""

    row: Row
    figure: Figure
    floor: Figure
    slowness: float


def warm(environment: Mapping[str, str], *, rounds: int) -> list[Measured]:
    """Measure every row."""
    made = list(rows(environment))
    figures = measure([case for row in made for case in (row.floor, row.case)], rounds=rounds)
    puts = [figures[row.floor.name] for row in made if row.floor_name == "boto3's put"]
    slowness = median(puts[0].rounds) / BOTO3_PUT
    return [
        Measured(row, figures[row.case.name], figures[row.floor.name], slowness) for row in made
    ]
