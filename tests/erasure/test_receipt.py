"""A receipt proves itself: as it was written here, whole, and about nobody by name."""

import hmac
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from headwater.erasure.kinds import Kind
from headwater.erasure.receipt import verified
from headwater.privacy.suppressed import Suppressed
from headwater.privacy.suppressions import key_of, published

from tests.erasure.scan import found
from tests.erasure.world import ANNA, World


@pytest.fixture(scope="module", params=list(Kind))
def ended(
    seed: World, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[World, dict[str, Any]]:
    """A request of each kind that is done, and its receipt."""
    world = seed.copied(tmp_path_factory.mktemp(request.param), kind=request.param)
    world.ask()
    return world, world.finish()


def changed(receipt: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The receipt with each of its values changed in turn, one left out, or one put in."""
    for name, value in receipt.items():
        yield {key: each for key, each in receipt.items() if key != name}
        yield {**receipt, name: [value]}
        if isinstance(value, dict):
            yield {**receipt, name: {**value, "more": 0}}
            for inner in value:
                yield {**receipt, name: {key: each for key, each in value.items() if key != inner}}
    yield {**receipt, "note": ""}
    yield {}


def test_it_is_genuine_however_it_is_written_and_no_other_is(
    ended: tuple[World, dict[str, Any]],
) -> None:
    world, receipt = ended
    key = key_of(world.suppressions, lambda: b"")

    # What a person has is a file; spaces and the order of names mean nothing in JSON.
    for written in (json.dumps(receipt), json.dumps(receipt, indent=4, sort_keys=True)):
        assert verified(orjson.loads(written), key=key)
    for other in changed(receipt):
        assert not verified(other, key=key)
    assert not verified(receipt, key=b"k" * 31 + b"x")
    assert not verified({**receipt, "digest": "hmac-sha256:" + "0" * 64}, key=key)


def test_whoever_reads_the_bucket_can_verify_it_at_once(
    ended: tuple[World, dict[str, Any]],
) -> None:
    """Also where nobody was ever suppressed, and no list was needed before."""
    world, receipt = ended

    assert verified(receipt, key=published(world.store).key)


def test_where_no_receipt_was_written_none_is_genuine() -> None:
    said = {"receipt": 1, "requestId": "a"}
    forged = hmac.digest(b"", b"headwater receipt v1\n" + orjson.dumps(said), "sha256").hex()

    assert not verified({**said, "digest": f"hmac-sha256:{forged}"}, key=Suppressed().key)


def test_it_names_nobody(ended: tuple[World, dict[str, Any]]) -> None:
    world, receipt = ended

    assert found([("receipt", orjson.dumps(receipt))], ANNA, world.directory) == []
    assert receipt["kind"] == world.kind.value
    assert receipt["suppressed"] is world.kind.suppresses_for_good
