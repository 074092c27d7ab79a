"""The JSON Schema that a plan may speak, compiled, with limits on what an event can make it cost.

Segment's dialect is draft-07 (docs/protocols, read 2026-11-27); `$schema` may name another draft.
Patterns run on a matcher of linear time, without look-around and back-references, so no event can make
one backtrack. `format` is checked in every draft. Nothing is ever fetched: a `$ref` stays in its rule.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import Validator

DRAFT = "http://json-schema.org/draft-07/schema#"
# What one pattern may take up once compiled, in bytes.
_MAX_PATTERN_BYTES = 1024 * 1024


def compiled(schema: Mapping[str, Any]) -> "Validator":
    """Compile a schema; raises `ValueError`, with the reason in its first line, when it is none."""
    # Here, because 15 MB of machine code would be part of every cold start, with a plan or without.
    import jsonschema_rs

    return jsonschema_rs.validator_for(
        {"$schema": DRAFT, **schema},
        validate_formats=True,
        ignore_unknown_formats=False,
        offline=True,
        pattern_options=jsonschema_rs.RegexOptions(size_limit=_MAX_PATTERN_BYTES),
    )


def fault_of(schema: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    """Return where in the schema its fault is, and what it is; None when it compiles."""
    try:
        compiled(schema)
    except ValueError as error:
        place = tuple(str(step) for step in getattr(error, "instance_path", ()))
        return place, str(error).partition("\n")[0]
    return None
