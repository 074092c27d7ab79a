"""Requests to AWS services, signed as the function's own role when they leave."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from headwater.adapters.signature import Credentials, signed
from headwater.ports import Http, HttpRequest, HttpResponse


class AwsSigned:
    """`ports.Http` over another one; what is signed for no service goes through as it is."""

    def __init__(
        self, http: Http, *, credentials: Callable[[], Credentials], now: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._now = now

    def send(self, request: HttpRequest, *, timeout_seconds: float) -> HttpResponse:
        """Sign the request if it is for AWS, and send it."""
        if request.signed_for is not None:
            headers = {name.lower(): value for name, value in request.headers.items()}
            request = replace(
                request,
                headers=signed(
                    {**headers, "host": urlsplit(request.url).netloc},
                    request.body or b"",
                    credentials=self._credentials(),
                    region=request.signed_for.region,
                    service=request.signed_for.service,
                    at=self._now(),
                ),
            )
        return self._http.send(request, timeout_seconds=timeout_seconds)
