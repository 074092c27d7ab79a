import pytest
from headwater.errors import DependencyError
from headwater.lake.deployment import PREFIX, deploy, withdraw
from headwater.lake.views import SavedQuery, View

from tests.fakes import MemoryQueryEngine

VIEWS = (View("first", "CREATE VIEW first"), View("second", "CREATE VIEW second"))
QUERY = SavedQuery("sessions", "Sessions", "Visits.", "SELECT 1")


def test_views_are_made_in_order_and_queries_saved() -> None:
    engine = MemoryQueryEngine()

    deploy(VIEWS, [QUERY], engine)

    assert engine.statements == ["CREATE VIEW first", "CREATE VIEW second"]
    assert list(engine.saved.values()) == [(PREFIX + "Sessions", "Visits.", "SELECT 1")]


def test_deploying_twice_leaves_one_query_with_the_newest_text() -> None:
    engine = MemoryQueryEngine()
    deploy(VIEWS, [QUERY], engine)

    deploy(VIEWS, [SavedQuery("sessions", "Sessions", "Visits.", "SELECT 2")], engine)

    assert list(engine.saved.values()) == [(PREFIX + "Sessions", "Visits.", "SELECT 2")]


def test_a_query_we_no_longer_have_goes_and_an_analysts_own_stays() -> None:
    engine = MemoryQueryEngine()
    engine.save_query("mine", "", "SELECT 42")
    deploy(VIEWS, [QUERY], engine)

    deploy(VIEWS, [], engine)

    assert list(engine.saved.values()) == [("mine", "", "SELECT 42")]


def test_withdrawing_drops_views_in_reverse_and_our_queries_only() -> None:
    engine = MemoryQueryEngine()
    engine.save_query("mine", "", "SELECT 42")
    deploy(VIEWS, [QUERY], engine)
    engine.statements.clear()

    withdraw(VIEWS, engine)

    assert engine.statements == ["DROP VIEW IF EXISTS second", "DROP VIEW IF EXISTS first"]
    assert list(engine.saved.values()) == [("mine", "", "SELECT 42")]


def test_a_view_that_fails_stops_the_deployment() -> None:
    engine = MemoryQueryEngine(failing="CREATE VIEW first")

    with pytest.raises(DependencyError):
        deploy(VIEWS, [QUERY], engine)

    assert engine.statements == []
    assert engine.saved == {}


def test_the_plans_views_are_made_last_and_those_it_no_longer_has_go() -> None:
    engine = MemoryQueryEngine()
    views = (View("events", "CREATE OR REPLACE VIEW events AS SELECT 1"),)

    def planned(*names: str) -> tuple[View, ...]:
        return tuple(View(n, f"CREATE OR REPLACE VIEW {n} AS SELECT 1") for n in names)

    deploy(views, [], engine, planned=planned("event_a", "event_b"))
    deploy(views, [], engine, planned=planned("event_b", "event_c"))
    assert engine.views() == ["events", "event_b", "event_c"]

    withdraw(views, engine)
    assert engine.views() == []
