"""A body's bytes, inflated when they are gzip, and never more of them than the limit.

gzip is known by its magic bytes and not by the header: a gateway may have inflated the body and left
the header, C# and Kotlin send gzip that a proxy may pass on without it (design 5).
"""

import zlib

from headwater.outcomes import RefuseCode, Refused

_GZIP = b"\x1f\x8b"
# gzip bytes that something on the way read as UTF-8 text: 0x8b became U+FFFD. Beyond repair, and
# worth its own name, because the cure is in the gateway's settings and not in the client.
_GZIP_READ_AS_TEXT = b"\x1f\xef\xbf\xbd"
_GZIP_WRAPPER = 16 + zlib.MAX_WBITS


def inflate(body: bytes, *, max_bytes: int) -> bytes | Refused:
    """Return the plain body, or why it cannot be read.

    Bounded on both sides: no more than `max_bytes` come in, and no more are inflated from them. One
    coding and one member: what follows the first gzip member is no body of any client.
    """
    if len(body) > max_bytes:
        return _too_large(max_bytes)
    if body.startswith(_GZIP_READ_AS_TEXT):
        return Refused(RefuseCode.GZIP_MANGLED, "the body is gzip that a proxy turned into text")
    if not body.startswith(_GZIP):
        return body
    inflater = zlib.decompressobj(_GZIP_WRAPPER)
    try:
        plain = inflater.decompress(body, max_bytes + 1)
    except zlib.error:
        return Refused(RefuseCode.GZIP_INVALID, "the body starts like gzip and is not")
    if len(plain) > max_bytes:
        return _too_large(max_bytes)
    if not inflater.eof or inflater.unused_data:
        return Refused(RefuseCode.GZIP_INVALID, "the gzip body is cut off or has a tail")
    if plain.startswith(_GZIP):
        return Refused(RefuseCode.GZIP_INVALID, "the body is gzip within gzip")
    return plain


def _too_large(max_bytes: int) -> Refused:
    return Refused(RefuseCode.BODY_TOO_LARGE, f"a body may have {max_bytes} bytes, inflated")
