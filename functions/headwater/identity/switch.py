"""Making the live table say what a rebuilt one says, register by register, while events go on."""

from collections.abc import Mapping
from typing import Any

from headwater.ports import WholeTable

# What events make. Edges and the snapshot's place belong to the change log, which writes them anew.
REGISTERS = ("A#", "P#", "T#", "W#")

_KEYS = frozenset({"pk", "sk"})
# A version says which write was the later one; the numbers of two tables mean nothing to each other.
_VERSIONS = frozenset({"v", "ver"})


def differences(live: WholeTable, rebuilt: WholeTable) -> dict[tuple[str, str], bool]:
    """Return the registers that differ, True where the rebuilt table has one and False where not."""
    differing: dict[tuple[str, str], bool] = {}
    for item in rebuilt.scan():
        found = live.get(item["pk"], item["sk"], consistent=True)
        if _is_register(item) and _says(found) != _says(item):
            differing[item["pk"], item["sk"]] = True
    for item in live.scan():
        key = (item["pk"], item["sk"])
        if not _is_register(item) or key in differing or _was_taken_back(item):
            continue
        if rebuilt.get(*key, consistent=True) is None:
            differing[key] = False
    return differing


def switch(key: tuple[str, str], live: WholeTable, rebuilt: WholeTable) -> None:
    """Make one register of the live table say what the rebuilt one says; its version moves on."""
    old = live.get(*key, consistent=True) or {}
    new = rebuilt.get(*key, consistent=True)
    if new is None and not key[0].startswith("A#"):
        live.delete(*key)
        return
    wanted = {name: value for name, value in (new or {}).items() if name not in _KEYS | _VERSIONS}
    for name in _VERSIONS:
        if name in old or (new is not None and name in new):
            wanted[name] = max(int(old.get(name, 0)), int((new or {}).get(name, 0))) + 1
    gone = sorted(old.keys() - wanted.keys() - _KEYS)
    names = {f"#n{at}": name for at, name in enumerate([*wanted, *gone])}
    number = {name: placeholder for placeholder, name in names.items()}
    update = "SET " + ", ".join(f"{number[name]}=:v{at}" for at, name in enumerate(wanted))
    if gone:
        update += " REMOVE " + ", ".join(number[name] for name in gone)
    live.update(
        *key,
        update=update,
        condition=None,
        names=names,
        values={f":v{at}": wanted[name] for at, name in enumerate(wanted)},
    )


def _says(item: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a register says, without its versions and the message that happened to say it."""
    return {
        name: value
        for name, value in (item or {}).items()
        if name not in _VERSIONS | _KEYS | {"mid", "k"}
    }


def _was_taken_back(item: Mapping[str, Any]) -> bool:
    """Tell a device that keeps its version and says nothing more."""
    return item["pk"].startswith("A#") and "ots" not in item


def _is_register(item: Mapping[str, Any]) -> bool:
    return str(item["pk"]).startswith(REGISTERS)
