"""The identity table without a person: the whole of it is read, so that no edge has to be trusted.

Ten million persons are some nine thousand pages, seven minutes and thirty cents. The merge forest stays
sound: all of a component is one person, so it goes as a whole. A device of others keeps how many users
it has seen, or it would stop being shared: the person's place among them is taken by a random name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import Whose
from headwater.erasure.outside import Outside
from headwater.erasure.person import Person
from headwater.errors import DependencyError
from headwater.ports import WholeTable

NAME = "identity"
_TRIES = 8
# A note of the way costs a write; between two of them the way is gone again.
_NOTE_EVERY = 20_000

type Verdict = Literal["keep", "delete", "rename_user", "forget_place"]


@dataclass(frozen=True, slots=True)
class Registers:
    """The identity table."""

    name: str = NAME

    def run(self, ledger: Ledger, whose: Whose, outside: Outside) -> bool:
        """Clean what is left of the table; False when time ended first."""
        person, table = whose.person, outside.identity
        for number, item in enumerate(table.scan(after=place(ledger.job.after)), 1):
            if not outside.may_go_on():
                return False
            key = placed(item)
            verdict = judged(item, person)
            if verdict != "keep":
                _apply(verdict, item, key, ledger, person, table)
            # The next writing of the ledger says so too; between two of ours, only the memory knows.
            ledger.passed(key)
            if number % _NOTE_EVERY == 0:
                ledger.save()
                outside.show(self.name, number, number + _NOTE_EVERY)
        return True


def placed(item: Mapping[str, Any]) -> str:
    """Return an item's place in the table, as the ledger keeps it."""
    return orjson.dumps([item["pk"], item["sk"]]).decode()


def place(after: str) -> tuple[str, str] | None:
    """Read a place of the ledger's; None is the beginning."""
    if not after:
        return None
    pk, sk = orjson.loads(after)
    return pk, sk


def judged(item: Mapping[str, Any], person: Person) -> Verdict:
    """Tell what becomes of an item; the keys are those of `identity.store` and `identity.change_log`."""
    pk, sk = str(item["pk"]), str(item["sk"])
    kind, _, name = pk.partition("#")
    told, _, other = sk.partition("#")
    match kind:
        case "A":
            if name in person.device_set:
                return "delete"
            return "keep" if person.user_set.isdisjoint(item.get("us", ())) else "rename_user"
        case "U":
            gone = name in person.user_set or (told == "A" and other in person.device_set)
        case "T":
            gone = name in _nodes(person)
        case "W":
            gone = name in person.user_set or other in person.ids
        case "P":
            gone = name in person.persons
        case "C":
            gone = name in person.persons or other in person.persons
        case "S":
            return "forget_place" if _names(item, person) else "keep"
        case _:
            return "keep"
    return "delete" if gone else "keep"


def _nodes(person: Person) -> frozenset[str]:
    return frozenset(
        (*(f"u:{user}" for user in person.users), *(f"a:{each}" for each in person.device_set))
    )


def _names(item: Mapping[str, Any], person: Person) -> bool:
    """Tell whether the snapshot stopped at an item of the person's."""
    after = orjson.loads(item["told"]).get("after") or ()
    parts = {part for text in after for part in (text, text[2:], text[4:], text.partition("#")[2])}
    return not person.ids.isdisjoint(parts)


def _apply(
    verdict: Verdict,
    item: Mapping[str, Any],
    key: str,
    ledger: Ledger,
    person: Person,
    table: WholeTable,
) -> None:
    pk, sk = str(item["pk"]), str(item["sk"])

    def change() -> None:
        if verdict == "delete":
            table.delete(pk, sk)
        elif verdict == "rename_user":
            _rename_user(pk, sk, person, table)
        else:
            _forget_place(item, table)

    ledger.effect(key, NAME, {"objects": 1}, change)


def _rename_user(pk: str, sk: str, person: Person, table: WholeTable) -> None:
    """Put a random name in the person's place; the owner too, where the device is shared."""
    for _ in range(_TRIES):
        item = table.get(pk, sk, consistent=True)
        users = frozenset(item.get("us", ())) if item else frozenset()
        if item is None or person.user_set.isdisjoint(users):
            return
        named = {person.instead_of(each) if each in person.user_set else each for each in users}
        owner = item.get("owner")
        theirs = owner in person.user_set
        written = table.update(
            pk,
            sk,
            update="SET us=:us, v=v+:one" + (", #o=:owner" if theirs else ""),
            condition="v=:seen",
            names={"#o": "owner"} if theirs else {},
            values={
                ":us": named,
                ":one": 1,
                ":seen": item["v"],
                **({":owner": person.instead_of(str(owner))} if theirs else {}),
            },
        )
        if written.applied:
            return
    raise DependencyError("a device register changed under every one of our writes")


def _forget_place(item: Mapping[str, Any], table: WholeTable) -> None:
    """Have the snapshot go on without the place it stopped at: whole as it is, or from the beginning."""
    told = orjson.loads(item["told"])
    told["after"] = None
    if not told["whole"]:
        told["parts"] = 0
    table.update(
        str(item["pk"]),
        str(item["sk"]),
        update="SET told=:told",
        condition=None,
        names={},
        values={":told": orjson.dumps(told).decode()},
    )
