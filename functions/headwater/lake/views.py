"""The views and saved queries of the lake, as they are deployed and as they run on a laptop."""

import re
from dataclasses import dataclass
from importlib.resources import files

from headwater.lake.believed import believing
from headwater.lake.fresh import raw_events_view, raw_rows_view
from headwater.workspace import IdentityPolicy

# Each stands on those before it.
VIEW_NAMES = (
    "identity_changes",
    "rejected",
    "deliveries",
    "anon_owner",
    "person_root",
    "raw_rows",  # this and the next are made from columns.COLUMNS; all others are files
    "raw_events",
    "events",
    "events_resolved",
    "sessions",
    "identity_events",
    "said",
    "traits",
    "people",
)


_PART = re.compile(r"\{(effective_at|base_person_id)\}")


@dataclass(frozen=True, slots=True)
class View:
    """A view and the statement that makes it, anew if it exists."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question somebody asks often: its file's name, its title, what it answers, its SQL."""

    name: str
    title: str
    description: str
    sql: str


def views(policy: IdentityPolicy | None = None) -> tuple[View, ...]:
    """Return every view, in the order in which they must be made; `policy`: which ids are believed."""
    return tuple(View(name, _sql(name, policy or IdentityPolicy())) for name in VIEW_NAMES)


def _sql(name: str, policy: IdentityPolicy) -> str:
    made = {"raw_rows": raw_rows_view, "raw_events": raw_events_view}
    sql = made[name]() if name in made else _with_parts(_text("views", name))
    match name:
        case "events_resolved":
            # A blocked id links nobody, but what was done under it is still its own.
            return believing(sql, policy.model_copy(update={"blocked_ids": frozenset()}))
        case "identity_events":
            return believing(sql, policy)
        case _:
            return sql


def _with_parts(sql: str) -> str:
    """Put in what several views say alike, each a file in `sql/parts`, without its comment."""
    return _PART.sub(lambda asked: _text("parts", asked[1]).partition("\n")[2].rstrip(), sql)


def saved_queries() -> tuple[SavedQuery, ...]:
    """Return every saved query, by name."""
    folder = files("headwater.lake").joinpath("sql", "queries")
    names = sorted(entry.name.removesuffix(".sql") for entry in folder.iterdir())
    return tuple(saved_query(name) for name in names)


def saved_query(name: str) -> SavedQuery:
    """Read one saved query; its first two lines are `-- title: …` and `-- description: …`."""
    sql = _text("queries", name)
    title, description = sql.splitlines()[:2]
    return SavedQuery(
        name, title.removeprefix("-- title: "), description.removeprefix("-- description: "), sql
    )


def _text(folder: str, name: str) -> str:
    return files("headwater.lake").joinpath("sql", folder, f"{name}.sql").read_text("utf-8")
