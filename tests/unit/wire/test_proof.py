"""The proof cookie: read only as we wrote it, and only until its days are over."""

import pytest
from headwater.wire.proof import LIFE_DAYS, Proof, read, written
from hypothesis import given
from hypothesis import strategies as st

KEY, OLD = b"k" * 64, b"o" * 64
VISITOR = "8aa50242-4f0a-42e1-afae-070ce389373c"
TODAY = 20_513
PROOF = Proof(VISITOR, TODAY, TODAY)


@given(
    visitor=st.uuids().map(str),
    issued=st.integers(TODAY - LIFE_DAYS + 1, TODAY),
    later=st.integers(0, LIFE_DAYS - 1),
)
def test_what_was_written_is_read_back(visitor: str, issued: int, later: int) -> None:
    proof = Proof(visitor, issued, issued + later)

    assert read(written(proof, KEY, "shop"), (KEY,), "shop", today=TODAY) == proof


@given(value=st.text(max_size=120) | st.from_regex(r"1\.[\w-]{22}\.\d+-\d+\.[\w-]{22}"))
def test_what_nobody_wrote_is_never_believed(value: str) -> None:
    assert read(value, (KEY,), "shop", today=TODAY) is None


@given(at=st.integers(0, 80), other=st.characters())
def test_a_character_that_changed_is_seen(at: int, other: str) -> None:
    value = written(PROOF, KEY, "shop")
    changed = value[:at] + other + value[at + 1 :]

    # The last character of a MAC carries two bits that belong to nothing: text is compared, not bytes.
    assert changed == value or read(changed, (KEY,), "shop", today=TODAY) is None


def test_another_workspaces_cookie_and_a_key_that_was_retired_are_not_believed() -> None:
    assert read(written(PROOF, KEY, "shop"), (KEY,), "other", today=TODAY) is None
    assert read(written(PROOF, OLD, "shop"), (KEY, OLD), "shop", today=TODAY) == PROOF
    assert read(written(PROOF, OLD, "shop"), (KEY,), "shop", today=TODAY) is None
    assert read(written(PROOF, KEY, "shop"), (), "shop", today=TODAY) is None


@pytest.mark.parametrize(("later", "believed"), [(0, True), (394, True), (395, False), (-2, False)])
def test_its_life_is_counted_from_the_first_issue(later: int, believed: bool) -> None:
    value = written(PROOF, KEY, "shop")

    assert (read(value, (KEY,), "shop", today=TODAY + later) is not None) is believed
