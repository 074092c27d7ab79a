"""The story of a request: find → suppress → clean every store → ask the vendors → wait → clean again → receipt.

Nothing new may arrive while what is there is cleaned, so suppression comes first. The stream keeps lines
that nobody can take out; when it has forgotten them, a second pass finds what they still left. Whoever
goes on with a request goes on from its ledger, after any crash, in as many runs as it takes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import orjson

from headwater.erasure import forwarding, held
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import RECEIPTS, Job, Ledger, Status, jobs
from headwater.erasure.lines import Whose
from headwater.erasure.outside import Outside
from headwater.erasure.person import UNCONFIRMED_IDS, Person, find
from headwater.erasure.receipt import receipt
from headwater.erasure.stores import STORES
from headwater.lake.leases import acquire, release
from headwater.privacy.suppressed import KEY_BYTES
from headwater.privacy.suppressions import key_of, lift, publish, published, suppress
from headwater.record import from_iso, to_iso

# Landing and compacting of the stream's last line.
MARGIN = timedelta(hours=2)


def work_off(outside: Outside) -> list[Job]:
    """Go on with every request there is, oldest first; one at a time, whoever else tries it.

    Returns how far each is.
    """
    now = outside.now()
    lease = acquire(outside.store, "deletions", now=now, until=now + outside.lease_for)
    if lease is None:
        return []
    ended = [work(job, outside) for job in jobs(outside.store)]
    release(outside.store, lease, now=outside.now())
    return ended


def work(job: Job, outside: Outside) -> Job:
    """Go on with one request as far as time allows, and return how far it is."""
    ledger = Ledger(job, outside.store)
    if job.status in ("received", "confirmation_needed"):
        _begin(ledger, outside)
    if ledger.job.status == "refused":
        _done(ledger, outside)
    if ledger.job.status == "second_pass_due" and not _due(ledger.job, outside):
        forwarding.forward(ledger, outside)  # whoever could not take it yet
        return ledger.job
    if ledger.job.status not in ("running", "second_pass_due"):
        return ledger.job
    story: Callable[[Ledger, Outside], bool] = {
        Kind.SUPPRESS: _suppressed,
        Kind.UNSUPPRESS: _lifted,
        Kind.EXPORT: held.shown,
    }.get(job.kind, _erased)
    if story(ledger, outside):
        _done(ledger, outside)
    return ledger.job


def _begin(ledger: Ledger, outside: Outside) -> None:
    """Find the person, and wait for a confirmation where a mistake could reach strangers."""
    job = ledger.job
    found = find(
        job.id_kind,
        job.asked,
        outside.identity,
        max_users_per_device=outside.max_users_per_device,
        secret=job.secret,
    )
    if not isinstance(found, Person):
        ledger.save(status="refused", reason=found.reason)
        return
    if found.count > UNCONFIRMED_IDS and not job.confirmed and job.kind is not Kind.EXPORT:
        if job.status != "confirmation_needed":
            ledger.save(status="confirmation_needed", reason=f"{found.count} ids")
        return
    ledger.save(status="running", reason="", person=found)


def _due(job: Job, outside: Outside) -> bool:
    return outside.now() >= from_iso(job.second_pass_due)


def _suppressed(ledger: Ledger, outside: Outside) -> bool:
    suppress(
        ledger.person.to_suppress,
        outside.suppressions,
        outside.store,
        now=outside.now(),
        new_key=lambda: outside.random_bytes(KEY_BYTES),
        request=_until(ledger.job),
    )
    return True


def _lifted(ledger: Ledger, outside: Outside) -> bool:
    ids = {*ledger.person.to_suppress, (ledger.job.id_kind, ledger.job.asked)}
    lift(
        sorted(ids),
        outside.suppressions,
        outside.store,
        new_key=lambda: outside.random_bytes(KEY_BYTES),
        request=_until(ledger.job),
    )
    return True


def _until(job: Job) -> str:
    """Name the request whose end lifts the suppression; none where it is for good."""
    return job.id if job.kind.erases and not job.kind.suppresses_for_good else ""


def _erased(ledger: Ledger, outside: Outside) -> bool:
    """Clean all stores twice, the second time when the stream has forgotten; then let go or keep out."""
    job = ledger.job
    if job.status == "running":
        # Each time: it is harmless, and nothing below may begin without it.
        _suppressed(ledger, outside)
    elif job.status == "second_pass_due":
        ledger.save(status="running", round=2, step=0, after="", pending="", destinations={})
    if not _cleaned(ledger, outside) or not forwarding.forward(ledger, outside):
        return False
    if ledger.job.round == 1:
        now = outside.now()
        ledger.save(
            status="second_pass_due",
            first_pass_at=to_iso(now),
            second_pass_due=to_iso(now + outside.retention + MARGIN),
        )
        return False
    forwarding.given_up(ledger)
    if not job.kind.suppresses_for_good:
        _lifted(ledger, outside)
    return True


def _cleaned(ledger: Ledger, outside: Outside) -> bool:
    whose = Whose.of(ledger.person, counting=ledger.job.kind is Kind.ANONYMISE)
    while ledger.job.step < len(STORES):
        if not STORES[ledger.job.step].run(ledger, whose, outside):
            ledger.save()
            return False
        ledger.save(step=ledger.job.step + 1, after="", pending="")
    return True


def _done(ledger: Ledger, outside: Outside) -> None:
    """Write the receipt, and only then forget whom it was about."""
    ledger.save(finished_at=ledger.job.finished_at or to_iso(outside.now()))

    def new_key() -> bytes:
        return outside.random_bytes(KEY_BYTES)

    key = key_of(outside.suppressions, new_key)
    if published(outside.store).key != key:
        publish(outside.suppressions, outside.store, new_key=new_key)  # it proves the receipt
    written = orjson.dumps(receipt(ledger.job, key=key), option=orjson.OPT_INDENT_2)
    outside.store.put(f"{RECEIPTS}{ledger.job.id}.json", written)
    ledger.forget()
    ended: Status = "refused" if ledger.job.status == "refused" else "done"
    ledger.job = replace(ledger.job, status=ended, person=None, asked="", secret="")
