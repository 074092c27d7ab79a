"""Begins a new destination: `make destination NAME=acme`.

Its file, its line in the registry, its least settings and its first golden cases, all of which pass at
once; what only its author can know is marked FILL IN, and the tests fail until it is said.
"""

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

_NAME = re.compile(r"[a-z][a-z0-9_]{1,38}[a-z0-9]")
_REGISTRY = Path("functions/headwater/destinations/__init__.py")
_LEAST_SETTINGS = Path("tests/unit/destinations/test_every_destination.py")
_GOLDEN = Path("tests/unit/destinations/golden")

_FILE = '''"""TITLE: FILL IN which call becomes what there, in one line.

Limits: FILL IN how much a request may hold, how many a second, how old an event may be; with units.
Dedup: FILL IN by which key the vendor drops repeats, or that it drops none.
Source: FILL IN the vendor's page, read TODAY.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from headwater.destination import Destination, DestinationSettings, Request
from headwater.destination.reading import traits, viewed, who
from headwater.record import StoredEvent, to_iso

_API = "https://api.NAME.example"  # FILL IN the vendor's host


class Settings(DestinationSettings):
    """An API key."""

    api_key: SecretStr


def build(event: StoredEvent, settings: Settings) -> Sequence[Request]:
    """Send the event, or the person."""
    if who(event) is None:
        return []
    if event.type == "identify":
        return [_request(settings, "/people", {"id": who(event), "traits": traits(event)})]
    said = {
        "id": event.message_id,
        "person": who(event),
        "name": viewed(event),
        "time": to_iso(event.timestamp),
        "properties": event.properties,
    }
    return [_request(settings, "/events", said)]


def _request(settings: Settings, path: str, content: Mapping[str, Any]) -> Request:
    return Request(
        url=_API + path,
        headers={"Authorization": f"Bearer {settings.api_key.get_secret_value()}"},
        json=content,
    )


DESTINATION = Destination(
    slug="NAME",
    name="TITLE",
    docs="https://docs.NAME.example/",  # FILL IN the vendor's page
    settings=Settings,
    build=build,
    event_types=("track", "identify"),
)
'''

_ABOUT = {"messageId": "msg-1", "timestamp": "2026-03-01T12:00:00.000Z", "userId": "user-1"}
_TRACK = {**_ABOUT, "type": "track", "event": "Quiz Finished", "properties": {"score": 7.5}}
_IDENTIFY = {**_ABOUT, "type": "identify", "traits": {"email": "ada@example.com"}}
_SENT: Mapping[str, tuple[Mapping[str, Any], str, Mapping[str, Any]]] = {
    "track": (
        _TRACK,
        "/events",
        {
            "id": "msg-1",
            "person": "user-1",
            "name": "Quiz Finished",
            "time": "2026-03-01T12:00:00.000Z",
            "properties": {"score": 7.5},
        },
    ),
    "identify": (_IDENTIFY, "/people", {"id": "user-1", "traits": {"email": "ada@example.com"}}),
}


def begin(name: str, *, root: Path = ROOT, today: date) -> list[Path]:
    """Write what a new destination needs; return the files, those that are new and those that changed.

    Raises ValueError for a name that is taken, or that no file can have.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: lower-case letters, digits and _, such as acme")
    file = root / _REGISTRY.parent / f"{name}.py"
    if file.exists():
        raise ValueError(f"there is a destination {name!r}: {file}")
    title = name.replace("_", " ").title()
    text = _FILE.replace("NAME", name).replace("TITLE", title).replace("TODAY", f"{today}")
    file.write_text(text)
    registry = _registered(name, root / _REGISTRY)
    least = _settled(name, root / _LEAST_SETTINGS)
    return [file, registry, least, *_golden(name, root / _GOLDEN / name)]


def _registered(name: str, registry: Path) -> Path:
    """Add the line, where the alphabet has it."""
    text = registry.read_text()
    before, _, rest = text.partition("SLUGS = (\n")
    lines, _, after = rest.partition(")\n")
    slugs = sorted([*lines.splitlines(), f'    "{name}",'])
    registry.write_text(f"{before}SLUGS = (\n" + "\n".join(slugs) + f"\n)\n{after}")
    return registry


def _settled(name: str, tests: Path) -> Path:
    text = tests.read_text()
    begin_ = "SETTINGS: dict[str, dict[str, Any]] = {\n"
    tests.write_text(text.replace(begin_, f'{begin_}    "{name}": {{"api_key": SECRET}},\n'))
    return tests


def _golden(name: str, folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    files = []
    for event_type, (call, path, content) in _SENT.items():
        request = {
            "method": "POST",
            "url": f"https://api.{name}.example{path}",
            "headers": {
                "User-Agent": "Headwater",
                "Authorization": "Bearer test-key",
                "Content-Type": "application/json",
            },
            "json": content,
        }
        case = {"calls": [call], "settings": {"api_key": "test-key"}, "sent": [request]}
        files.append(folder / f"{event_type}.json")
        files[-1].write_text(json.dumps(case, indent=2) + "\n")
    return files


def main(arguments: list[str]) -> None:
    """Begin it, and say what is left to do."""
    try:
        files = begin(arguments[0] if arguments else "", today=datetime.now(UTC).date())
    except ValueError as error:
        raise SystemExit(f"destination: {error}") from None
    written = "".join(f"  {file.relative_to(ROOT)}\n" for file in files)
    sys.stdout.write(
        f"{written}Next: fill in what is marked FILL IN in {files[0].relative_to(ROOT)}, correct the golden "
        "cases\nfrom the vendor's documentation, then: make docs test (docs/destinations.md, "
        '"Adding one")\n'
    )


if __name__ == "__main__":
    main(sys.argv[1:])
