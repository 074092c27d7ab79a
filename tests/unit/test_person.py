"""Choices on their whole way through the collector: what is stored, what is not, and which cookies."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from headwater.collect import collect
from headwater.privacy.held import NOTHING, Held
from headwater.privacy.suppressed import KEY_BYTES, Suppressed, hashed
from headwater.wire.ending import Collected

from tests.examples import BROWSER_KEY, NOON, SERVER_KEY, a_request, a_workspace
from tests.fakes import MemoryStore, MemoryStream

HOME = {"origin": "https://shop.example", "sec-fetch-site": "same-origin"}
PEPPER = b"p" * KEY_BYTES
HELD = Held(cookie_keys=(b"k" * 64,), salts={"2026-03-01": b"s" * 32})
DEVICE = "8aa50242-4f0a-42e1-afae-070ce389373c"
CLIENT_IDS = (DEVICE, "user-1", "a@b.example", "group-1")


class Site:
    """One collector in memory, asked by a page of the site."""

    def __init__(self, held: Held = HELD, **workspace: Any) -> None:
        self.workspace, self.held = a_workspace(**workspace), held
        self.stream = MemoryStream()
        self.ids = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"00000000-0000-4000-8000-{self.ids:012}"

    def ask(
        self,
        sent: Any = None,
        /,
        *,
        headers: Mapping[str, str] = HOME,
        cookies: tuple[str, ...] = (),
        key: str = BROWSER_KEY,
        path: str = "/ev/v1/t",
        **fields: Any,
    ) -> Collected:
        body = a_track(**fields) if sent is None else sent
        body = {"batch": body} if isinstance(body, list) else body
        return collect(
            a_request(
                {"writeKey": key, **body},
                path=path,
                headers={"user-agent": "Firefox", **headers},
                cookies=cookies,
                address="203.0.113.66",
            ),
            workspace=self.workspace,
            stream=self.stream,
            store=MemoryStore(),
            now=NOON,
            new_id=self.new_id,
            held=lambda: self.held,
        )

    @property
    def stored(self) -> list[Any]:
        return [orjson.loads(line) for line in self.stream.lines if line[:1] == b"{"]


def a_track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "E", "messageId": "m", "anonymousId": DEVICE, **fields}


def consenting(**preferences: bool) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": preferences}}


@pytest.mark.parametrize(
    ("headers", "cookies", "fields", "expected"),
    [
        ({}, (), {}, ("full", False, [])),
        ({"sec-gpc": "1"}, (), {}, ("full", True, ["gpc"])),
        ({"sec-gpc": "0, 1"}, (), {}, ("full", True, ["gpc"])),
        ({"sec-gpc": "1,1"}, (), {}, ("full", True, ["gpc"])),
        ({"sec-gpc": "0"}, (), {}, ("full", False, [])),
        ({"sec-gpc": "true"}, (), {}, ("full", False, [])),
        ({"sec-gpc": '"1"'}, (), {}, ("full", False, [])),
        ({"sec-gpc": "11"}, (), {}, ("full", False, [])),
        ({"sec-gpc": ""}, (), {}, ("full", False, [])),
        ({"dnt": "1"}, (), {}, ("cookieless", True, ["dnt"])),
        ({"dnt": "0"}, (), {}, ("full", False, [])),
        ({"dnt": "unspecified"}, (), {}, ("full", False, [])),
        ({"sec-gpc": "1", "dnt": "1"}, (), {}, ("cookieless", True, ["gpc", "dnt"])),
        ({}, ("optout=1",), {}, None),
        ({}, ("optout=0",), {}, ("full", False, [])),
        ({}, ("optout=0", "optout=1"), {}, None),
        ({"sec-gpc": "1"}, (), {"context": consenting(Advertising=True)}, ("full", True, ["gpc"])),
        ({}, (), {"context": consenting(Analytics=False)}, ("cookieless", True, ["no_consent"])),
        ({}, (), {"context": consenting(Advertising=False)},
         ("full", True, ["no_advertising_consent"])),
        ({}, (), {"context": {"consentManagement": {"deniedConsentIds": ["Analytics"]}}},
         ("cookieless", True, ["no_consent"])),
        ({}, ("headwater_consent=%7B%22Analytics%22%3Afalse%7D",), {},
         ("cookieless", True, ["no_consent"])),
        ({}, ("headwater_consent=%7B%22Analytics%22%3Afalse%7D",),
         {"context": consenting(Analytics=True)}, ("cookieless", True, ["no_consent"])),
        ({}, (), {"event": "Segment Consent Preference Updated",
                  "context": consenting(Analytics=False)}, ("cookieless", True, ["no_consent"])),
    ],
)  # fmt: skip
def test_a_browsers_choice_is_on_the_stored_event_and_decides_its_cookies(
    headers: dict[str, str],
    cookies: tuple[str, ...],
    fields: dict[str, Any],
    expected: tuple[str, bool, list[str]] | None,
) -> None:
    site = Site()

    collected = site.ask(headers=HOME | headers, cookies=cookies, **fields)

    assert (collected.reply.status, collected.reply.body) == (200, b'{"success":true}')
    if expected is None:
        assert (site.stream.lines, collected.dropped, collected.reply.cookies) == ([], 1, ())
        return
    (stored,) = site.stored
    privacy = stored["privacy"]
    assert (privacy["decision"], privacy["noShare"], privacy["reasons"]) == expected
    assert bool(collected.reply.cookies) == (privacy["decision"] == "full")
    assert (stored["identity"]["anonymousId"] is None) == (privacy["decision"] == "cookieless")


@pytest.mark.parametrize("said", [{"sec-gpc": "1"}, {"dnt": "1"}])
def test_a_servers_headers_and_cookies_say_nothing_of_the_person(said: dict[str, str]) -> None:
    site = Site()

    collected = site.ask(key=SERVER_KEY, headers=said, cookies=("optout=1",), userId="user-1")

    (stored,) = site.stored
    assert stored["privacy"] == {"decision": "full", "noShare": False, "reasons": []}
    assert collected.reply.cookies == ()


def test_what_a_servers_event_says_of_the_person_counts() -> None:
    site = Site()

    site.ask(key=SERVER_KEY, headers={}, userId="user-1", context=consenting(Analytics=False))

    (stored,) = site.stored
    assert stored["privacy"]["reasons"] == ["no_consent"]
    assert stored["userId"] is None
    assert "cookielessId" not in stored["enrichment"]


def test_a_cookieless_event_has_the_days_id_and_no_other() -> None:
    site = Site()
    named = a_track(
        userId="user-1",
        groupId="group-1",
        context={"traits": {"email": "a@b.example"}, "page": {"url": "https://shop.example/x"}},
        custom={"anonymousId": DEVICE},
    )

    for _ in range(2):
        site.ask(named, headers=HOME | {"dnt": "1"})
    site.held = Held(salts={"2026-03-01": b"t" * 32})
    site.ask(named, headers=HOME | {"dnt": "1"})
    site.held = NOTHING
    site.ask(named, headers=HOME | {"dnt": "1"})

    first, second, resalted, unsalted = site.stored
    for stored in site.stored:
        assert not any(id_ in orjson.dumps(stored).decode() for id_ in CLIENT_IDS)
        assert "203.0.113" not in orjson.dumps(stored).decode()
        assert set(stored["identity"].values()) == {None, False}
    ids = [each["enrichment"].get("cookielessId") for each in (first, second, resalted, unsalted)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("cl_")
    assert len(ids[0]) == 25
    assert ids[3] is None
    assert site.stream.records[0].partition_key == "m"


@pytest.mark.parametrize("type_", ["identify", "group", "alias"])
def test_a_call_that_says_only_who_somebody_is_is_not_kept_of_nobody(type_: str) -> None:
    site = Site()
    event = {"type": type_, "userId": "user-1", "groupId": "group-1", "previousId": DEVICE}

    collected = site.ask(event, path=f"/v1/{type_}", headers=HOME | {"dnt": "1"})

    assert (collected.reply.status, collected.dropped, site.stream.lines) == (200, 1, [])


def test_whoever_is_dropped_is_not_among_the_rejected_and_a_cookieless_one_is_nameless() -> None:
    bad = a_track(event=None, userId="user-1", properties={"password": "s3cret"})
    site = Site()

    assert site.ask(bad, cookies=("optout=1",)).reply.status == 200
    assert site.stream.lines == []
    site.ask(bad, headers=HOME | {"dnt": "1"})

    (line,) = site.stream.lines
    assert b"event_not_defined" in line
    assert not any(id_.encode() in line for id_ in (*CLIENT_IDS, "s3cret"))


def test_what_is_too_large_is_decided_before_it_is_kept() -> None:
    large = a_track(userId="user-1", properties={"much": "x" * 40_000, "password": "s3cret"})
    site = Site()

    site.ask([large], path="/v1/b", cookies=("optout=1",))
    assert site.stream.lines == []
    site.ask([large], path="/v1/b", headers=HOME | {"dnt": "1"})

    (line,) = site.stream.lines
    assert b"event_too_large" in line
    assert b"user-1" not in line
    assert b"s3cret" not in line


def test_a_suppressed_person_is_not_stored_under_any_of_their_ids() -> None:
    hashes = [hashed("user", "user-1", PEPPER), hashed("anonymous", DEVICE, PEPPER)]
    site = Site(Held(suppressed=Suppressed.of(hashes, PEPPER)))

    for fields in (
        {"userId": "user-1", "anonymousId": "other"},
        {"anonymousId": DEVICE},
        {"anonymousId": None, "userId": None},
        {"userId": "user-2", "previousId": "user-1"},
    ):
        cookies = (f"ajs_anonymous_id={DEVICE}",)
        assert site.ask(cookies=cookies, **fields).dropped == 1
    server = site.ask(key=SERVER_KEY, headers={}, userId="user-1")

    assert (server.dropped, site.stream.lines) == (1, [])
    assert site.ask(userId="user-2", anonymousId="other").accepted == 1


def test_one_no_in_a_batch_sets_no_cookie_and_touches_no_other_event() -> None:
    site = Site()
    batch = [a_track(messageId="a"), a_track(messageId="b", context=consenting(Analytics=False))]

    collected = site.ask(batch, path="/v1/b")

    assert [each["privacy"]["decision"] for each in site.stored] == ["full", "cookieless"]
    assert collected.reply.cookies == ()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://shop.example.evil.example"},
        {"origin": "https://shop.example", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"x-forwarded-host": "shop.example", "host": "shop.example"},
    ],
)
def test_away_from_home_no_cookie_is_set(headers: dict[str, str]) -> None:
    site = Site()

    collected = site.ask(headers=headers)

    assert (collected.reply.status, collected.reply.cookies) == (200, ())


def test_a_page_of_the_site_needs_no_id_and_its_next_event_has_the_same() -> None:
    site = Site()

    first = site.ask(anonymousId=None)
    sent = tuple(cookie.partition(";")[0] for cookie in first.reply.cookies)
    second = site.ask(anonymousId=None, cookies=sent)

    assert len({each["anonymousId"] for each in site.stored}) == 1
    assert second.reply.cookies == ()
    assert all("no-store" in each.reply.headers["cache-control"] for each in (first, second))


def test_an_id_of_the_pages_own_stays_on_the_event_and_moves_no_cookie_before_a_reset() -> None:
    site, chosen = Site(), "11111111-2222-4333-8444-555555555555"
    first = set_by(site.ask(cookies=()))

    # analytics.js's `reset` or `setAnonymousId`: another id in the event, and in the cookie scripts write.
    moved = site.ask(anonymousId=chosen, cookies=sent_back(first | {"ajs_anonymous_id": chosen}))
    assert [event["anonymousId"] for event in site.stored] == [DEVICE, chosen]
    assert set_by(moved)["ajs_anonymous_id"] == first["ajs_anonymous_id"] == DEVICE

    gone = set_by(
        site.ask({"writeKey": BROWSER_KEY}, path="/ev/v1/reset", cookies=sent_back(first))
    )
    assert gone == dict.fromkeys(first, "")
    after = set_by(site.ask(anonymousId=chosen))
    assert after["ajs_anonymous_id"] == chosen
    assert set_by(site.ask(anonymousId=chosen, cookies=sent_back(after))) == {}


def set_by(collected: Collected) -> dict[str, str]:
    return dict(cookie.partition("; ")[0].split("=", 1) for cookie in collected.reply.cookies)


def sent_back(cookies: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in cookies.items())


def test_without_keys_the_event_is_kept_and_no_cookie_is_set() -> None:
    site = Site(NOTHING)

    assert site.ask(anonymousId=None).reply.cookies == ()
    assert site.stored[0]["identity"]["anonymousId"] is not None


def test_consent_that_was_recorded_is_where_destinations_are_chosen() -> None:
    site = Site()

    site.ask(cookies=("headwater_consent=%7B%22Analytics%22%3Atrue%2C%22Ads%22%3Afalse%7D",))
    site.ask(context={"consentManagement": {"allowedConsentIds": ["Ads"]}})
    site.ask(cookies=("headwater_consent=junk",), context=consenting(Ads=True))

    recorded, rudder, junk = (each["context"]["consent"] for each in site.stored)
    assert recorded == {"categoryPreferences": {"Analytics": True, "Ads": False}}
    assert rudder == {"categoryPreferences": {"Ads": True}}
    assert junk == {"categoryPreferences": {"Ads": True}}


def test_a_source_has_the_workspaces_policy_with_its_own_words() -> None:
    sources = [
        {"id": "web", "kind": "browser", "write_keys": [BROWSER_KEY],
         "origins": ["https://shop.example"], "privacy": {"gpc": "drop"}},
    ]  # fmt: skip
    site = Site(privacy={"template": "uk"}, sources=sources)

    agreed = consenting(Analytics=True, Advertising=True)
    dropped = site.ask(headers=HOME | {"sec-gpc": "1"}, context=agreed)
    site.ask(context=agreed)

    assert dropped.dropped == 1
    assert site.stored[0]["context"]["ip"] == "203.0.113.0"


def test_gpc_keeps_the_visitor_and_loses_the_click() -> None:
    site = Site()
    url = "https://shop.example/a?gclid=1&utm_source=n"

    site.ask(headers=HOME | {"sec-gpc": "1"}, context={"page": {"url": url, "search": "?gclid=1"}})

    (stored,) = site.stored
    assert stored["identity"]["anonymousId"] == DEVICE
    assert "gclid" not in orjson.dumps(stored).decode()
    assert stored["enrichment"]["campaign"] == {"source": "n"}
