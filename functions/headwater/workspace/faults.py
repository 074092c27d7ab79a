"""What is wrong in a workspace file, in words that a site owner can act on: line, place, fault, remedy."""

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from headwater.toml_lines import Place, line_of, lines_of

_HASH_REMEDY = (
    "this is the SHA-256 of a key in 64 hex digits, never the key itself; to make a key and its hash: "
    "python3 -c 'import secrets, hashlib; k = secrets.token_urlsafe(24); "
    "print(k, hashlib.sha256(k.encode()).hexdigest())'"
)
_REMEDIES = {
    "origins": "an origin is scheme and host, without a path: https://shop.example",
    "write_keys": "a browser's key has 8 to 128 printable characters and no colon",
    "write_key_sha256": _HASH_REMEDY,
    "secret_sha256": _HASH_REMEDY,
    "prefix": 'a path such as "/ev", without a slash at its end; "" for none',
    "id": "small letters, digits, - and _, beginning with a letter, 40 at most",
    "type": "small letters, digits, - and _, beginning with a letter, 40 at most",
    "secrets": 'the name of a secret: "secret:NAME"',
    "own_hosts": "a host in small letters, without a scheme: shop.example",
}


def faults_of(error: ValidationError, model: type[BaseModel], text: str) -> tuple[str, ...]:
    """Say every fault as `line: place: fault`, in the order of the lines; no value is repeated."""
    lines = lines_of(text)
    faults = error.errors(include_url=False, include_input=False)
    told = [
        (line_of(lines, fault["loc"]) or 1, _place(fault["loc"]), _said(fault, model))
        for fault in faults
        if not (fault["type"] == "too_short" and _is_of_its_items(fault["loc"], faults))
    ]
    return tuple(f"{line}: {place}: {said}" for line, place, said in sorted(told))


def _is_of_its_items(loc: Place, faults: list[ErrorDetails]) -> bool:
    """Tell a list that is empty only because each of its items is wrong."""
    return any(other["loc"][: len(loc)] == loc and other["loc"] != loc for other in faults)


def _place(loc: Place) -> str:
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return written.removeprefix(".") or "the file"


def _said(fault: ErrorDetails, model: type[BaseModel]) -> str:
    loc = fault["loc"]
    name = next((part for part in reversed(loc) if isinstance(part, str)), "")
    match fault["type"]:
        case "extra_forbidden":
            return _unknown(name, _known(model, loc[:-1]))
        case "missing":
            return f"is missing: write {name} = …"
        case "value_error":
            return fault["msg"].removeprefix("Value error, ")
        case "string_pattern_mismatch" if name in _REMEDIES:
            return f"is not as it must be: {_REMEDIES[name]}"
    return fault["msg"]


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"there is no such key; {meant}(known here: {', '.join(known)})"


def _known(model: type[BaseModel], loc: Place) -> tuple[str, ...]:
    """Return the keys of the part that the place is in."""
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            inner = next(_models(model.model_fields[part].annotation), None)
            if inner is None:
                return ()
            model = inner
    # A workspace's name is its file's.
    return tuple(name for name in model.model_fields if name != "name")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
