"""What a person's signals do here, and what is never kept: a template by law, and what you change of it.

An effect is one step of a ladder: `full` < `no-share` (no sale or advertising destinations, no click
ids) < `cookieless` (that, and no id, no cookie, no address) < `drop` (nothing is stored).
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from headwater.workspace.part import Part

Effect = Literal["full", "no-share", "cookieless", "drop"]

# Not legal advice: what the reference's regimes ask for, each value yours to change.
TEMPLATES: Mapping[str, Mapping[str, str]] = {
    # ePrivacy 5(3): consent first; a hash of address and browser may need it as well.
    "eu": {
        "consent": "required",
        "no_consent": "drop",
        "gpc": "cookieless",
        "dnt": "cookieless",
        "address": "drop",
        "query": "campaign",
    },
    # DUAA, in force 2026-02-05: own audience measurement without consent, with a way to object.
    "uk": {
        "consent": "required",
        "no_consent": "cookieless",
        "gpc": "cookieless",
        "dnt": "cookieless",
        "address": "truncate",
        "query": "campaign",
    },
    # Twelve states: GPC opts out of sale and sharing, which is what it means.
    "us": {
        "consent": "honoured",
        "no_consent": "cookieless",
        "gpc": "no-share",
        "dnt": "cookieless",
        "address": "full",
        "query": "all",
    },
    # What Segment does: consent gates destinations and nothing else. An opt-out still counts.
    "off": {
        "consent": "ignored",
        "no_consent": "full",
        "gpc": "full",
        "dnt": "full",
        "address": "full",
        "query": "all",
    },
}


class PrivacyPolicy(Part):
    """How choices are honoured for a source; what is not given is the template's.

    `consent`: whether a no to `analytics_category` counts (`honoured`), a missing yes as well
    (`required`), or neither (`ignored`). `address`: how much of it is stored. `query`: which part of
    a page's query is stored, all or the campaign's names. `denied_keys`: fields of properties and
    traits, and query parameters, that are stored nowhere, beside the built-in ones.
    """

    template: Literal["eu", "uk", "us", "off"] = "us"
    consent: Literal["ignored", "honoured", "required"]
    no_consent: Effect
    gpc: Effect
    dnt: Effect
    address: Literal["full", "truncate", "drop"]
    query: Literal["all", "campaign"]
    analytics_category: str = "Analytics"
    advertising_category: str = "Advertising"
    denied_keys: frozenset[str] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _begin_with_the_template(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {**TEMPLATES.get(given.get("template", "us"), {}), **given}

    def changed(self, given: Mapping[str, Any]) -> "PrivacyPolicy":
        """Return a source's own policy: another template, or this one with some values changed."""
        if "template" in given:
            return PrivacyPolicy.model_validate(given)
        return PrivacyPolicy.model_validate({**self.model_dump(), **given})
