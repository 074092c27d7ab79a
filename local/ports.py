"""Ports on this machine: a free one, and a clear word about a busy one."""

import socket

from local.serving import HOST, PortBusyError


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> None:
    """Return when the port can be taken, or raise `PortBusyError` with the remedy."""
    with socket.socket() as probe:
        # Without this, a port whose last connections are still closing would look busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortBusyError(
                f"port {port} is in use by another program: stop that program, "
                f"or choose another port, as in PORT={port + 1}"
            ) from None
