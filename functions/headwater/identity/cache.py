"""A bounded memory of what was last seen in the table."""

from collections import OrderedDict


class Cache[Value]:
    """The least recently used entries leave first. Nothing here ever needs invalidating.

    Registers move one way only, so an old entry can cause a write that its condition refuses, but
    never a wrong decision that there is nothing to write (the identity reference, B.2).
    """

    def __init__(self, max_entries: int) -> None:
        self._entries: OrderedDict[str, Value] = OrderedDict()
        self._max_entries = max_entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Value | None:
        """Return the entry, if it is still here."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def put(self, key: str, value: Value) -> None:
        """Remember the entry, forgetting the one that was not asked for longest."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
