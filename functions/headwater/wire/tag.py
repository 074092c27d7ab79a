"""Headwater's own browser tag from the site's own path: docs/tracking.md.

`make tag` builds the files from `tag/`, compressed at build, so that no request compresses anything.
`tag.js` is asked for again each hour; `tag.<hash>.js` never changes, and can be pinned by its integrity
(W3C, Subresource Integrity). No cookie is read or set here: the answer may be cached for everybody.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from headwater.wire.content_coding import accepts
from headwater.wire.replies import Reply
from headwater.wire.request import Request

DIRECTORY = Path(__file__).resolve().parents[2] / "collector" / "tag"

_SHORT = "public, max-age=3600"
_FOR_EVER = "public, max-age=31536000, immutable"
# The smallest first; the suffix of the built file.
_CODINGS = {"br": ".br", "gzip": ".gz"}


def tag(asked_hash: str | None, request: Request) -> Reply | None:
    """Answer with the tag; None when a hash is asked for that is not this tag's."""
    if asked_hash is not None and asked_hash != hash_in_name():
        return None
    accepted = request.headers.get("accept-encoding", "")
    coding = next((coding for coding in _CODINGS if accepts(coding, accepted)), None)
    body = file(_CODINGS[coding] if coding else "")
    headers = {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": _FOR_EVER if asked_hash else _SHORT,
        "etag": f'"{hash_in_name()}{f"-{coding}" if coding else ""}"',
        "vary": "Accept-Encoding, Origin",
    }
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Reply(304, b"").with_headers(headers)
    if coding:
        headers["content-encoding"] = coding
    return Reply(200, body, binary=coding is not None).with_headers(headers)


@cache
def file(suffix: str = "") -> bytes:
    """Return the built tag, or its compressed form."""
    return (DIRECTORY / f"tag.js{suffix}").read_bytes()


@cache
def hash_in_name() -> str:
    """Return what stands in the name of the immutable file: 16 hex digits of its SHA-256."""
    return hashlib.sha256(file()).hexdigest()[:16]


@cache
def integrity() -> str:
    """Return the value of a script element's `integrity` attribute."""
    return f"sha384-{base64.b64encode(hashlib.sha384(file()).digest()).decode()}"
