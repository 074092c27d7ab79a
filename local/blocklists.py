"""Which of our addresses blocklists block: `LISTS=easyprivacy.txt make blocklists`.

    .tools/blocklists/bin/python -m local.blocklists easylist.txt easyprivacy.txt

Not to get around a person's choice: a list that names a site's host has its way. It is to know that
the defaults are not caught by rules written for others, and to keep docs/first-party.md true of those
that are. The lists are not ours to ship, so they are given; the engine is Brave's (PyPI `adblock`), in
an environment of its own.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import adblock  # type: ignore[import-not-found]  # in .tools/blocklists only

PREFIX = "/ev"
# Some rules hold for `.com` alone.
SITES = ("https://shop.example", "https://www.tea-house.com")

# As our tag and Segment's own clients send: path, and the kind of request as lists name it.
DEFAULTS: tuple[tuple[str, str], ...] = (
    *((f"/v1/{name}", kind) for name in "tpigasb" for kind in ("xmlhttprequest", "ping")),
    *((f"/v1/{name}", "xmlhttprequest") for name in ("track", "page", "identify", "batch", "m")),
    *((f"/v1/{name}", "xmlhttprequest") for name in ("optout", "consent", "reset")),
    ("/v1/projects/key/settings", "xmlhttprequest"),
    ("/tag.js", "script"),
    ("/tag.0123456789abcdef.js", "script"),
)
# What docs/first-party.md says is blocked; the last is blocked on purpose.
DOCUMENTED: tuple[tuple[str, str], ...] = (
    ("/analytics.js/v1/key/analytics.min.js", "script"),
    ("/v1/pixel/track?data=e30", "image"),
    ("/beacon/v1/batch?writeKey=key", "ping"),
    ("/px.gif?c", "xmlhttprequest"),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One address as a page of one site asks for it; `rule` is what blocks it, empty where nothing does."""

    url: str
    kind: str
    default: bool
    rule: str

    def __str__(self) -> str:
        told = f"blocked by {self.rule}" if self.rule else "passes"
        return f"{self.kind:14}  {self.url}  {told}"


def main() -> None:
    """Check every address, print what is blocked, and fail when a default is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("lists", nargs="*", type=Path, help="filter lists, or folders of them")
    parser.add_argument("--prefix", default=PREFIX, help="the workspace's prefix")
    given = parser.parse_args()
    if not given.lists:
        raise SystemExit(
            "no lists: LISTS='easylist.txt easyprivacy.txt' make blocklists\n"
            "Lists are not ours to ship: take them where your browser does, such as https://easylist.to"
        )
    checked = list(check(_texts(given.lists), given.prefix))
    for one in checked:
        if one.rule or not one.default:
            print(one)
    caught = [one for one in checked if one.default and one.rule]
    print(f"{len(checked)} checks; of our defaults {len(caught)} blocked")
    if caught:
        raise SystemExit(1)


def check(lists: Iterable[str], prefix: str = PREFIX) -> Iterator[Checked]:
    """Ask the engine about every address on every site."""
    filters = adblock.FilterSet(debug=True)  # or it does not say which rule
    for text in lists:
        filters.add_filter_list(text)
    engine = adblock.Engine(filters)
    for site in SITES:
        for default, addresses in ((True, DEFAULTS), (False, DOCUMENTED)):
            for path, kind in addresses:
                url = f"{site}{prefix}{path}"
                found = engine.check_network_urls(url, f"{site}/page", kind)
                yield Checked(url, kind, default, str(found.filter) if found.matched else "")


def _texts(places: Sequence[Path]) -> Iterator[str]:
    for place in places:
        for file in sorted(place.rglob("*.txt")) if place.is_dir() else [place]:
            try:
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise SystemExit(f"{file} cannot be read: {error.strerror}") from None
            if not any(line.strip() and line[0] not in "![" for line in text.splitlines()):
                # Or every address would pass, and the check say that all is well.
                raise SystemExit(f"{file} has no rules")
            yield text


if __name__ == "__main__":
    main()
