"""The founding paper's journey, from clicks on the shop's pages to an answer about a person."""

import hmac
import secrets
from collections import Counter

import orjson
import pytest
from headwater.ids import person_of_device, person_of_user

from local.endpoints import Endpoints
from local.played import Player
from local.played_in_chromium import ChromiumPlayer
from local.played_over_http import HttpPlayer
from local.report import Evidence, checks
from local.watch import compact, watch
from tests.e2e.stack import Stack, eventually

# Printed in the demo's own code: the secret that the demo's webhook is signed with.
WEBHOOK_SECRET = b"demo-webhook-secret"

LAPTOP = Counter(
    [
        ("page", "Home"),
        ("track", "Product List Viewed"),
        ("page", "Products"),
        ("track", "Product List Viewed"),
        ("track", "Product Clicked"),
        ("page", "Product"),
        ("track", "Product Viewed"),
        ("track", "Product Added"),
        ("page", "Newsletter"),
        ("track", "Form Submitted"),
        ("identify", None),
        ("page", "Sign Up"),
        ("track", "Form Submitted"),
        ("identify", None),
        ("identify", None),
        ("page", "Account"),
    ]
)
PHONE = Counter(
    [
        ("page", "Product"),
        ("track", "Product Viewed"),
        ("track", "Product Added"),
        ("page", "Log In"),
        ("identify", None),
        ("track", "Signed In"),
        ("identify", None),
        ("page", "Account"),
    ]
)
SERVER = Counter(
    [
        ("identify", None),
        ("track", "Account Created"),
        ("track", "Signed Up"),
        ("track", "Loyalty Points Calculated"),
    ]
)


def played(endpoints: Endpoints, player: Player) -> Evidence:
    email = f"peter.{secrets.token_hex(4)}@initec.example"
    return watch(endpoints, player, email=email, say=lambda _: None)


# What the lake calls each client of the shop's pages.
LIBRARIES = {"headwater": "headwater.js", "segment": "analytics.js"}


@pytest.fixture(scope="module", params=LIBRARIES)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def in_chromium(browser_tools: None, running: Stack, client: str) -> Evidence:
    endpoints = running.endpoints
    return played(
        endpoints, ChromiumPlayer(site=endpoints.site, prefix=endpoints.prefix, client=client)
    )


class TestInChromium:
    """With our own tag, and with the real, unmodified analytics.js."""

    def test_every_promise_of_the_demo_holds(self, in_chromium: Evidence) -> None:
        assert [check for check in checks(in_chromium) if not check.holds] == []

    def test_the_browser_sent_what_the_pages_say(self, in_chromium: Evidence) -> None:
        calls = {
            sender: Counter(
                (sent.type, sent.name)
                for sent in in_chromium.journey.sent
                if sent.sender in senders
            )
            for sender, senders in {
                "laptop": {"laptop"},
                "phone": {"phone"},
                "server": {"shop server", "nightly job"},
            }.items()
        }

        assert calls == {"laptop": LAPTOP, "phone": PHONE, "server": SERVER}

    def test_the_lake_knows_device_campaign_and_library_of_each_event(
        self, in_chromium: Evidence, stack: Stack, client: str
    ) -> None:
        journey = in_chromium.journey
        rows = {
            row["message_id"]: row for row in stack.rows({sent.message_id for sent in journey.sent})
        }

        kinds = {
            (sent.sender, rows[sent.message_id]["device_kind"], rows[sent.message_id]["source_id"])
            for sent in journey.sent
        }
        assert kinds == {
            ("laptop", "desktop", "shop-web"),
            ("phone", "mobile", "shop-web"),
            ("shop server", None, "shop-server"),
            ("nightly job", None, "shop-server"),
        }
        campaigns = Counter(
            (row["utm_source"], row["utm_medium"], row["utm_campaign"]) for row in rows.values()
        )
        # The landing page's two calls; the others were made on pages without a campaign.
        assert campaigns[("garden-weekly", "email", "spring-harvest")] == 2
        assert campaigns.total() == len(journey.sent)
        assert {row["library_name"] for row in rows.values()} == {
            LIBRARIES[client],
            "analytics-python",
        }

    def test_a_delivery_carries_the_person_of_its_moment(
        self, in_chromium: Evidence, stack: Stack
    ) -> None:
        journey = in_chromium.journey
        taken = stack.webhooks({sent.message_id for sent in journey.sent})
        people = {
            sent.message_id: taken[sent.message_id]["body"]["identity"]["personId"]
            for sent in journey.sent
        }

        before = {
            people[sent.message_id] for sent in journey.sent[: len(LAPTOP) // 2] if not sent.user_id
        }
        after = {people[sent.message_id] for sent in journey.sent if sent.user_id}
        assert before == {person_of_device(journey.laptop)}
        assert after == {person_of_user(journey.user_id)}

    def test_a_webhook_is_signed_and_names_its_event(
        self, in_chromium: Evidence, stack: Stack
    ) -> None:
        message_id = in_chromium.journey.sent[0].message_id
        request = stack.webhooks({message_id})[message_id]

        # The sink keeps what the body says; written again as it was written, it is the same bytes.
        body = orjson.dumps(request["body"])
        assert request["headers"]["idempotency-key"] == message_id
        assert request["headers"]["x-signature"] == hmac.digest(WEBHOOK_SECRET, body, "sha1").hex()


def test_the_same_journey_over_http_keeps_every_promise(endpoints: Endpoints) -> None:
    seen = played(
        endpoints,
        HttpPlayer(site=endpoints.site, prefix=endpoints.prefix, write_key=endpoints.write_key),
    )

    assert [check for check in checks(seen) if not check.holds] == []
    sent = {sender: Counter[tuple[str, str | None]]() for sender in ("laptop", "phone")}
    for call in seen.journey.sent:
        if call.sender in sent:
            sent[call.sender][call.type, call.name] += 1
    assert sent == {"laptop": LAPTOP, "phone": PHONE}


def test_compacting_again_adds_nothing(endpoints: Endpoints) -> None:
    # What a test before left on its way may land between two runs, and the hourly one may be at work.
    assert eventually(lambda: compact(endpoints), lambda added: added == 0) == 0
