"""One batch to the collector: sent again while it asks for patience, and its receipt read."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3

from local.load.batches import body
from local.load.call import Call, refused

# Half an hour of an outage; a load that is stopped then goes on later.
_MOST_TRIES = 40
_LONGEST_WAIT = 60.0
_SECONDS = 30.0


class StoppedError(Exception):
    """The load cannot go on; the message says why, and what was taken is in the ledger."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: how many were taken, and a line for each that was not."""

    taken: int
    refused: tuple[bytes, ...]


class Importer:
    """The collector's `/v1/import`, for one source's server key."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        sleep: Callable[[float], None],
        random: Callable[[], float],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take the collector's address with its prefix, as in `https://shop.example/ev`."""
        self._url = url.rstrip("/")
        self._sleep, self._random = sleep, random
        basic = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {
            **(headers or {}),
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/json",
            "User-Agent": "headwater-load",
        }
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(_SECONDS))

    def check(self) -> str:
        """Return the source that the key is of; raises `StoppedError` unless it is a server's.

        With a browser's key everything older than a day would be dated today.
        """
        status, found, _ = self._asked("GET", "/sourceConfig", None)
        source = found.get("source")
        if status != 200 or not isinstance(source, dict):
            raise StoppedError(
                f"{self._url}: {_said(status, found)}; is this URL, with its prefix, the collector's?"
            )
        if source.get("kind") != "server":
            raise StoppedError(
                f"the key is of {source.get('name')}, no server source: history keeps its time "
                'only under a server\'s key (sources with kind = "server" in the workspace)'
            )
        return str(source.get("name"))

    def send(self, batch: Sequence[Call]) -> Receipt:
        """Send until it is answered for good."""
        written = body(batch)
        for attempt in range(_MOST_TRIES):
            status, found, wait = self._asked("POST", "/v1/import", written)
            if status == 200:
                return _receipt(batch, found)
            if status in {400, 413} and (len(batch) == 1 or found.get("rejected")):
                return _receipt(batch, found)
            if status and status != 429 and status < 500 and status != 408:
                raise StoppedError(_said(status, found))
            # As long as the collector asks, or a growing while; never all clients at once.
            most = min(_LONGEST_WAIT, 2.0**attempt)
            self._sleep(wait if wait is not None else most * self._random())
        raise StoppedError(f"no answer in {_MOST_TRIES} tries; run the same command again later")

    def _asked(
        self, method: str, path: str, written: bytes | None
    ) -> tuple[int, dict[str, Any], float | None]:
        """Ask once: status (0 when nobody answered), the answer's JSON, and how long to wait."""
        try:
            reply = self._pool.request(
                method, self._url + path, headers=self._headers, body=written, redirect=False
            )
        except urllib3.exceptions.HTTPError:
            return 0, {}, None
        try:
            found = orjson.loads(reply.data)
        except orjson.JSONDecodeError:
            found = {}
        after = reply.headers.get("retry-after", "")
        wait = min(float(after), 300.0) if after.isdigit() else None
        return reply.status, found if isinstance(found, dict) else {}, wait


def _receipt(batch: Sequence[Call], found: Mapping[str, Any]) -> Receipt:
    rejected = found.get("rejected") or ()
    if not rejected and not found.get("success"):
        code, message = str(found.get("code")), str(found.get("message"))
        return Receipt(0, tuple(refused(call, code, message) for call in batch))
    lines = tuple(
        refused(batch[each["index"]], str(each.get("code")), str(each.get("message")))
        for each in rejected
    )
    return Receipt(len(batch) - len(lines), lines)


def _said(status: int, found: Mapping[str, Any]) -> str:
    if not status:
        return "nobody answers"
    return f"HTTP {status} {found.get('code', '')} {found.get('message', '')}".strip()
