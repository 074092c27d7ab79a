"""The objects under a prefix, cleaned one by one in key order, each in place under its own key."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from headwater.erasure.ledger import Ledger
from headwater.erasure.lines import Cleaned, Whose
from headwater.erasure.mentions import mentioned
from headwater.erasure.outside import Outside

type Clean = Callable[[bytes, Whose], Cleaned]

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Objects:
    """A prefix, and how the content of its objects is cleaned. None: all of them go."""

    name: str
    prefix: str
    clean: Clean | None

    def run(self, ledger: Ledger, whose: Whose, outside: Outside) -> bool:
        """Clean what is left of the prefix; False when time ended first."""
        listed = [entry.key for entry in outside.store.list(self.prefix)]
        for number, key in enumerate(listed, 1):
            if key <= ledger.job.after:
                continue
            if not outside.may_go_on():
                return False
            outside.show(self.name, number, len(listed))
            self._clean_object(key, ledger, whose, outside)
            ledger.passed(key)
        return True

    def _clean_object(self, key: str, ledger: Ledger, whose: Whose, outside: Outside) -> None:
        store = outside.store
        if self.clean is None:
            ledger.effect(key, self.name, {"objects": 1}, lambda: store.delete(key))
            return
        if not any(entry.key == key for entry in store.list(key)):
            return  # moved on since it was listed: where to, is looked at later
        body = store.get(key)
        content, packed = unpacked(body)
        cleaned = cleaned_or_gone(content, whose, self.clean)
        if not cleaned.changed:
            return
        left = cleaned.body

        def change() -> None:
            if left is None:
                store.delete(key)
            else:
                store.put(key, gzip.compress(left, mtime=0) if packed else left)

        ledger.effect(key, self.name, counted(cleaned), change)


def unpacked(body: bytes) -> tuple[bytes, bool]:
    """Return the content of an object, and whether it was gzipped; a broken one is read as it is."""
    if body.startswith(_GZIP):
        try:
            return gzip.decompress(body), True
        except (OSError, EOFError, zlib.error):
            return body, False
    return body, False


def cleaned_or_gone(content: bytes, whose: Whose, clean: Clean) -> Cleaned:
    """Clean the content; what no reader of ours can take apart goes when it holds an id."""
    try:
        return clean(content, whose)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        gone = mentioned(content, whose.person)
        return Cleaned(None if gone else content, int(gone))


def counted(cleaned: Cleaned, *, objects: int = 1) -> Mapping[str, int]:
    """Say what was found, by numbers alone."""
    return {"objects": objects, "found": cleaned.found, "mentions": cleaned.mentions}
