"""The one decision: what a person's choices allow for one event, and why.

suppressed → opt-out → consent → GPC → DNT → full: the first two end it, of the others the strictest
effect stands, and all of them are told as reasons. Pure: the same policy and words, the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from headwater.outcomes import DropReason
from headwater.workspace.privacy_policy import Effect, PrivacyPolicy

_LADDER: Mapping[Effect, int] = {"full": 0, "no-share": 1, "cookieless": 2, "drop": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All that a person has said about one event.

    `preferences`: consent by category, None where nothing was said. `directly`: the person's own
    browser sent it, so that silence is the person's; a server's silence is its programmer's.
    `about_consent`: the event is the choice itself, and that one was made is no secret to its maker.
    """

    suppressed: bool = False
    opted_out: bool = False
    preferences: Mapping[str, bool] | None = None
    gpc: bool = False
    dnt: bool = False
    directly: bool = True
    about_consent: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be done with the event; `drop` says why nothing of it is kept."""

    effect: Effect = "full"
    reasons: tuple[str, ...] = ()
    drop: DropReason | None = None

    @property
    def no_share(self) -> bool:
        """Whether it may go to no sale or advertising destination, and carry no click id."""
        return self.effect != "full"

    @property
    def cookieless(self) -> bool:
        """Whether it may carry no id of a device or person."""
        return self.effect == "cookieless"

    @property
    def allows_cookies(self) -> bool:
        """Whether a visitor's id may be kept in the browser."""
        return self.effect in ("full", "no-share")


_FULL = Decision()


def decide(policy: PrivacyPolicy, said: Said) -> Decision:
    """Decide one event."""
    if said.suppressed:
        return Decision("drop", ("suppressed",), DropReason.SUPPRESSED)
    if said.opted_out:
        return Decision("drop", ("optout",), DropReason.CHOICE)
    found = [*_consent(policy, said)]
    if said.gpc:
        found.append(("gpc", policy.gpc))
    if said.dnt:
        found.append(("dnt", policy.dnt))
    if not found:
        return _FULL
    effect = max((one for _, one in found), key=_LADDER.__getitem__)
    reasons = tuple(reason for reason, one in found if one != "full")
    return Decision(effect, reasons, DropReason.CHOICE if effect == "drop" else None)


def _consent(policy: PrivacyPolicy, said: Said) -> list[tuple[str, Effect]]:
    if policy.consent == "ignored":
        return []
    stated = said.preferences
    without = policy.no_consent
    if said.about_consent and without == "drop":
        without = "cookieless"
    if stated is None:
        required = policy.consent == "required" and said.directly
        return [("no_consent", without)] if required else []
    effects: list[tuple[str, Effect]] = []
    # Once somebody was asked, what they did not tick counts as a no where consent is required.
    silence = policy.consent != "required"
    if not stated.get(policy.analytics_category, silence):
        effects.append(("no_consent", without))
    if not stated.get(policy.advertising_category, silence):
        effects.append(("no_advertising_consent", "no-share"))
    return effects
