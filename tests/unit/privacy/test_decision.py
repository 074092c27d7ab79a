"""Every branch of the decision, in one table."""

from dataclasses import replace
from typing import Any

import pytest
from headwater.outcomes import DropReason
from headwater.privacy.decision import Decision, Said, decide
from headwater.workspace import PrivacyPolicy
from hypothesis import given
from hypothesis import strategies as st

ALL = {"Analytics": True, "Advertising": True}
NO_ANALYTICS = {"Analytics": False, "Advertising": True}
NO_ADVERTISING = {"Analytics": True, "Advertising": False}
NEITHER = {"Analytics": False, "Advertising": False}


def policy(template: str = "us", **changes: Any) -> PrivacyPolicy:
    return PrivacyPolicy.model_validate({"template": template, **changes})


def said(*words: str, about: Said | None = None) -> Said:
    more: dict[str, Any] = dict.fromkeys(words, True)
    return replace(about or Said(), **more)


TABLE = [
    # suppression and opt-out end it, in this order, under every template
    ("off", {"suppressed": True, "opted_out": True, "gpc": True}, "drop", ["suppressed"]),
    ("off", {"opted_out": True, "preferences": ALL}, "drop", ["optout"]),
    ("eu", {"opted_out": True, "gpc": True}, "drop", ["optout"]),
    # consent required: silence of a person is a no, silence of a server is not
    ("eu", {}, "drop", ["no_consent"]),
    ("uk", {}, "cookieless", ["no_consent"]),
    ("eu", {"directly": False}, "full", []),
    ("eu", {"preferences": ALL}, "full", []),
    ("eu", {"preferences": {"Analytics": True}}, "no-share", ["no_advertising_consent"]),
    ("eu", {"preferences": {}}, "drop", ["no_consent", "no_advertising_consent"]),
    ("eu", {"preferences": NO_ADVERTISING}, "no-share", ["no_advertising_consent"]),
    ("eu", {"preferences": NO_ANALYTICS}, "drop", ["no_consent"]),
    ("eu", {"preferences": NO_ANALYTICS, "directly": False}, "drop", ["no_consent"]),
    ("uk", {"preferences": NO_ANALYTICS}, "cookieless", ["no_consent"]),
    ("uk", {"preferences": NEITHER}, "cookieless", ["no_consent", "no_advertising_consent"]),
    # the choice itself is told, without a name
    ("eu", {"preferences": NEITHER, "about_consent": True}, "cookieless",
     ["no_consent", "no_advertising_consent"]),
    # consent honoured: only a no counts
    ("us", {}, "full", []),
    ("us", {"preferences": {}}, "full", []),
    ("us", {"preferences": ALL}, "full", []),
    ("us", {"preferences": NO_ANALYTICS}, "cookieless", ["no_consent"]),
    ("us", {"preferences": NO_ADVERTISING}, "no-share", ["no_advertising_consent"]),
    # consent ignored: it gates destinations and nothing else
    ("off", {"preferences": NEITHER}, "full", []),
    # GPC means: no sale, no sharing; a payload's yes does not take it back
    ("us", {"gpc": True}, "no-share", ["gpc"]),
    ("us", {"gpc": True, "preferences": ALL}, "no-share", ["gpc"]),
    ("uk", {"gpc": True, "preferences": ALL}, "cookieless", ["gpc"]),
    ("eu", {"gpc": True, "preferences": ALL}, "cookieless", ["gpc"]),
    ("off", {"gpc": True}, "full", []),
    # DNT
    ("us", {"dnt": True}, "cookieless", ["dnt"]),
    ("eu", {"dnt": True, "preferences": ALL}, "cookieless", ["dnt"]),
    ("off", {"dnt": True}, "full", []),
    # several: the strictest stands, all are told
    ("us", {"gpc": True, "dnt": True}, "cookieless", ["gpc", "dnt"]),
    ("us", {"gpc": True, "dnt": True, "preferences": NEITHER}, "cookieless",
     ["no_consent", "no_advertising_consent", "gpc", "dnt"]),
]  # fmt: skip


@pytest.mark.parametrize(("template", "told", "effect", "reasons"), TABLE)
def test_every_branch(template: str, told: dict[str, Any], effect: str, reasons: list[str]) -> None:
    decision = decide(policy(template), Said(**told))

    assert (decision.effect, list(decision.reasons)) == (effect, reasons)
    assert (decision.drop is not None) == (effect == "drop")


@pytest.mark.parametrize("effect", ["full", "no-share", "cookieless", "drop"])
@pytest.mark.parametrize("signal", ["gpc", "dnt"])
def test_a_policy_may_make_of_a_signal_what_it_wants(signal: str, effect: str) -> None:
    decision = decide(policy(**{signal: effect}), said(signal))

    assert decision.effect == effect
    assert decision.reasons == ((signal,) if effect != "full" else ())
    assert decision.drop == (DropReason.CHOICE if effect == "drop" else None)


def test_a_suppressed_person_is_told_apart_from_one_who_chose() -> None:
    assert decide(policy(), Said(suppressed=True)).drop is DropReason.SUPPRESSED
    assert decide(policy(), Said(opted_out=True)).drop is DropReason.CHOICE


@pytest.mark.parametrize(
    ("decision", "no_share", "cookieless", "cookies"),
    [
        (Decision("full"), False, False, True),
        (Decision("no-share"), True, False, True),
        (Decision("cookieless"), True, True, False),
        (Decision("drop"), True, False, False),
    ],
)
def test_what_an_effect_means(
    decision: Decision, no_share: bool, cookieless: bool, cookies: bool
) -> None:
    assert (decision.no_share, decision.cookieless, decision.allows_cookies) == (
        no_share,
        cookieless,
        cookies,
    )


SAID = st.builds(
    Said,
    suppressed=st.booleans(),
    opted_out=st.booleans(),
    preferences=st.none()
    | st.dictionaries(st.sampled_from(["Analytics", "Advertising", "Other"]), st.booleans()),
    gpc=st.booleans(),
    dnt=st.booleans(),
)
_LADDER = ["full", "no-share", "cookieless", "drop"]


@given(template=st.sampled_from(["eu", "uk", "us", "off"]), before=SAID)
def test_asking_for_less_never_gets_more(template: str, before: Said) -> None:
    least = _LADDER.index(decide(policy(template), before).effect)

    for more in ("gpc", "dnt", "opted_out", "suppressed"):
        after = decide(policy(template), said(more, about=before)).effect
        assert _LADDER.index(after) >= least
