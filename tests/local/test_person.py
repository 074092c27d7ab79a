from datetime import UTC, date, datetime

from headwater.identity.profile import Profile
from headwater.identity.traits import Trait

from local.person import picture

AT = int(datetime(2026, 3, 1, 12, 5, tzinfo=UTC).timestamp() * 1000)


def test_a_person_is_drawn_as_a_star_with_what_is_known_below() -> None:
    profile = Profile(
        person_id="3f5b",
        user_ids=("user-7",),
        anonymous_ids=("laptop", "phone"),
        register={"plan": Trait(AT, "m1", '"pro"'), "gone": Trait(AT, "m1", "null")},
        groups={"team-1": datetime(2026, 3, 1, tzinfo=UTC)},
        first_seen=date(2026, 3, 1),
        last_seen=date(2026, 3, 6),
        flags=("truncated",),
    )

    assert list(picture(profile)) == [
        "● person 3f5b  seen 2026-03-01 … 2026-03-06",
        "├── user   user-7",
        "├── device laptop",
        "├── device phone",
        "└── group  team-1",
        "⚑ truncated",
        "",
        "  plan  'pro'  (2026-03-01 12:05 UTC)",
    ]
