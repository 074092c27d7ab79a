"""Plays the journey while looking: at the visitor before they are known, then until all has arrived."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from headwater.ids import person_of_user

from local import evidence
from local.athena import Lake
from local.deploy import client
from local.endpoints import Endpoints
from local.evidence import Known
from local.journey import Journey, Say, play
from local.played import Moment, Player, Sent
from local.report import Answer, Evidence, checks

_QUESTIONS = Path(__file__).resolve().parent / "questions"
# A quiet machine needs a few seconds; two busy cores must not make the demo fail.
_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.5


def watch(endpoints: Endpoints, visitor: Player, *, email: str, say: Say) -> Evidence:
    """Play the journey, wait until it has arrived, compact, ask; never waits without an end.

    What did not arrive in time is missing from the evidence, and fails its check there.
    """
    before: list[Known] = []

    def look(moment: Moment, sent: tuple[Sent, ...]) -> None:
        if moment == "anonymous":
            say("  … waiting until the pipeline knows the email, and nobody's name")
            before.append(_known_with(endpoints, _device(sent), trait="email"))

    journey = play(endpoints, visitor, email=email, say=say, look=look)
    say(f"{len(journey.sent)} events sent; waiting until they are in the lake and delivered")
    lake = Lake.open(endpoints)
    seen = _until_arrived(lambda: _evidence(endpoints, lake, journey, before[0]), say=say)
    added = compact(endpoints)
    say(f"compacted: {added} events went from raw lines into Parquet")
    lake.refresh()
    return _evidence(endpoints, lake, journey, seen.before, answers=_answers(lake, journey))


def compact(endpoints: Endpoints) -> int:
    """Run the compactor once, as its schedule does, and return how many events it added."""
    functions = client("lambda", endpoints.aws, attempts=1, read_timeout_seconds=300)
    answer = functions.invoke(FunctionName=endpoints.functions["compactor"], Qualifier="live")
    said = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise RuntimeError(f"the compactor failed: {said}")
    return int(said["added"])


def _until_arrived(look: Callable[[], Evidence], *, say: Say) -> Evidence:
    began = time.monotonic()
    told = ""
    while True:
        seen = look()
        missing = [check for check in checks(seen) if not check.holds]
        waited = time.monotonic() - began
        if not missing or waited > _PATIENCE_SECONDS:
            return seen
        findings = "; ".join(f"{check.topic}: {check.finding}" for check in missing)
        if findings != told:
            say(f"  … {waited:3.0f} s  {findings}")
            told = findings
        time.sleep(_PAUSE_SECONDS)


def _evidence(
    endpoints: Endpoints,
    lake: Lake,
    journey: Journey,
    before: Known,
    *,
    answers: tuple[Answer, ...] = (),
) -> Evidence:
    lake.refresh()
    return Evidence(
        journey=journey,
        before=before,
        after=evidence.known(endpoints, journey.laptop),
        phone=evidence.known(endpoints, journey.phone),
        kept=evidence.kept(lake),
        delivered=evidence.delivered(endpoints),
        answers=answers,
        violations=evidence.violations(lake, (sent.message_id for sent in journey.sent)),
    )


def _known_with(endpoints: Endpoints, anonymous_id: str, *, trait: str) -> Known:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        known = evidence.known(endpoints, anonymous_id)
        if trait in known.traits or time.monotonic() > deadline:
            return known
        time.sleep(_PAUSE_SECONDS)


def _device(sent: tuple[Sent, ...]) -> str:
    return next(message.anonymous_id for message in sent if message.anonymous_id)


def _answers(lake: Lake, journey: Journey) -> tuple[Answer, ...]:
    values = {
        "person_id": person_of_user(journey.user_id),
        "since": journey.began_at.date().isoformat(),
    }
    found = []
    for file in sorted(_QUESTIONS.glob("*.sql")):
        question, _, sql = file.read_text(encoding="utf-8").partition("\n")
        asked = sql.format(**values)
        found.append(Answer(question.removeprefix("-- "), asked, lake.query(asked)))
    return tuple(found)
