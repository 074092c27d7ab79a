"""Where an event came from."""

import pytest
from headwater.enrichments.address import address
from headwater.record import SourceReference

from tests.examples import a_received, a_stored_track, enriched_by


def stored_ip(claimed: object = None, found: str | None = "203.0.113.66", **headers: str) -> object:
    context = {} if claimed is None else {"ip": claimed}
    received = a_received(address=found, headers=headers)
    return enriched_by(address, a_stored_track(context=context), received).context.get("ip")


def test_a_browsers_address_is_the_connections() -> None:
    assert stored_ip() == "203.0.113.66"
    assert stored_ip("8.8.8.8") == "203.0.113.66"
    assert stored_ip({"forged": 1}) == "203.0.113.66"
    assert stored_ip("8.8.8.8", None) is None


@pytest.mark.parametrize("none", ["0.0.0.0", "::"])
def test_a_browser_may_ask_to_send_none(none: str) -> None:
    assert stored_ip(none) == none


def test_jitsus_address_policy_is_kept() -> None:
    assert stored_ip(**{"x-ip-policy": "remove"}) is None
    assert stored_ip("8.8.8.8", **{"x-ip-policy": "remove"}) is None
    assert stored_ip(**{"x-ip-policy": "stripLastOctet"}) == "203.0.113.0"
    assert stored_ip(found="2001:db8:1:2::3", **{"x-ip-policy": "stripLastOctet"}) == "2001:db8:1::"


def test_a_server_speaks_for_its_users_and_its_own_address_is_nobodys() -> None:
    server = SourceReference("server", "server")
    received = a_received(address="203.0.113.66")

    told = enriched_by(address, a_stored_track(source=server, context={"ip": "8.8.8.8"}), received)
    silent = enriched_by(address, a_stored_track(source=server, context={}), received)

    assert (told.context, silent.context) == ({"ip": "8.8.8.8"}, {})
