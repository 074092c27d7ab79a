"""A busy port is named with the remedy, before anything was started."""

import socket

import pytest

from local.ports import free_port, require_free
from local.serving import HOST, PortBusyError

pytestmark = pytest.mark.enable_socket


def test_a_free_port_passes() -> None:
    require_free(free_port())


def test_a_busy_port_is_named_with_the_remedy() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortBusyError, match=rf"port {port} is in use.*PORT={port + 1}"):
            require_free(port)
