"""The lines of an object without a person: theirs go, or lose their name; others' lose the mention."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from headwater.erasure.mentions import mentioned, without_mentions
from headwater.erasure.namelessness import nameless
from headwater.erasure.ownership import names_somebody, owns_change, owns_event
from headwater.erasure.person import Person
from headwater.record import REJECTED_MARK


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of some content, and what of the person was in it.

    `body` is None where nothing is left; `found` counts their own, `mentions` what named them in passing.
    """

    body: bytes | None = field(repr=False)
    found: int = 0
    mentions: int = 0
    theirs: tuple[Any, ...] = field(repr=False, default=())

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.found or self.mentions)


@dataclass(frozen=True, slots=True)
class OfOthers:
    """A line that is somebody else's and named the person, as it is without that."""

    content: Any = field(repr=False)


# What a line becomes: None when it is the person's and goes, another object when it stays nameless.
type Judge = Callable[[Any, "Whose"], Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose lines are looked for, and whether events go on to count."""

    person: Person = field(repr=False)
    counting: bool = False
    needles: tuple[bytes, ...] = field(repr=False, default=())

    @classmethod
    def of(cls, person: Person, *, counting: bool = False) -> "Whose":
        """Prepare the search: JSON may write an id in two ways, and most lines hold it in none."""
        written = {
            form
            for id_ in person.ids
            for form in (
                id_.encode("utf-8", "surrogatepass"),
                json.dumps(id_)[1:-1].encode(),
                json.dumps(id_, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass"),
            )
        }
        return cls(person, counting, tuple(sorted(written)))

    def may_be_in(self, content: bytes) -> bool:
        """Tell quickly that the person is not in it; True only means that it must be read."""
        return any(needle in content for needle in self.needles)


def clean(body: bytes, whose: Whose, judge: Judge) -> Cleaned:
    """Judge each line by what it says; one that cannot be read goes when it holds an id."""
    if not whose.may_be_in(body):
        return Cleaned(body)
    kept: list[bytes] = []
    theirs: list[Any] = []
    mentions = 0
    for line in body.split(b"\n"):
        if not line or not whose.may_be_in(line):
            kept.append(line)
            continue
        left, own, other = _clean_line(line, whose, judge)
        mentions += other
        if own is not None:
            theirs.append(own)
        if left is not None:
            kept.append(left)
    text = b"\n".join(kept)
    return Cleaned(text if text.strip(b"\n") else None, len(theirs), mentions, tuple(theirs))


def _clean_line(line: bytes, whose: Whose, judge: Judge) -> tuple[bytes | None, Any, int]:
    """Return what is left of the line, what of it was the person's, and whether it named them."""
    mark = REJECTED_MARK if line.startswith(REJECTED_MARK) else b""
    try:
        content = orjson.loads(line.removeprefix(mark))
    except orjson.JSONDecodeError:
        text = line.decode("utf-8", "backslashreplace")
        return (None, text, 0) if mentioned(line, whose.person) else (line, None, 0)
    left = judge(content, whose)
    if left is None:
        return None, content, 0
    if isinstance(left, OfOthers):
        return mark + orjson.dumps(without_mentions(left.content, whose.person)), None, 1
    own = None
    if left is not content:
        own = content  # it stays under another name
    scrubbed = without_mentions(left, whose.person)
    if own is None and scrubbed == content:
        return line, None, 0
    return mark + orjson.dumps(scrubbed), own, int(own is None)


def stored_event(content: Any, whose: Whose) -> Any:
    """Judge a stored or rejected line: of the person's own only what counts is left, if anything."""
    if not isinstance(content, Mapping):
        return content
    if "original" in content and "code" in content:
        return rejected_event(content, whose)
    if not owns_event(content, whose.person):
        return content
    return nameless(content, whose.person) if whose.counting else None


def rejected_event(content: Any, whose: Whose) -> Any:
    """Judge a rejected line by the event in it, whatever form that has."""
    return None if _theirs(content.get("original"), whose.person) else content


def undelivered_event(content: Any, whose: Whose) -> Any:
    """Judge a line of `undeliverable/`: a copy on its way to a vendor goes, also where events count."""
    event = content.get("event", content) if isinstance(content, Mapping) else content
    return None if _theirs(event, whose.person) else content


def set_aside(content: Any, whose: Whose) -> Any:
    """Judge a line of `failed/`: what could not be read is kept as text, with the fault's own words."""
    if not isinstance(content, Mapping) or not isinstance(content.get("line"), str):
        return None if _theirs(content, whose.person) else content
    if mentioned(str(content.get("reason")).encode("utf-8", "surrogatepass"), whose.person):
        return None
    inner = content["line"].encode("utf-8", "surrogatepass")
    left = clean(inner, whose, lambda said, _: None if _theirs(said, whose.person) else said)
    if not left.changed:
        return content
    return None if left.body is None else OfOthers({**content, "line": left.body.decode()})


def identity_change(content: Any, whose: Whose) -> Any:
    """Judge a row of `identity_changes/`."""
    theirs = isinstance(content, Mapping) and owns_change(content, whose.person)
    return None if theirs else content


def _theirs(content: Any, person: Person) -> bool:
    """Tell whether an object is the person's: by its own ids, or where it has none by those in it."""
    if isinstance(content, list):
        return any(_theirs(inner, person) for inner in content)
    if not isinstance(content, Mapping):
        return False
    if names_somebody(content):
        return owns_event(content, person)
    return any(_theirs(inner, person) for inner in content.values())
