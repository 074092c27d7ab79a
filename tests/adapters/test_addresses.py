"""Which addresses are the open internet, and which are inside somebody's network."""

import pytest
from headwater.adapters.addresses import AddressRefusedError, checked, is_public

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
]

OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert is_public(address) is False


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address) is True


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(AddressRefusedError):
        checked("x", 443, allow_private=False, resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])


def test_permission_lets_private_addresses_through() -> None:
    found = checked("x", 443, allow_private=True, resolve=lambda host, port: ["10.0.0.1"])

    assert found == ["10.0.0.1"]
