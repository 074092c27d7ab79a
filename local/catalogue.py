"""Writes what the data sheets say into docs/destinations.md: `make docs`.

The page has two marked regions: a table of all types, and a paragraph for each. A test compares them
with the data sheets, so the page cannot lag behind the code.
"""

import inspect
import sys
import types
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from textwrap import fill
from typing import Any, Literal, Union, get_args, get_origin

from headwater.destination import EVENT_TYPES
from headwater.destination.sheet import AnyDestination
from headwater.destinations import DESTINATIONS
from pydantic import SecretStr
from pydantic.fields import FieldInfo

PAGE = Path(__file__).parents[1] / "docs" / "destinations.md"
_WIDTH = 130


def main() -> None:
    """Bring the page up to date."""
    page = PAGE.read_text()
    written = up_to_date(page)
    if written != page:
        PAGE.write_text(written)
    sys.stdout.write(f"{PAGE.name}: {len(DESTINATIONS)} types\n")


def up_to_date(page: str) -> str:
    """Return the page with its marked regions as the data sheets say."""
    sheets = [DESTINATIONS[slug] for slug in sorted(DESTINATIONS)]
    page = _replaced(page, "table", table(sheets))
    return _replaced(page, "types", "\n".join(map(paragraph, sheets)))


def _replaced(page: str, region: str, content: str) -> str:
    begin, end = f"<!-- make docs: {region} -->\n", f"<!-- end of {region} -->\n"
    before, rest = page.split(begin)
    return f"{before}{begin}{content}{end}{rest.split(end)[1]}"


def table(sheets: list[AnyDestination]) -> str:
    """Write one row a type: what it supports."""
    head = "type|calls|one request|a second|age|drops repeats by|regions|erases|also"
    rows = [head.split("|"), ["---"] * 9, *map(_row, sheets)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(sheet: AnyDestination) -> list[str]:
    everything = len(sheet.event_types) == len(EVENT_TYPES)
    also = [
        "gzip" if sheet.gzip else "",
        "advertising" if sheet.advertising else "",
        *(f"consent {category}" for category in sheet.consent),
    ]
    return [
        f"[`{sheet.slug}`](#{sheet.slug})",
        "all six" if everything else ", ".join(sheet.event_types),
        f"{sheet.max_events:,} items, {_size(sheet.max_bytes)}" if sheet.max_events > 1 else "1",
        f"{sheet.rate:g}" if sheet.rate else "–",
        _age(sheet.max_age),
        sheet.dedup or "–",
        _regions(sheet),
        "yes" if sheet.delete else "–",
        ", ".join(filter(None, also)) or "–",
    ]


def _size(count: int) -> str:
    return f"{count / 1_000_000:g} MB" if count >= 1_000_000 else f"{count // 1_000} kB"


def _age(age: timedelta | None) -> str:
    if age is None:
        return "any"
    hours = age.total_seconds() / 3600
    return f"{hours / 24:g} d" if hours % 24 == 0 and hours > 24 else f"{hours:g} h"


def _regions(sheet: AnyDestination) -> str:
    """Name the vendor's regions; an address of one's own is in any."""
    fields = sheet.settings.model_fields
    if "region" in fields:
        return ", ".join(_choices(fields["region"]))
    return "yours" if {"endpoint", "host", "url"} & fields.keys() else "one"


def paragraph(sheet: AnyDestination) -> str:
    """Write what a type's own file says of it: what becomes what, limits, settings."""
    module = inspect.getmodule(sheet.build)
    title, _, rest = inspect.cleandoc(module.__doc__ or "").partition("\n")
    about = " ".join(rest.split())
    settings = inspect.cleandoc(sheet.settings.__doc__ or "")
    fields = " · ".join(
        _setting(name, field) for name, field in sheet.settings.model_fields.items()
    )
    text = [
        f"### {sheet.slug}\n",
        _filled(f"**{title}** {about} [Documentation]({sheet.docs})"),
        _filled(f"Settings: {' '.join(settings.split())}"),
        _filled(fields),
    ]
    return "\n".join(text)


def _filled(text: str) -> str:
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def _setting(name: str, field: FieldInfo) -> str:
    """Say whether a setting is required, secret, and what it may be."""
    kinds = _parts(field.annotation)
    notes = [
        "required" if field.is_required() else "",
        "secret" if SecretStr in kinds else "",
        "/".join(_choices(field)),
        "a table" if any(get_origin(kind) is Mapping for kind in kinds) else "",
        _default(field.default) if not field.is_required() else "",
    ]
    said = ", ".join(filter(None, notes))
    return f"`{name}` ({said})" if said else f"`{name}`"


def _parts(annotation: Any) -> tuple[Any, ...]:
    """Return the parts of `X | None`, or the one there is."""
    union = get_origin(annotation) in (Union, types.UnionType)
    return get_args(annotation) if union else (annotation,)


def _choices(field: FieldInfo) -> tuple[str, ...]:
    literals = (part for part in _parts(field.annotation) if get_origin(part) is Literal)
    return tuple(str(choice) for part in literals for choice in get_args(part))


def _default(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if isinstance(value, str | int) and value != "" else ""


if __name__ == "__main__":
    main()
