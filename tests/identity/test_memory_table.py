"""The table in memory answers as DynamoDB's expressions do, as moto understands them."""

from random import Random

import pytest
from headwater.identity.store import IdentityStore

from tests.identity.machine import DEVICES, USERS
from tests.identity.memory_table import MemoryTable
from tests.identity.stored import stored
from tests.identity.tables import StreamingTable, identity_table, run


def test_the_table_in_memory_ends_with_the_very_items_of_a_real_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(11)
    events = [
        stored(
            {
                "type": random.choice(["track", "identify", "alias"]),
                "messageId": f"m{number}",
                "timestamp": f"2026-03-01T12:00:0{random.randint(0, 9)}.000Z",
                "userId": random.choice(USERS),
                "anonymousId": random.choice(DEVICES),
                "previousId": random.choice(USERS),
                "traits": {"x": random.randint(0, 9)},
            }
        )
        for number in range(60)
    ]
    memory = MemoryTable()
    run(events, memory, Random(3), max_users=3)

    with identity_table(monkeypatch) as dynamo:
        real = StreamingTable(dynamo)
        run(events, real, Random(3), max_users=3)

        assert real.stream == memory.stream
        assert {key: dynamo.get(*key) for key in memory.items} == memory.items


@pytest.mark.parametrize("anonymous_id", ["d", "用户🙂", 'it\'s "quoted"', "#pk :v"])
def test_any_usable_id_is_a_key_of_the_table(
    anonymous_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = stored(
        {
            "type": "identify",
            "messageId": "m",
            "timestamp": "2026-03-01T12:00:00.000Z",
            "userId": anonymous_id,
            "anonymousId": anonymous_id,
        }
    )
    with identity_table(monkeypatch) as dynamo:
        run([event], dynamo, Random(1), max_users=3)

        store = IdentityStore(dynamo, max_users_per_device=3)
        assert store.person(event.identity) is not None
        assert dynamo.get(f"A#{anonymous_id}", "O") is not None
