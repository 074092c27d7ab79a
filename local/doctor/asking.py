"""Requests as a browser would send them: no redirects followed, nothing decoded, nothing kept."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3

_SECONDS = 15.0
_AGENT = "Mozilla/5.0 (compatible; headwater-doctor)"


class UnreachableError(Exception):
    """Nobody answered; the message says how it failed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` are in lower case; `cookies` are the Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes = field(repr=False)
    seconds: float

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the body; empty when it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def arrived(self) -> dict[str, Any]:
        """What the collector says arrived; empty when it was not the collector that answered."""
        found = self.document().get("arrived")
        return found if isinstance(found, dict) else {}


class Site:
    """A site as one of its own pages sees it."""

    def __init__(self, url: str, *, prefix: str = "/ev", origin: str | None = None) -> None:
        """Take the site's address; `origin` is the page's own when it is another."""
        parts = urlsplit(url if "://" in url else f"https://{url}")
        self.origin = origin or f"{parts.scheme}://{parts.netloc}"
        self.root = f"{parts.scheme}://{parts.netloc}"
        self.prefix = prefix
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(_SECONDS))

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request below the prefix; raises `UnreachableError`."""
        return self.ask_url(f"{self.root}{self.prefix}{path}", method, headers, body)

    def ask_url(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request to any address; raises `UnreachableError`."""
        started = time.monotonic()
        try:
            reply = self._pool.request(
                method,
                url,
                headers={"User-Agent": _AGENT, **(headers or {})},
                body=body,
                redirect=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"{urlsplit(url).netloc}: {type(error).__name__}") from None
        return Answer(
            reply.status,
            {name.lower(): value for name, value in reply.headers.items()},
            tuple(reply.headers.getlist("set-cookie")),
            reply.data,
            time.monotonic() - started,
        )
