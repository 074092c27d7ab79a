"""Moments inside what the spec leaves open, written another way and nothing else touched."""

from datetime import UTC, datetime
from typing import Any

import pytest
from headwater.destination.moments import rewritten


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2006-01-02T18:04:07Z", 1_136_225_047),
        ("2006-01-02T18:04:07+01:00", 1_136_221_447),
        ("2006-01-02T15:04:05.07-0800", 1_136_243_045),
        ("2024-08-14T20:36:48.6527521Z", 1_723_667_808),
        ("2007-01-02T18:04:07", 1_167_761_047),
        ("2019-02-01", 1_548_979_200),
        *(
            (text, text)
            for text in (
                "2018-03-04T12:08:56 PDT",
                "25 Mar 2015",
                "11-Jan-18",
                "2026-13-40",
                "1723667808",
                "",
            )
        ),
        ({"a": [{"at": "2019-02-01"}], "n": 7}, {"a": [{"at": 1_548_979_200}], "n": 7}),
    ],
)
def test_what_is_a_moment_is_rewritten(said: Any, written: Any) -> None:
    assert rewritten(said, lambda moment: int(moment.timestamp())) == written


def test_a_day_stays_where_only_times_are_asked_for() -> None:
    assert rewritten("2019-02-01", str, days=False) == "2019-02-01"
    assert rewritten("2019-02-01T00:00", str, days=False) == str(datetime(2019, 2, 1, tzinfo=UTC))
