"""Which known users are one person: a forest whose roots are the smallest person ids.

A parent is written once, on a root only, and is always smaller. So there are no cycles, and when
all is quiet each root is the minimum of its component, whatever the order of the unions. Ids are
hashes, so linking by id is linking by random order: chains stay logarithmic (Jayanti and Tarjan,
doi 10.1007/s00446-020-00388-x), and path compression is not needed.
"""

from collections.abc import Callable

from headwater.errors import DependencyError

# Far beyond any chain of hashed ids; a longer one means the table is not what we wrote.
MAX_STEPS = 256


def root(person_id: str, parent_of: Callable[[str], str | None]) -> str:
    """Follow the parents to the person that stands for the whole component.

    Raises `DependencyError` when the table holds a chain that does not end or does not descend.
    """
    start = person_id
    for _ in range(MAX_STEPS):
        parent = parent_of(person_id)
        if parent is None:
            return person_id
        if parent >= person_id:
            break
        person_id = parent
    raise DependencyError(f"the forest of merged persons is broken above {start}")
