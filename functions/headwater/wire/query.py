"""A query string as fields: bounded, decoded, the first value of a repeated name."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

MAX_FIELDS = 200


def fields(query: str) -> Mapping[str, str]:
    """Read the fields; a query with more of them than any client sends reads as empty."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
