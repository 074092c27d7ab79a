"""`make privacy` and `make privacy-receipt`: what a person asks, by an operator.

    python -m local.privacy_command ask --kind delete --user user-7 [--stage production] [--apply]
    python -m local.privacy_command follow --request ID [--confirm]
    python -m local.privacy_command receipt --file receipt.json

Without `--apply` it only shows whom it would reach. With it the request is written down, the eraser is
called, and how far it is can be watched; nothing stops when nobody watches.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import orjson
from headwater.adapters.dynamodb import DynamoTable
from headwater.destinations import check
from headwater.erasure.forwarding import unasked
from headwater.erasure.kinds import Kind
from headwater.erasure.ledger import RECEIPTS, REQUESTS, Job, a_job
from headwater.erasure.person import UNCONFIRMED_IDS, IdKind, Person, Unclear, find
from headwater.erasure.receipt import verified
from headwater.erasure.stores import STORES
from headwater.errors import DependencyError
from headwater.ids import usable_id
from headwater.ports import ObjectStore
from headwater.privacy.suppressions import published
from headwater.record import from_iso, to_iso

from local.deploy import client
from local.deployment import Deployment, deployment
from local.endpoints import Endpoints, NotUpError
from local.presence import is_there
from local.progress import bar, say
from local.stages import StageError, stack_name

# The eraser is called again when nothing has moved for so long: its lease may have been another's.
STILL_SECONDS = 60.0
POLL_SECONDS = 2.0


class PrivacyCommandError(Exception):
    """What was asked cannot be done; the message says what to give instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the command needs: the deployment's bucket, the eraser, two clocks."""

    store: ObjectStore
    call_eraser: Callable[[], object]
    sleep: Callable[[float], None] = time.sleep
    seconds: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


def main(arguments: list[str]) -> None:
    """Do what is asked, or say in one line why not."""
    parser = argparse.ArgumentParser(prog="make privacy or make privacy-receipt")
    parser.add_argument("what", choices=["ask", "follow", "receipt"])
    parser.add_argument("--stage", default="", help="a section of samconfig.toml; else here")
    parser.add_argument("--kind", default="", help=", ".join(Kind))
    parser.add_argument("--request", default="", help="a request's number")
    parser.add_argument("--file", type=Path, help="a receipt")
    parser.add_argument("--apply", action="store_true", help="do it; else only say what would be")
    parser.add_argument("--confirm", action="store_true", help="somebody has looked at the ids")
    asked = parser.parse_args(arguments)
    try:
        found = deployment(asked.stage)
        means = Means(store=found.store, call_eraser=eraser(asked.stage))
        if asked.what == "receipt":
            check_receipt(asked.file, found.store)
        elif asked.what == "follow":
            follow(asked.request, means, confirm=asked.confirm)
        else:
            id_kind, id_ = subject(os.environ)
            ask(kind_of(asked.kind), id_kind, id_, found, means, apply=asked.apply)
    except (NotUpError, StageError, DependencyError, PrivacyCommandError) as error:
        raise SystemExit(f"privacy: {error}") from None


def kind_of(text: str) -> Kind:
    """Read what is asked."""
    if text not in {kind.value for kind in Kind}:
        raise PrivacyCommandError(f"KIND is one of {', '.join(Kind)}")
    return Kind(text)


def subject(environ: "os._Environ[str] | dict[str, str]") -> tuple[IdKind, str]:
    """Read whom it is about; by the environment, so that an id may hold any character of a shell's."""
    user, device = environ.get("PRIVACY_USER", ""), environ.get("PRIVACY_DEVICE", "")
    if bool(user) == bool(device):
        raise PrivacyCommandError("name USER=… or DEVICE=…, one of them")
    id_ = usable_id(user or device)
    if id_ is None:
        raise PrivacyCommandError("this id stands for nobody (docs/identity.md)")
    return ("user", id_) if user else ("anonymous", id_)


