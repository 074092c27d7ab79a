"""Taking back what a bad id has linked: its devices and its merged persons start again.

The bad id goes on the workspace's block list first and is deployed, so that no container links by it
or remembers that it did. Then the registers it touched are taken back, and their events, which the
lake has, are linked again without it. Nobody else's registers move.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater.identity.change_log import parent_of
from headwater.identity.forest import root
from headwater.ids import person_of_user
from headwater.ports import Table, WholeTable
from headwater.record import StoredEvent


@dataclass(frozen=True, slots=True)
class Affected:
    """The registers that blocked ids had a part in: devices, persons, and the users of those."""

    blocked: frozenset[str]
    devices: frozenset[str]
    persons: frozenset[str]
    users: frozenset[str]

    def concerns(self, event: StoredEvent) -> bool:
        """Whether the event is to be linked again: it shows one of the devices, or joins the users."""
        identity = event.identity
        if not self.devices.isdisjoint((identity.anonymous_id, identity.previous_id)):
            return True
        return event.type == "alias" and not self.users.isdisjoint(
            (identity.user_id, identity.previous_id)
        )


def affected(blocked: Iterable[str], table: Table) -> Affected:
    """Find what each blocked id has touched, as a device and as a user, by the change log's edges."""
    devices: set[str] = set()
    persons: set[str] = set()
    users: set[str] = set()
    for id_ in sorted(blocked):
        if table.get(f"A#{id_}", "O", consistent=True):
            devices.add(id_)
        devices |= {
            str(edge["sk"]).removeprefix("A#")
            for edge in table.query(f"U#{id_}", sk_prefix="A#", consistent=True)
        }
        top = root(person_of_user(id_), lambda person: parent_of(table, person))
        for person, names in _below(top, table):
            persons.add(person)
            users |= names
    return Affected(frozenset(blocked), frozenset(devices), frozenset(persons), frozenset(users))


def take_back(touched: Affected, table: WholeTable) -> None:
    """Clear the registers, and what was said under the blocked ids themselves.

    A device keeps its version, so that the lake hears of it in order.
    """
    for device in sorted(touched.devices):
        table.update(
            f"A#{device}",
            "O",
            update="SET v=v+:one REMOVE #o, ots, us",
            condition="attribute_exists(ots)",
            names={"#o": "owner"},
            values={":one": 1},
        )
    for person in sorted(touched.persons):
        item = table.get(f"P#{person}", "F", consistent=True)
        if item:
            table.delete(f"P#{person}", "F")
            table.delete(f"C#{item['parent']}", f"P#{person}")
    for id_ in sorted(touched.blocked):
        for pk in (f"T#u:{id_}", f"T#a:{id_}", f"W#{id_}"):
            for item in list(table.query(pk, consistent=True)):
                table.delete(pk, item["sk"])


def _below(person: str, table: Table) -> Iterator[tuple[str, frozenset[str]]]:
    """Walk down from a root: each absorbed person, and the users that its merge named."""
    for edge in table.query(f"C#{person}", consistent=True):
        child = str(edge["sk"]).removeprefix("P#")
        yield child, frozenset(edge["us"])
        yield from _below(child, table)
