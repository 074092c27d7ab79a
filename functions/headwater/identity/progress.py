"""How far into a batch everything has been done."""

from collections.abc import Callable, Iterable

from headwater.errors import DependencyError
from headwater.identity.fold import Fact


class Progress:
    """The first fault of a service ends the batch at the record that needed it, for every stage.

    Each stage goes through its work in the order of the first record that needs it. So when a stage
    returns, all that the records before `end` need of it has been done.
    """

    def __init__(self, records: int) -> None:
        self.end = records
        self.fault = ""

    def each[Said](self, work: Iterable[Fact[Said]], do: Callable[[Said], object]) -> None:
        """Do the work up to `end`; a fault moves `end` there and is kept as text."""
        for fact in work:
            if fact.first >= self.end:
                return
            try:
                do(fact.said)
            except DependencyError as error:
                self.end, self.fault = fact.first, str(error)
