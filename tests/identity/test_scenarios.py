from random import Random

import pytest

from tests.identity.memory_table import MemoryTable
from tests.identity.model import resolve
from tests.identity.scenarios import SCENARIOS, Scenario, answer, expected, identity_of, labels
from tests.identity.tables import StreamingTable, identity_table, log_all, run, shuffled

SHUFFLES = 20
scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


@scenarios
def test_the_reference_resolver_knows_the_answer(scenario: Scenario) -> None:
    resolved = resolve(scenario.events, max_users=scenario.max_users)
    persons: dict[str, set[str]] = {}
    for label in labels(scenario.events):
        identity = identity_of(label)
        person = (
            resolved.person_of_user(identity.user_id)
            if identity.user_id is not None
            else resolved.person_of_device(identity.anonymous_id or "")
        )
        persons.setdefault(person, set()).add(label)

    assert {frozenset(members) for members in persons.values()} == {
        frozenset(members) for members in scenario.expect["persons"]
    }


@scenarios
def test_a_scenario_ends_as_expected_in_the_order_listed(scenario: Scenario) -> None:
    table = MemoryTable()

    run(scenario.events, table, Random(1), max_users=scenario.max_users)
    log_all(table.stream, table)

    assert answer(scenario, table) == expected(scenario, table)


@scenarios
def test_a_scenario_ends_as_expected_in_any_order_and_with_duplicates(scenario: Scenario) -> None:
    for seed in range(SHUFFLES):
        random, table = Random(seed), MemoryTable()

        run(shuffled(scenario.events, random), table, random, max_users=scenario.max_users)
        log_all(random.sample(table.stream, len(table.stream)), table)

        assert answer(scenario, table) == expected(scenario, table), seed


@scenarios
def test_a_scenario_ends_as_expected_on_dynamodb_expressions(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    with identity_table(monkeypatch) as dynamo:
        random, table = Random(7), StreamingTable(dynamo)

        run(shuffled(scenario.events, random), table, random, max_users=scenario.max_users)
        log_all(table.stream, table)

        assert answer(scenario, table) == expected(scenario, table)
