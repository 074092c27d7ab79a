"""Segment's own analytics.js from the site's own path, so that Segment's snippet works unchanged.

An alias, for sites that have the snippet already. The files are those of npm's `@segment/analytics-next`
under its MIT licence, copied by `make analytics-js`; nothing in them is changed but the placeholder
that Segment's own servers replace by the write key as well (docs/adr/0012).
"""

import gzip
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import orjson

from headwater.wire.content_coding import accepts
from headwater.wire.replies import Reply
from headwater.wire.request import Request

DIRECTORY = Path(__file__).resolve().parents[2] / "collector" / "analytics.js"

_PLACEHOLDER = b"__WRITE_KEY__"
# The script's name never changes, so a new version must be seen soon; a chunk's name has its hash.
_SCRIPT_AGE = "public, max-age=3600"
_CHUNK_AGE = "public, max-age=31536000, immutable"


def script(write_key: str, request: Request) -> Reply:
    """Answer with the script, made for this write key."""
    return _reply("standalone.js", write_key, request, cache_control=_SCRIPT_AGE)


def chunk(name: str, request: Request) -> Reply | None:
    """Answer with a part that the script loads when a page needs it; None when there is none."""
    if name == "standalone.js" or name not in files():
        return None
    return _reply(name, None, request, cache_control=_CHUNK_AGE)


@cache
def files() -> Mapping[str, bytes]:
    """Return the scripts by name: all that can be asked for, whatever a path says."""
    return {path.name: path.read_bytes() for path in sorted(DIRECTORY.glob("*.js"))}


def _reply(name: str, write_key: str | None, request: Request, *, cache_control: str) -> Reply:
    zipped = accepts("gzip", request.headers.get("accept-encoding", ""))
    body, tag = _content(name, write_key, zipped=zipped)
    headers = {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": cache_control,
        "etag": tag,
        "vary": "Accept-Encoding, Origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Reply(304, b"").with_headers(headers)
    if zipped:
        headers["content-encoding"] = "gzip"
    return Reply(200, body, binary=zipped).with_headers(headers)


@lru_cache(maxsize=64)
def _content(name: str, write_key: str | None, *, zipped: bool) -> tuple[bytes, str]:
    content = files()[name]
    if write_key is not None:
        # The placeholder stands between the quotes of a string, and a key may hold a quote.
        content = content.replace(_PLACEHOLDER, orjson.dumps(write_key)[1:-1])
    body = gzip.compress(content, mtime=0) if zipped else content
    return body, f'"{sha256(body).hexdigest()[:32]}"'
