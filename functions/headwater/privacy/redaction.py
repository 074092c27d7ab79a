"""What is stored nowhere, whatever a client sends: not in the lake, not among the rejected.

Secrets that travel in events, fields by name (passwords, card numbers, and what the site owner adds),
parts of addresses, and, as far as a person's decision asks for it, everything that could name them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from headwater.privacy import addresses, cookieless
from headwater.privacy.decision import Decision
from headwater.workspace.privacy_policy import PrivacyPolicy

REDACTED = "[redacted]"

_SECRETS = ("writeKey",)
_CONTEXT_SECRETS = ("userToken",)

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
_ADDRESS_FIELDS = ("url", "search", "referrer", "tab_url", "initial_referrer")
# Advertising ids that clients find in a browser or a phone, beside those in addresses.
_ADVERTISING_CONTEXT = frozenset({"clientIds"})
_ADVERTISING_DEVICE = frozenset({"advertisingId", "idfa", "idfv", "aaid"})


def redacted(item: Any) -> Any:
    """Return the event as sent without its write key and without the user's token."""
    if not isinstance(item, dict):
        return item
    kept = {name: value for name, value in item.items() if name not in _SECRETS}
    context = kept.get("context")
    if isinstance(context, dict) and any(name in context for name in _CONTEXT_SECRETS):
        kept["context"] = {
            name: value for name, value in context.items() if name not in _CONTEXT_SECRETS
        }
    batch = kept.get("batch")
    if isinstance(batch, list):
        # A batch that was sent where one event belongs is rejected whole, and kept.
        kept["batch"] = [redacted(inner) for inner in batch]
    return kept


@dataclass(frozen=True)
class Redaction:
    """What a source's policy takes from an event under a decision; made once for each of both."""

    policy: PrivacyPolicy
    no_share: bool = False
    cookieless: bool = False

    def of(self, item: Any) -> Any:
        """Return the event as it may be kept: stored, or among the rejected."""
        kept = redacted(item)
        if not isinstance(kept, dict):
            return kept
        if self.cookieless:
            kept = cookieless.without_ids(kept)
        for name in ("properties", "traits"):
            if isinstance(kept.get(name), dict):
                kept[name] = self._addresses_cut(self._without_denied(kept[name]))
        if isinstance(kept.get("context"), dict):
            kept["context"] = self._context(kept["context"])
        batch = kept.get("batch")
        if isinstance(batch, list):
            kept["batch"] = [self.of(inner) for inner in batch]
        return kept

    def _context(self, context: Mapping[str, Any]) -> dict[str, Any]:
        kept = dict(context)
        for name in ("page", "referrer"):
            if isinstance(kept.get(name), dict):
                kept[name] = self._addresses_cut(kept[name])
        if isinstance(kept.get("traits"), dict):
            kept["traits"] = self._without_denied(kept["traits"])
        if isinstance(kept.get("ip"), str) and self.policy.address != "full":
            kept["ip"] = kept_address(kept["ip"], self.policy)
            if kept["ip"] is None:
                del kept["ip"]
        if self.no_share:
            kept = {name: value for name, value in kept.items() if name not in _ADVERTISING_CONTEXT}
            if isinstance(kept.get("device"), dict):
                kept["device"] = {
                    name: value
                    for name, value in kept["device"].items()
                    if name not in _ADVERTISING_DEVICE
                }
        return kept

    def _without_denied(self, tree: Any) -> Any:
        if isinstance(tree, dict):
            return {
                name: REDACTED if self._denies(name) else self._without_denied(value)
                for name, value in tree.items()
                if not (self.no_share and name in addresses.CLICK_IDS)
            }
        if isinstance(tree, list):
            return [self._without_denied(value) for value in tree]
        return tree

    def _addresses_cut(self, fields: dict[str, Any]) -> dict[str, Any]:
        for name in _ADDRESS_FIELDS:
            value = fields.get(name)
            if isinstance(value, str) and ("?" in value or (self._campaign_only and "#" in value)):
                whole = addresses.cut(value, self._keeps, fragment=not self._campaign_only)
                fields = {**fields, name: whole}
        return fields

    @property
    def _campaign_only(self) -> bool:
        return self.cookieless or self.policy.query == "campaign"

    @cached_property
    def _denied(self) -> frozenset[str]:
        return _DENIED | {letters(name) for name in self.policy.denied_keys}

    def _denies(self, name: str) -> bool:
        return letters(name) in self._denied

    @cached_property
    def _keeps(self) -> addresses.Keeps:
        taken = addresses.CLICK_IDS if self.no_share else frozenset[str]()
        if self._campaign_only:
            wanted = addresses.CAMPAIGN | (addresses.CLICK_IDS - taken)
            return wanted.__contains__
        parameters = self._denied | _DENIED_PARAMETERS
        return lambda name: name not in taken and letters(name) not in parameters


@lru_cache(maxsize=4_096)
def letters(name: str) -> str:
    """Return a name's letters and digits in lower case."""
    return "".join(filter(str.isalnum, name)).lower()


@lru_cache(maxsize=64)
def redaction(policy: PrivacyPolicy, *, no_share: bool, cookieless: bool) -> Redaction:
    """Return the redaction for a policy and a decision."""
    return Redaction(policy, no_share, cookieless)


def of_decision(policy: PrivacyPolicy, decision: Decision) -> Redaction:
    """Return what is taken from an event that was decided so."""
    return redaction(policy, no_share=decision.no_share, cookieless=decision.cookieless)


# What clients send to say that they send no address; kept as their word.
_NO_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104


def kept_address(address: str | None, policy: PrivacyPolicy) -> str | None:
    """Return as much of an address as the policy stores."""
    if policy.address == "full" or address in _NO_ADDRESS:
        return address
    return cookieless.truncated(address) if policy.address == "truncate" else None
