"""Outgoing HTTP, over urllib3: kept connections, no redirects, no retries, bounded in time and size."""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from threading import Timer, local
from typing import TYPE_CHECKING, Any

from urllib3 import PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util.connection import create_connection

from headwater.adapters.addresses import AddressRefusedError, Resolve, checked, resolve
from headwater.ports import HttpFault, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

# Vendors list what they refused of a batch, at most some hundred bytes for each of 2,000 events.
MAX_BODY_BYTES = 1 << 20
CONNECT_SECONDS = 2.0
_ADDRESSES = 3
_HOSTS = 64
# As many as the threads of one lane; more would be closed again at once.
_CONNECTIONS_PER_HOST = 4


class UrllibHttp:
    """`ports.Http`. Plain http and addresses that are not public need the request's permission."""

    def __init__(
        self, *, resolve: Resolve = resolve, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._pools = {
            allowed: _pool_manager(resolve, ssl_context, allow_private=allowed)
            for allowed in (False, True)
        }

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        """Send the request and read the answer's first megabyte, all within the time given."""
        if not (request.url.startswith("https://") or request.allow_private_addresses):
            return HttpResponse(0, fault="address_refused")
        watch = _Watch()
        _current.watch = watch
        # urllib3's time-outs are per read of the socket: a vendor that drips could hold us for ever.
        timer = Timer(timeout_seconds, watch.hang_up)
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(request, timeout_seconds)
        except AddressRefusedError:
            return HttpResponse(0, fault="address_refused")
        except HTTPError as error:
            return HttpResponse(0, fault="timeout" if watch.expired else _fault(error))
        except ValueError:
            # http.client's word for a header it cannot write; its message holds the value.
            return HttpResponse(0, fault="invalid_request")
        finally:
            timer.cancel()

    def _exchange(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        answer = self._pools[request.allow_private_addresses].request(
            request.method,
            request.url,
            body=request.body,
            headers=dict(request.headers),
            timeout=Timeout(
                connect=min(CONNECT_SECONDS, timeout_seconds),
                read=timeout_seconds,
            ),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        body = _bounded(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(answer.status, headers, body)


def _bounded(answer: "BaseHTTPResponse") -> bytes:
    """Read the body to its end, where the connection may be kept, or to the bound, where it may not."""
    body = b""
    while piece := answer.read(MAX_BODY_BYTES - len(body)):
        body += piece
        if len(body) == MAX_BODY_BYTES:
            answer.close()
            return body
    answer.release_conn()
    return body


def _fault(error: HTTPError) -> HttpFault:
    match error:
        case NewConnectionError():  # of urllib3's time-outs too, though it says "nobody there"
            return "connection"
        case ConnectTimeoutError() | ReadTimeoutError():
            return "timeout"
        case SSLError():
            return "tls"
        case _:
            return "connection"


class _Watch:
    """The socket of the request under way, so that its time can end while it is being read."""

    def __init__(self) -> None:
        self.expired = False
        self._socket: socket.socket | None = None

    def over(self, sock: socket.socket) -> None:
        """Watch over this socket from now on; its time may be up already."""
        self._socket = sock
        if self.expired:
            self.hang_up()

    def hang_up(self) -> None:
        """End the conversation: whoever reads the socket finds its end."""
        self.expired = True
        if self._socket is not None:
            # Not the TLS socket's own method, which would take its state from the reader's hands.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_current = local()


def _first_open(addresses: Sequence[str], connection: Any) -> socket.socket:
    """Connect to the first address that takes us, out of the first few: each may cost its time-out."""
    refused = OSError("the name has no address")
    for address in addresses[:_ADDRESSES]:
        try:
            return create_connection(
                (address, connection.port),
                connection.timeout,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            refused = error
    raise refused


def _pool_manager(
    resolve: Resolve, ssl_context: ssl.SSLContext | None, *, allow_private: bool
) -> PoolManager:
    """Make a pool whose connections check and pin where they go; kept ones were checked when made."""

    class Connecting:
        def _new_conn(self: Any) -> socket.socket:
            try:
                addresses = checked(
                    self.host, self.port, allow_private=allow_private, resolve=resolve
                )
                return _first_open(addresses, self)
            except TimeoutError as late:
                raise ConnectTimeoutError(self, "connecting took too long") from late
            except OSError as refused:
                raise NewConnectionError(self, "cannot connect") from refused

        def getresponse(self: Any) -> Any:
            _current.watch.over(self.sock)
            return super().getresponse()  # type: ignore[misc]

    class PlainConnection(Connecting, HTTPConnection):
        pass

    class TlsConnection(Connecting, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    manager = PoolManager(
        num_pools=_HOSTS, maxsize=_CONNECTIONS_PER_HOST, block=False, ssl_context=ssl_context
    )
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}
    return manager
