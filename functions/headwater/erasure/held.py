"""Everything that is held of a person, for them to read: lines as they are stored, and a page that sums up.

JSONL objects by store under `exports/<request>/`, forgotten after seven days. What waits in a queue is
a copy of what is shown here, and is not borrowed for it. Who else used a device is not the person's to
read.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from headwater.erasure.files import Files, rows_of
from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import Whose
from headwater.erasure.objects import Objects, cleaned_or_gone, unpacked
from headwater.erasure.outside import Outside
from headwater.erasure.person import Person
from headwater.erasure.registers import Registers, judged, place, placed
from headwater.erasure.stores import EXPORTS, STORES, Store
from headwater.lake.keys import fingerprint
from headwater.lake.rewriting import connect, rewriter


def shown(ledger: Ledger, outside: Outside) -> bool:
    """Write down what each store holds of the person; False when time ended first."""
    whose = Whose.of(ledger.person)
    while ledger.job.step < len(STORES):
        store = STORES[ledger.job.step]
        began = ledger.job.after
        lines: list[Any] = []
        whole = True
        for at, found in _found(store, whose, ledger, outside):
            lines += found
            ledger.passed(at)
            if not outside.may_go_on():
                whole = False
                break
        if lines:
            key = f"{EXPORTS}{ledger.job.id}/{store.name}-{fingerprint([began])[:8]}.jsonl"
            outside.store.put(key, b"".join(map(_line, lines)))
        before = ledger.job.counts.get(store.name, {}).get("found", 0)
        counts = {**ledger.job.counts, store.name: {"found": before + len(lines)}}
        if not whole:
            ledger.save(counts=counts)
            return False
        ledger.save(counts=counts, step=ledger.job.step + 1, after="")
    outside.store.put(f"{EXPORTS}{ledger.job.id}/summary.md", _summary(ledger).encode())
    return True


def _found(
    store: Store, whose: Whose, ledger: Ledger, outside: Outside
) -> Iterator[tuple[str, Iterable[Any]]]:
    match store:
        case Objects(clean=clean, prefix=prefix) if clean is not None and prefix != EXPORTS:
            for entry in outside.store.list(prefix):
                if entry.key > ledger.job.after:
                    content, _ = unpacked(outside.store.get(entry.key))
                    yield entry.key, cleaned_or_gone(content, whose, clean).theirs
        case Files(prefix=prefix):
            with connect(outside.directory) as connection:
                for entry in outside.store.list(prefix):
                    if entry.key > ledger.job.after:
                        rows = rows_of(whose.person)
                        file = rewriter(
                            entry.key, outside.store, connection, outside.directory, rows
                        )
                        yield entry.key, file.theirs()
        case Registers():
            for item in outside.identity.scan(after=place(ledger.job.after)):
                yield placed(item), _their_part(item, whose.person)
        case _:
            return


def _their_part(item: Mapping[str, Any], person: Person) -> list[dict[str, Any]]:
    """Return the register without who else used the device; nothing where it is another's."""
    if judged(item, person) not in ("delete", "rename_user"):
        return []
    kind, _, name = str(item["pk"]).partition("#")
    if kind != "A" and name.removeprefix("u:").removeprefix("a:") not in person.ids:
        return []  # another's edge to a device of theirs
    part = {
        name: sorted(person.ids.intersection(value)) if name == "us" else value
        for name, value in item.items()
        if name != "owner" or value in person.ids
    }
    return [part]


def _line(content: Any) -> bytes:
    return orjson.dumps(content, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _summary(ledger: Ledger) -> str:
    person, job = ledger.person, ledger.job
    stores = "\n".join(
        f"- {name}: {counts['found']}" for name, counts in job.counts.items() if counts["found"]
    )
    return "\n".join(
        [
            "# What is held about you",
            "",
            f"Request {job.id}, asked {job.requested_at}. One file a store lies beside this page, one record a line.",
            "",
            "## What you are known by",
            "",
            *(f"- user id `{each}`" for each in person.users),
            *(f"- device `{each}`" for each in sorted(person.device_set)),
            *(f"- e-mail `{each}`" for each in person.emails),
            "",
            "## How many records, by store",
            "",
            stores or "- none",
            "",
            "The same event may be in several stores (as it arrived, in the archive, in the lake).",
            "",
        ]
    )
