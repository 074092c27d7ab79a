"""The demo shop's switch between the two clients, its consent banner, and the line that says it is honoured."""

from typing import Any

import pytest

from local.endpoints import Endpoints
from tests.e2e.clients.chromium import Chromium, Visit
from tests.e2e.stack import eventually

HONOURED = "document.querySelector('#honoured').textContent"
BANNER = "document.querySelector('#consent').hidden"
SENT = "JSON.parse(sessionStorage.journal ?? '[]').map((entry) => entry.name)"


def wait(visit: Visit, code: str, wanted: Any) -> Any:
    return eventually(lambda: visit.evaluate(code), lambda seen: bool(seen == wanted))


@pytest.mark.parametrize("client", ["headwater", "segment"])
def test_a_choice_is_asked_once_and_said_to_be_honoured(
    chromium: Chromium, endpoints: Endpoints, client: str
) -> None:
    with chromium.visit(endpoints.site) as visit:
        wait(visit, f"{SENT}.length", wanted=2)
        visit.evaluate(f"localStorage.setItem('shop:client', '{client}')")
        visit.leave(endpoints.site)
        assert wait(visit, "document.querySelector('#client').value", client) == client
        asked = visit.evaluate(BANNER)
        visit.order("click", selector="[data-choice=analytics]")
        wait(visit, f"{SENT}.includes('Segment Consent Preference Updated')", wanted=True)
        honoured = visit.evaluate(HONOURED)
        visit.leave(endpoints.site)
        asked_again = visit.evaluate(BANNER)

    assert (asked, asked_again) == (False, True)
    assert honoured == (
        "Your choice is honoured: this visit is counted, and not shared with advertisers."
    )


def test_who_opts_out_is_told_so_and_nothing_more_is_sent(
    chromium: Chromium, endpoints: Endpoints
) -> None:
    with chromium.visit(endpoints.site) as visit:
        wait(visit, f"{SENT}.length", wanted=2)
        visit.order("click", selector="#opt-out")
        honoured = visit.evaluate(HONOURED)
        visit.leave(f"{endpoints.site}/products/")
        said = visit.evaluate("analytics.privacy().optOut")

    assert honoured == ("Your choice is honoured: you opted out, and this visit is not recorded.")
    assert said is True
