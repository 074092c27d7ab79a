"""The load itself: what is not yet answered for, batch by batch, no faster than asked."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.load.batches import batches
from local.load.call import Call, Unusable
from local.load.ledger import Ledger
from local.load.sending import Importer

# Of a file: its calls in order.
Reader = Callable[[Path], Iterable[Call | Unusable]]


@dataclass(slots=True)
class Loaded:
    """What a load has done so far."""

    taken: int = 0
    refused: int = 0
    skipped: int = 0  # answered for by an earlier run
    lines: int = 0  # answered for, one way or the other


@dataclass(slots=True)
class Load:
    """What a load works with: where it sends, what it has sent, where it writes what was not taken."""

    importer: Importer
    ledger: Ledger
    rejected: Path
    events_a_second: float
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    said: Loaded = field(default_factory=Loaded)

    def run(self, files: Sequence[Path], reader: Reader) -> Iterator[Loaded]:
        """Load the files in their order, and say after each batch how far it got."""
        began, sent = self.monotonic(), 0
        for file in files:
            for batch in batches(self._calls(file, reader)):
                receipt = self.importer.send(batch)
                # First what was not taken, then the ledger: stopped between, it is told twice.
                self._tell(receipt.refused)
                self.ledger.note(file, batch[-1].number)
                self.said.taken += receipt.taken
                sent += len(batch)
                yield self.said
                ahead = sent / self.events_a_second - (self.monotonic() - began)
                if ahead > 0:
                    self.sleep(ahead)
            yield self.said

    def _calls(self, file: Path, reader: Reader) -> Iterator[Call]:
        done = self.ledger.done(file)
        last = 0
        for each in reader(file):
            self.said.lines += each.number != last  # a user's row may be two calls
            last = each.number
            if each.number <= done:
                self.said.skipped += 1
            elif isinstance(each, Unusable):
                self._tell([each.to_line()])
            else:
                yield each

    def _tell(self, lines: Sequence[bytes]) -> None:
        if not lines:
            return
        self.said.refused += len(lines)
        self.rejected.parent.mkdir(parents=True, exist_ok=True)
        with self.rejected.open("ab") as file:
            file.writelines(lines)
