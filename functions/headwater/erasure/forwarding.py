"""The vendors are asked to erase the person too; who has no call for it is named for somebody to do.

Asked directly and not by the queue: a message that names the person would be one more thing to erase.
Whoever cannot take it now is asked again by every run. The second pass asks everybody once more: what was
on its way while the stores were cleaned may have reached a vendor after its first answer.
"""

from collections.abc import Callable, Generator
from datetime import datetime

from headwater.delivery import look_up
from headwater.delivery.parcels import pack
from headwater.delivery.settlement import WAITING
from headwater.destination import Configured, Request, Result, Subject, Unsendable
from headwater.erasure.ledger import Ledger
from headwater.erasure.outside import Outside
from headwater.erasure.person import Person
from headwater.errors import HeadwaterError
from headwater.outcomes import Verdict
from headwater.ports import HttpRequest, HttpResponse

REQUEST_SECONDS = 10.0
# How a destination's part ends, in the receipt.
ASKED, NOTHING_TO_ASK = "asked", "holds none of the ids"
_OPEN, _MANUAL = "open: ", "manual: "
NOT_OFFERED, SWITCHED_OFF = f"{_MANUAL}no call to erase", f"{_MANUAL}switched off"


def forward(ledger: Ledger, outside: Outside) -> bool:
    """Ask each destination that has not ended yet, once; False when time ended first."""
    for destination in outside.configured:
        said = ledger.job.destinations.get(destination.id, _OPEN)
        if not said.startswith(_OPEN):
            continue
        if not outside.may_go_on():
            return False
        ended = unasked(destination) or _ask(destination, ledger.person, outside)
        if ended != said:
            ledger.save(destinations={**ledger.job.destinations, destination.id: ended})
    return True


def unasked(destination: Configured) -> str:
    """Say why a destination is left to somebody: it may hold the person all the same; else nothing."""
    if not destination.enabled:
        return SWITCHED_OFF
    return "" if destination.sheet.delete else NOT_OFFERED


def given_up(ledger: Ledger) -> None:
    """Leave what no vendor took to a person, with the reason."""
    ledger.save(
        destinations={
            id_: _MANUAL + said.removeprefix(_OPEN) if said.startswith(_OPEN) else said
            for id_, said in ledger.job.destinations.items()
        }
    )


def _ask(destination: Configured, person: Person, outside: Outside) -> str:
    delete = destination.sheet.delete
    if delete is None:
        return NOT_OFFERED
    subject = Subject(
        user_ids=person.users, anonymous_ids=person.devices, emails=tuple(person.emails)
    )
    try:
        asked = delete(subject, destination.resolve(outside.secrets))
        if isinstance(asked, Generator):
            # The vendor names the person by an id of its own, which it is asked for now.
            send, now = _sender(outside), outside.now()
            found = look_up.run(asked, destination.sheet, send=send, now=now, surely=True)
        else:
            found = asked
        match found:
            case Unsendable(reason):
                return _MANUAL + reason
            case Result():
                return (_OPEN if found.verdict in WAITING else _MANUAL) + found.reason
        return _sent(list(found), destination, outside) if found else NOTHING_TO_ASK
    except HeadwaterError as error:
        return _OPEN + type(error).__name__
    except Exception as error:  # noqa: BLE001  a mapping's defect is that destination's ending
        return _MANUAL + type(error).__name__


def _sender(outside: Outside) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: outside.http.send(request, timeout_seconds=REQUEST_SECONDS)


def _sent(requests: list[Request], destination: Configured, outside: Outside) -> str:
    now: datetime = outside.now()
    parcels, too_large = pack(list(enumerate(requests)), destination.sheet, now=now)
    for parcel in parcels:
        response = _sender(outside)(parcel.to_http(destination.sheet, now=now))
        result = destination.sheet.classify(response)
        if result.verdict in WAITING:
            return _OPEN + result.reason
        if result.verdict is not Verdict.OK and response.status != 404:  # it never knew them
            return _MANUAL + result.reason
    return f"{_MANUAL}too_large" if too_large else ASKED
