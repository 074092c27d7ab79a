"""How the views and saved queries reach Athena: made anew at each deploy, taken away with the stack.

CloudFormation has no view type, so a custom resource does this (design 3).
"""

from collections.abc import Iterable

from headwater.lake.views import SavedQuery, View
from headwater.ports import QueryEngine
from headwater.tracking_plan.columns import PREFIX as VIEW_PREFIX

# What tells our saved queries from those an analyst keeps in the same workgroup.
PREFIX = "Headwater: "


def deploy(
    views: Iterable[View],
    queries: Iterable[SavedQuery],
    engine: QueryEngine,
    *,
    planned: Iterable[View] = (),
) -> None:
    """Make every view in order, and make the workgroup's saved queries ours to the letter.

    `planned`: the tracking plan's views, which stand on the others and not on each other; of the views
    under their prefix, those that the plan no longer has are taken away.
    Raises DependencyError with Athena's own words when a statement fails.
    """
    for view in views:
        engine.run(view.sql)
    made = {view.name: view.sql for view in planned}
    engine.run_all([*made.values(), *_drops(_planned(engine) - made.keys())])
    stale = _ours(engine)
    for query in queries:
        name = PREFIX + query.title
        engine.save_query(name, query.description, query.sql, replacing=stale.pop(name, None))
    for query_id in stale.values():
        engine.delete_query(query_id)


def withdraw(views: Iterable[View], engine: QueryEngine) -> None:
    """Take the saved queries and views away, the views in reverse: each stands on those before it."""
    for query_id in _ours(engine).values():
        engine.delete_query(query_id)
    engine.run_all(_drops(_planned(engine)))
    for view in reversed(tuple(views)):
        engine.run(f"DROP VIEW IF EXISTS {view.name}")


def _planned(engine: QueryEngine) -> set[str]:
    return {name for name in engine.views() if name.startswith(VIEW_PREFIX)}


def _drops(names: Iterable[str]) -> list[str]:
    return [f"DROP VIEW IF EXISTS {name}" for name in sorted(names)]


def _ours(engine: QueryEngine) -> dict[str, str]:
    return {
        name: query_id
        for name, query_id in engine.saved_queries().items()
        if name.startswith(PREFIX)
    }
