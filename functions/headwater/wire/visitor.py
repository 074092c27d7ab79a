"""Whose browser a request comes from, and the cookies that keep it that visitor's.

Two cookies, both set by HTTP only, since browsers shorten what scripts write: the proof, which no
script reads, and `ajs_anonymous_id`, its readable mirror under the name analytics.js uses. Where the
two differ the proof is right. An id that analytics.js gave before us is adopted.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import unquote

from headwater.wire import cookies, proof
from headwater.wire.proof import Proof
from headwater.wire.request import Request
from headwater.workspace import CookiePolicy, Workspace

MIRROR = "ajs_anonymous_id"
_DAY_SECONDS = 86_400

# `__Host-` and `__Http-`: a browser takes neither from a script or a sibling host.
_PROOF_OF_DOMAIN, _PROOF_OF_HOST = "__Secure-vid", "__Host-Http-vid"

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")


@dataclass(frozen=True)
class Visitor:
    """The browser behind one request; without `keys` nothing is proven and no cookie is set.

    `at_home`: a page of the site sent the request, so an answer may set cookies and a visitor who has
    no id yet gets one.
    """

    request: Request
    workspace: Workspace
    keys: Sequence[bytes]
    now: datetime
    new_id: Callable[[], str]
    at_home: bool = False

    @cached_property
    def proven(self) -> Proof | None:
        """What the proof cookie says, when it is ours, alone under its name, and not over."""
        value = cookies.value_of(proof_name(self.workspace.cookies), self.request.cookies)
        if value is None:
            return None
        return proof.read(value, self.keys, self.workspace.name, today=_day(self.now))

    @cached_property
    def id(self) -> str | None:
        """The visitor's id: proven, or as analytics.js keeps it; None for a client without one.

        A cookie that holds no id is replaced by a new one and not trusted.
        """
        if self.proven is not None:
            return self.proven.visitor
        if not self._mirrored and not self.at_home:
            return None
        return self._adoptable or self.new_id()

    def set_cookies(self, claimed: str | None) -> tuple[str, ...]:
        """Return what keeps the visitor: nothing when both cookies are right and sent today.

        `claimed`: the id the request's events carry, adopted from a browser that has no cookie yet.
        """
        if not self.keys or not self.at_home:
            return ()
        today = _day(self.now)
        if self.proven is None:
            return self._cookies(Proof(self._first(claimed), today, today))
        proven, mirror = self.proven, {_bare(value) for value in self._mirrored}
        mirror_is_right = mirror == ({proven.visitor} if self.workspace.cookies.mirror else set())
        if mirror_is_right and today <= proven.sent_day:
            return ()
        return self._cookies(Proof(proven.visitor, proven.issued_day, max(today, proven.sent_day)))

    def _first(self, claimed: str | None) -> str:
        for candidate in (self._adoptable, claimed, self.id):
            if candidate is not None and _UUID.fullmatch(candidate.lower()):
                return candidate.lower()
        return self.new_id()

    def _cookies(self, proven: Proof) -> tuple[str, ...]:
        policy = self.workspace.cookies
        seconds = max(0, proven.last_day * _DAY_SECONDS - int(self.now.timestamp()))
        value = proof.written(proven, self.keys[0], self.workspace.name)
        kept = [cookie(proof_name(policy), value, policy, seconds=seconds, readable=False)]
        if policy.mirror:
            kept.append(cookie(MIRROR, proven.visitor, policy, seconds=seconds))
        return tuple(kept)

    @cached_property
    def _mirrored(self) -> list[str]:
        return cookies.values_of(MIRROR, self.request.cookies)

    @cached_property
    def _adoptable(self) -> str | None:
        only = _bare(self._mirrored[0]) if len(self._mirrored) == 1 else ""
        return only if _ID.fullmatch(only) else None


def forgotten(policy: CookiePolicy) -> tuple[str, ...]:
    """Return what makes a browser forget the visitor; the next event is a new one's."""
    return tuple(
        cookie(name, "", policy, seconds=0, readable=name == MIRROR)
        for name in (proof_name(policy), MIRROR)
    )


def proof_name(policy: CookiePolicy) -> str:
    """Name the proof cookie: a host's own has the prefix that no other host can set."""
    return _PROOF_OF_DOMAIN if policy.domain else _PROOF_OF_HOST


def cookie(
    name: str, value: str, policy: CookiePolicy, *, seconds: int, readable: bool = True
) -> str:
    """Write one `Set-Cookie`; its domain is the workspace's, whatever the request says."""
    return "; ".join(_attributes(name, value, policy, seconds, readable=readable))


def _attributes(
    name: str, value: str, policy: CookiePolicy, seconds: int, *, readable: bool
) -> Iterator[str]:
    yield f"{name}={value}"
    if policy.domain:
        yield f"Domain={policy.domain}"
    yield from ("Path=/", f"Max-Age={seconds}")
    if not readable:
        yield "HttpOnly"
    yield from ("Secure", "SameSite=Lax")


def _bare(value: str) -> str:
    # The first analytics.js wrote the id as a JSON string, so `%22…%22` is in the field.
    return unquote(value).strip('"')


def _day(now: datetime) -> int:
    return int(now.astimezone(UTC).timestamp()) // _DAY_SECONDS
