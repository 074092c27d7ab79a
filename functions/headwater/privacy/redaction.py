"""What is stored nowhere, whatever a client sends: not in the lake, not among the rejected.

Secrets that travel in events, fields by name (passwords, card numbers, and what the site owner adds),
parts of addresses, and, as far as a person's decision asks for it, everything that could name them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from headwater.privacy import addresses, cookieless
from headwater.privacy.decision import Decision
from headwater.workspace.privacy_policy import PrivacyPolicy

REDACTED = "[redacted]"

_SECRET, _CONTEXT_SECRET = "writeKey", frozenset({"userToken"})

# Compared by letters and digits in lower case, so `Card-Number` and `card_number` are one.
_DENIED = frozenset(
    {
        "password", "passwd", "pwd", "passphrase", "passcode", "secret", "clientsecret", "authorization",
        "cookie", "setcookie", "accesstoken", "refreshtoken", "idtoken", "authtoken", "apikey",
        "privatekey", "cardnumber", "creditcard", "creditcardnumber", "ccnumber", "cvv", "cvc", "cvv2",
        "iban", "ssn", "socialsecuritynumber",
    }
)  # fmt: skip
_DENIED_PARAMETERS = frozenset({"email", "mail", "emailaddress", "token", "phone"})
_REMEMBERED_NAMES, _REMEMBERED_POLICIES = 4_096, 64
_ADDRESS_FIELDS = ("url", "search", "referrer", "tab_url", "initial_referrer")
# Advertising ids that clients find in a browser or a phone, beside those in addresses.
_ADVERTISING_CONTEXT = frozenset({"clientIds"})
_ADVERTISING_DEVICE = frozenset({"advertisingId", "idfa", "idfv", "aaid"})


@dataclass(frozen=True)
class Redaction:
    """What a source's policy takes from an event under a decision; made once for each of both."""

    policy: PrivacyPolicy
    no_share: bool = False
    cookieless: bool = False

    def of(
        self, item: Any, *, context: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    ) -> Any:
        """Return the event as it may be kept: stored, or among the rejected.

        `context`: how to come by what `self.context` returns, for whoever has asked for it before.
        """
        if not isinstance(item, dict):
            return item
        kept = cookieless.without_ids(item) if self.cookieless else dict(item)
        kept.pop(_SECRET, None)
        for name in ("properties", "traits"):
            if isinstance(kept.get(name), dict):
                kept[name] = self._addresses_cut(self._without_denied(kept[name]))
        if isinstance(kept.get("context"), dict):
            kept["context"] = (context or self.context)(kept["context"])
        batch = kept.get("batch")
        if isinstance(batch, list):
            # A batch that was sent where one event belongs is rejected whole, and kept.
            kept["batch"] = [self.of(inner) for inner in batch]
        return kept

    def context(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return an event's context as it may be kept."""
        taken = self._taken_from_context
        kept = {name: value for name, value in sent.items() if name not in taken}
        for name in ("page", "referrer"):
            if isinstance(kept.get(name), dict):
                kept[name] = self._addresses_cut(kept[name])
        if isinstance(kept.get("traits"), dict):
            kept["traits"] = self._without_denied(kept["traits"])
        if isinstance(kept.get("ip"), str) and self.policy.address != "full":
            kept["ip"] = kept_address(kept["ip"], self.policy)
            if kept["ip"] is None:
                del kept["ip"]
        if self.no_share and isinstance(kept.get("device"), dict):
            kept["device"] = {
                name: value
                for name, value in kept["device"].items()
                if name not in _ADVERTISING_DEVICE
            }
        return kept

    def _without_denied(self, tree: Any) -> Any:
        # Of every field of every event: nothing is called for a field that holds no others.
        if isinstance(tree, dict):
            becomes = self._becomes
            return {
                name: instead
                or (self._without_denied(value) if isinstance(value, (dict, list)) else value)
                for name, value in tree.items()
                if (instead := becomes[name]) is not None
            }
        return [
            self._without_denied(value) if isinstance(value, (dict, list)) else value
            for value in tree
        ]

    def _addresses_cut(self, fields: dict[str, Any]) -> dict[str, Any]:
        campaign_only = self._campaign_only
        found = {}
        for name in _ADDRESS_FIELDS:
            value = fields.get(name)
            if isinstance(value, str) and ("?" in value or (campaign_only and "#" in value)):
                found[name] = addresses.cut(value, self._keeps, fragment=not campaign_only)
        return {**fields, **found} if found else fields

    @cached_property
    def _taken_from_context(self) -> frozenset[str]:
        naming = cookieless.NAMING_CONTEXT if self.cookieless else frozenset[str]()
        return _CONTEXT_SECRET | naming | (_ADVERTISING_CONTEXT if self.no_share else frozenset())

    @cached_property
    def _campaign_only(self) -> bool:
        return self.cookieless or self.policy.query == "campaign"

    @cached_property
    def _becomes(self) -> "_Becomes":
        return _Becomes(self._denied, addresses.CLICK_IDS if self.no_share else frozenset())

    @cached_property
    def _denied(self) -> frozenset[str]:
        return _DENIED | {letters(name) for name in self.policy.denied_keys}

    @cached_property
    def _keeps(self) -> addresses.Keeps:
        taken = addresses.CLICK_IDS if self.no_share else frozenset[str]()
        if self._campaign_only:
            wanted = addresses.CAMPAIGN | (addresses.CLICK_IDS - taken)
            return wanted.__contains__
        parameters = self._denied | _DENIED_PARAMETERS
        return lambda name: name not in taken and letters(name) not in parameters


@lru_cache(maxsize=_REMEMBERED_NAMES)
def letters(name: str) -> str:
    """Return a name's letters and digits in lower case."""
    return "".join(filter(str.isalnum, name)).lower()


class _Becomes(dict[str, str | None]):
    """What becomes of a field by its name: "" it stays, None it goes, a text is there in its place.

    A site's events have the same names over and over; those of a stranger's are forgotten in time.
    """

    def __init__(self, denied: frozenset[str], taken: frozenset[str]) -> None:
        super().__init__()
        self._denied, self._taken = denied, taken

    def __missing__(self, name: str) -> str | None:
        if len(self) >= _REMEMBERED_NAMES:
            self.clear()
        stays = REDACTED if letters(name) in self._denied else ""
        found = self[name] = None if name in self._taken else stays
        return found


_made: dict[tuple[int, bool, bool], Redaction] = {}


def of_decision(policy: PrivacyPolicy, decision: Decision) -> Redaction:
    """Return what is taken from an event that was decided so; made once for each policy and decision."""
    # By the policy's identity, since to hash its fields costs a third of the whole redaction. It is
    # held by what is made of it, so its identity is no other's.
    key = (id(policy), decision.no_share, decision.cookieless)
    made = _made.get(key)
    if made is None:
        if len(_made) >= _REMEMBERED_POLICIES:
            _made.clear()
        made = _made[key] = Redaction(policy, decision.no_share, decision.cookieless)
    return made


# What clients send to say that they send no address; kept as their word.
_NO_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104


def kept_address(address: str | None, policy: PrivacyPolicy) -> str | None:
    """Return as much of an address as the policy stores."""
    if policy.address == "full" or address in _NO_ADDRESS:
        return address
    return cookieless.truncated(address) if policy.address == "truncate" else None