def ask(
    kind: Kind, id_kind: IdKind, id_: str, found: Deployment, means: Means, *, apply: bool
) -> None:
    """Show whom it reaches, and with `apply` write the request down and follow it."""
    secret = secrets.token_bytes(32).hex()
    person = find(
        id_kind,
        id_,
        DynamoTable(found.dynamodb, found.identity_table),
        max_users_per_device=found.workspace.identity.max_users_per_device,
        secret=secret,
    )
    if isinstance(person, Unclear):
        raise PrivacyCommandError(
            f"{person.reason}: strangers would be reached; see docs/privacy.md"
        )
    for line in shown(person):
        say(line)
    if kind.erases:
        for destination in check(found.workspace):
            say(f"  {destination.id}: {unasked(destination) or 'is asked to erase too'}")
    if not apply:
        say("nothing was written: add APPLY=1 to do it")
        return
    confirm(person, kind)
    job = a_job(
        secrets.token_bytes(16).hex(),
        kind,
        id_kind,
        id_,
        requested_at=to_iso(means.now()),
        secret=secret,
        confirmed=True,
    )
    means.store.put(job.key, job.to_bytes())
    say(f"request {job.id} is written down; make privacy REQUEST={job.id} shows how far it is")
    follow(job.id, means)


def shown(person: Person) -> Iterator[str]:
    """Say whom a request reaches, id by id."""
    yield f"{person.count} ids of one person:"
    yield from (f"  user    {each}" for each in person.users)
    yield from (f"  device  {each}" for each in person.devices)
    for each in person.shared:
        yield f"  device  {each} (others use it too: their events stay, it is not suppressed)"


def confirm(person: Person, kind: Kind, read: Callable[[str], str] = input) -> None:
    """Have somebody type the number of ids, when there are more than most people have."""
    if kind is Kind.EXPORT or person.count <= UNCONFIRMED_IDS:
        return
    typed = read(f"{person.count} ids are many: type their number to go on: ")
    if typed.strip() != str(person.count):
        raise PrivacyCommandError("nothing was written")


def follow(request: str, means: Means, *, confirm: bool = False) -> None:
    """Show how far a request is, until it waits for something or is done."""
    key = f"{REQUESTS}{request}.json"
    if confirm and (job := read_job(key, means.store)) is not None:
        means.store.put(key, replace(job, confirmed=True).to_bytes())
    moved_at, last = float("-inf"), ""
    while (job := read_job(key, means.store)) is not None:
        if job.status == "second_pass_due" and means.now() < from_iso(job.second_pass_due):
            say(
                f"cleaned; a second pass follows when the stream has forgotten: {job.second_pass_due}"
            )
            return
        if job.status == "confirmation_needed" and not job.confirmed:
            say(
                f"{job.reason}: look at them (KIND=… USER=… without APPLY), then REQUEST=… CONFIRM=1"
            )
            return
        place = f"{job.status} {job.step} {job.pending}"
        if place != last:
            moved_at, last = (means.seconds(), place) if last else (moved_at, place)
            bar(STORES[min(job.step, len(STORES) - 1)].name, job.step, len(STORES))
        if means.seconds() - moved_at > STILL_SECONDS:
            means.call_eraser()
            moved_at = means.seconds()
        means.sleep(POLL_SECONDS)
    receipt = f"{RECEIPTS}{request}.json"
    if not is_there(means.store, receipt):
        raise PrivacyCommandError("there is no such request")
    say(means.store.get(receipt).decode())


def read_job(key: str, store: ObjectStore) -> Job | None:
    """Read a request that is under way; None when there is none."""
    if not is_there(store, key):
        return None
    try:
        return Job.from_bytes(store.get(key))
    except DependencyError:
        return None  # done in between


def check_receipt(file: Path | None, store: ObjectStore) -> None:
    """Say whether a receipt is as this deployment wrote it."""
    try:
        written = orjson.loads((file or Path()).read_bytes())
        good = verified(written, key=published(store).key)
    except (OSError, ValueError, AttributeError):
        raise PrivacyCommandError("FILE=… is no receipt") from None
    if not good:
        raise PrivacyCommandError("this receipt is not as this deployment wrote it")
    say(f"the receipt of request {written['requestId']} ({written['kind']}) is genuine")


def eraser(stage: str) -> Callable[[], object]:
    """Return what calls the eraser at once, instead of at the next quarter of an hour."""
    if stage in {"", "local"}:
        endpoints = Endpoints.load()
        functions, name = client("lambda", endpoints.aws), endpoints.functions["eraser"]
    else:
        functions = boto3.client("lambda")
        name = boto3.client("cloudformation").describe_stack_resource(
            StackName=stack_name(stage), LogicalResourceId="Eraser"
        )["StackResourceDetail"]["PhysicalResourceId"]
    return lambda: functions.invoke(
        FunctionName=name, Qualifier="live", InvocationType="Event", Payload=b"{}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
