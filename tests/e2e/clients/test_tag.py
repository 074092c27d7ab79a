"""Headwater's own tag in Chromium: what it sends, keeps and leaves alone, whatever happens to its page."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from headwater.wire.tag import DIRECTORY

from local.endpoints import Endpoints
from tests.e2e.clients.chromium import Chromium
from tests.e2e.clients.front import Exchange, Front, taken
from tests.e2e.stack import Stack

STUB = (DIRECTORY / "stub.js").read_text()


@pytest.fixture
def front(endpoints: Endpoints) -> Iterator[Front]:
    with Front(endpoints) as opened:
        opened.page(page(endpoints))
        yield opened


def page(endpoints: Endpoints, before: str = "", after: str = "", **settings: str) -> str:
    attributes = {"data-write-key": endpoints.write_key} | {
        f"data-{name.replace('_', '-')}": value for name, value in settings.items()
    }
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    tag = f'<script src="{endpoints.prefix}/tag.js" {written}></script>'
    return f"<!doctype html><html lang=en><title>Test</title>{before}<body>{tag}{after}"


def messages(exchanges: tuple[Exchange, ...]) -> list[dict[str, Any]]:
    return [
        message
        for exchange in exchanges
        if exchange.status == 200
        for message in exchange.messages
        if "messageId" in message
    ]


def names(exchanges: tuple[Exchange, ...]) -> list[str]:
    return [message.get("event") or message["type"] for message in messages(exchanges)]


def ids(exchanges: tuple[Exchange, ...]) -> set[str]:
    return {message["messageId"] for message in messages(exchanges)}


def test_calls_made_before_the_tag_is_there_arrive_in_their_order(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    calls = "analytics.page('Home'); analytics.track('Early', {n: 1}); history.pushState(0, '', '/later');"
    front.page(page(endpoints, before=f"<script>{STUB}</script><script>{calls}</script>"))

    with chromium.visit(front.url) as visit:
        uploads = front.settled(events=2)

    assert (visit.strangers, visit.faults) == ([], [])
    assert names(uploads) == ["page", "Early"]
    assert {message["context"]["page"]["path"] for message in messages(uploads)} == {"/"}
    assert {exchange.request.header("Content-Type") for exchange in uploads} == {
        "text/plain;charset=UTF-8"
    }
    # One request for both, and none to ask whether it may be made.
    assert Counter(exchange.request.method for exchange in front.exchanges)["POST"] == 1
    assert "OPTIONS" not in {exchange.request.method for exchange in front.exchanges}


def test_leaving_in_the_middle_of_a_click_through_loses_nothing(
    chromium: Chromium, front: Front, endpoints: Endpoints, stack: Stack
) -> None:
    steps = 4
    for step in range(steps):
        front.page(
            page(
                endpoints,
                after=f"<a href=/{step + 1}>next</a><script>document.querySelector('a').onclick ="
                f" () => {{ analytics.track('Clicked', {{step: {step}}}) }}</script>",
            ),
            path=f"/{step}",
        )
    front.page(page(endpoints), path=f"/{steps}")
    # The collector is overloaded when the second and third of them leave.
    with chromium.visit(f"{front.url}/0") as visit:
        for step in range(steps):
            if step == 1:
                front.fail(2, status=503, retry_after_seconds=1)
            visit.order("click", selector="a")
            visit.order("address", url=f"**/{step + 1}")
        uploads = front.settled(events=steps)

    assert Counter(
        message["properties"]["step"]
        for message in {m["messageId"]: m for m in messages(uploads)}.values()
    ) == Counter(range(steps))
    # What was sent twice, because nobody heard the first answer, is one event all the same.
    rows = stack.rows(ids(uploads))
    assert sorted(json.loads(row["properties"])["step"] for row in rows) == list(range(steps))


def test_two_tabs_share_one_queue_and_send_nothing_twice(chromium: Chromium, front: Front) -> None:
    front.fail(4, status=503, retry_after_seconds=1)

    with chromium.visit(front.url) as visit:
        visit.evaluate("for (let n = 0; n < 3; n++) analytics.track('First tab', {n}); 0")
        front.settled(uploads=1, silence_seconds=0)
        visit.order("tab", url=front.url)
        visit.evaluate("for (let n = 0; n < 3; n++) analytics.track('Second tab', {n}); 0")
        uploads = front.settled(events=6)
        left = [key for key in visit.stored() if key.startswith("hw:q")]

    assert Counter(names(uploads)) == {"First tab": 3, "Second tab": 3}
    assert set(Counter(taken(uploads)).values()) == {1}
    assert left == []


def test_what_is_tracked_without_a_connection_arrives_with_it(
    chromium: Chromium, front: Front
) -> None:
    with chromium.visit(front.url) as visit:
        visit.order("offline", offline=True)
        visit.evaluate("for (let n = 0; n < 3; n++) analytics.track('Offline', {n}); 0")
        visit.evaluate("new Promise((later) => setTimeout(later, 400))")
        kept = visit.stored()
        before = front.uploads
        visit.order("offline", offline=False)
        uploads = front.settled(events=3)

    assert before == ()
    assert sum(key.startswith("hw:q") for key in kept) == 1
    assert names(uploads) == ["Offline"] * 3
    assert set(Counter(taken(uploads)).values()) == {1}


def test_the_strictest_page_sees_no_violation(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    front.script(
        "/watch.js",
        "window.violations = []; addEventListener('securitypolicyviolation',"
        " (event) => violations.push(event.violatedDirective));",
    )
    front.script(
        "/calls.js",
        "analytics.page(); analytics.track('Strict'); analytics.identify('u-1', {a: 1});"
        "analytics.trackLink(document.querySelector('a'), 'Clicked');"
        "document.querySelector('a').click(); history.pushState(0, '', '/moved');",
    )
    front.page(
        page(
            endpoints,
            before="<script src=/watch.js></script>",
            after="<a href=#there>there</a><script src=/calls.js></script>",
            spa="",
            links="",
            forms="",
        ),
        headers=(("Content-Security-Policy", policy),),
    )

    with chromium.visit(front.url) as visit:
        uploads = front.settled(events=5)
        violations = visit.evaluate("violations")
        # The page does report what it forbids.
        visit.evaluate("try { document.body.innerHTML = 'x' } catch {}")
        control = visit.evaluate(
            "new Promise((later) => setTimeout(() => later(violations.length), 50))"
        )

    assert violations == []
    assert control > 0
    assert Counter(names(uploads)) == {"page": 2, "Strict": 1, "identify": 1, "Clicked": 1}


@pytest.mark.parametrize("first", ["ours", "analytics.js"])
def test_analytics_js_and_our_tag_see_the_same_visitor(
    chromium: Chromium, front: Front, endpoints: Endpoints, first: str
) -> None:
    key = endpoints.write_key
    theirs = (
        f"<script>{{ const script = document.createElement('script'); window.analytics ="
        f" Object.assign([], {{_cdn: '{front.url}{endpoints.prefix}', _writeKey: '{key}'}});"
        f" script.src = '{endpoints.prefix}/analytics.js/v1/{key}/analytics.min.js';"
        " window.loadTheirs = () => { document.head.append(script); return new Promise((done) => {"
        " const look = () => analytics.user ? done() : setTimeout(look, 20); look() }) } }</script>"
    )
    front.page(page(endpoints, before=theirs, **{"global": "tag"}))
    load = "await loadTheirs();"
    ours = "tag.user().anonymousId()"

    with chromium.visit(front.url) as visit:
        order = f"const a = {ours}; {load}" if first == "ours" else f"{load} const a = {ours};"
        seen = visit.evaluate(
            f"(async () => {{ {order} return [a, analytics.user().anonymousId(), {ours}] }})()"
        )
        visit.evaluate("tag.track('Ours'); analytics.track('Theirs'); 0")
        uploads = front.settled(events=2)

    assert len(set(seen)) == 1
    assert Counter(names(uploads)) == {"Ours": 1, "Theirs": 1}
    assert {message["anonymousId"] for message in messages(uploads)} == set(seen)


def test_who_analytics_js_knew_is_still_known(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    known = (
        "document.cookie = 'ajs_anonymous_id=%22old-1%22; path=/';"
        "document.cookie = 'ajs_user_id=u%401; path=/';"
        'localStorage.ajs_user_traits = \'{"plan":"team"}\'; localStorage.ajs_group_id = \'"g-1"\';'
        "localStorage.ajs_group_properties = '{\"employees\":40}';"
    )
    front.page(page(endpoints, before=f"<script>{known}</script>"))

    with chromium.visit(front.url) as visit:
        seen = visit.evaluate(
            "[analytics.user().anonymousId(), analytics.user().id(), analytics.user().traits(),"
            " analytics.group().id(), analytics.group().traits()]"
        )

    assert seen == ["old-1", "u@1", {"plan": "team"}, "g-1", {"employees": 40}]


def test_a_page_that_hides_the_browsers_own_names_changes_nothing(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    hiding = (
        "<a id=analytics></a><img name=cookie><img name=title><img name=referrer>"
        "<img name=currentScript><img name=querySelector><img name=addEventListener>"
        "<img name=visibilityState><form name=prerendering></form>"
        "<script>Object.prototype.consent = 'required'; Object.prototype.optOut = true;"
        "Object.prototype.userId = 'planted'; Object.prototype.disableClientPersistence = true</script>"
    )
    front.page(page(endpoints, before=hiding))

    with chromium.visit(front.url) as visit:
        visit.evaluate(
            'analytics.identify(\'u-1\', JSON.parse(\'{"__proto__": {"x": 1}, "a": 1}\')); analytics.page();'
            'analytics.track(\'A\', JSON.parse(\'{"constructor": {"prototype": {"x": 1}}}\')); 0'
        )
        uploads = front.settled(events=3)
        polluted = visit.evaluate("({}).x ?? null")

    assert (visit.faults, polluted) == ([], None)
    identify, viewed, _ = messages(uploads)
    assert (identify["userId"], viewed["context"]["page"]["title"]) == ("u-1", "Test")


def test_a_prerendered_page_waits_until_somebody_sees_it(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    # Headless Chromium prerenders nothing; the page says what a prerendered one says.
    prerendered = (
        "<script>window.unseen = true; Object.defineProperty(Document.prototype, 'prerendering',"
        " {get: () => window.unseen})</script>"
    )
    front.page(page(endpoints, before=prerendered, after="<script>analytics.page()</script>"))

    with chromium.visit(front.url) as visit:
        visit.evaluate("new Promise((later) => setTimeout(later, 400))")
        before, kept = front.uploads, visit.stored()
        visit.evaluate("unseen = false; document.dispatchEvent(new Event('prerenderingchange'))")
        uploads = front.settled(events=1)

    assert (before, kept) == ((), {})
    assert names(uploads) == ["page"]


def test_where_consent_is_required_nothing_happens_before_it(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    front.page(page(endpoints, after="<script>analytics.page()</script>", consent="required"))

    with chromium.visit(front.url) as visit:
        visit.evaluate("new Promise((later) => setTimeout(later, 400))")
        before, kept = front.uploads, (visit.stored(), visit.cookies())
        visit.evaluate("analytics.consent({Analytics: true, Advertising: false}); 0")
        uploads = front.settled(events=2)

    assert (before, kept) == ((), ({}, {}))
    assert Counter(names(uploads)) == {"page": 1, "Segment Consent Preference Updated": 1}
    assert {json.dumps(message["context"]["consent"]) for message in messages(uploads)} == {
        '{"categoryPreferences": {"Analytics": true, "Advertising": false}}'
    }


def test_an_opt_out_forgets_and_sends_nothing_more(chromium: Chromium, front: Front) -> None:
    with chromium.visit(front.url) as visit:
        visit.evaluate("analytics.identify('u-1', {a: 1}); 0")
        front.settled(events=1)
        visit.order("offline", offline=True)
        visit.evaluate("analytics.track('Waiting'); 0")
        visit.evaluate("new Promise((later) => setTimeout(later, 300))")
        visit.order("offline", offline=False)
        visit.evaluate("analytics.optOut(); 0")
        visit.evaluate("analytics.track('After'); 0")
        uploads = front.settled(events=1)
        visit.leave(front.url)
        visit.evaluate("analytics.track('Next page'); 0")
        visit.evaluate("new Promise((later) => setTimeout(later, 300))")
        said, cookies = visit.evaluate("analytics.privacy().optOut"), set(visit.cookies())
        kept = visit.stored()
        told = [
            json.loads(exchange.request.body)
            for exchange in front.exchanges
            if exchange.request.path.endswith("/v1/optout")
        ]

    assert "After" not in names(uploads)
    assert "Next page" not in names(front.uploads)
    # The collector's cookie remembers it; beside it the tag keeps nothing, this word included.
    assert (kept, cookies) == ({}, {"optout"})
    assert said is True
    assert [body["optOut"] for body in told] == [True]


def test_who_comes_back_in_through_the_collector_is_in_for_the_tag_too(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    # As a page does that has changed to analytics.js, which has no `optIn`.
    back_in = f"""fetch("{endpoints.prefix}/v1/optout", {{method: "POST", body: '{{"optOut": false}}'}})"""
    with chromium.visit(front.url) as visit:
        visit.evaluate("analytics.optOut().then(() => {})")
        visit.leave(front.url)
        was_out = visit.evaluate("analytics.privacy().optOut")
        visit.evaluate(f"{back_in}.then(() => {{}})")
        visit.leave(front.url)
        visit.evaluate("analytics.track('Back'); 0")
        uploads = front.settled(events=1)

    assert was_out is True
    assert names(uploads) == ["Back"]


def test_an_opt_out_that_the_collector_never_heard_counts_all_the_same(
    chromium: Chromium, front: Front
) -> None:
    with chromium.visit(front.url) as visit:
        visit.order("offline", offline=True)
        visit.evaluate("analytics.optOut(); 0")
        visit.evaluate("new Promise((later) => setTimeout(later, 300))")
        visit.order("offline", offline=False)
        visit.leave(front.url)
        visit.evaluate("analytics.track('Next page'); 0")
        visit.evaluate("new Promise((later) => setTimeout(later, 300))")
        said, cookies = visit.evaluate("analytics.privacy().optOut"), set(visit.cookies())

    assert (said, cookies, front.uploads) == (True, set(), ())


def test_to_ask_for_a_consent_that_was_never_given_tells_nobody(
    chromium: Chromium, front: Front
) -> None:
    with chromium.visit(front.url) as visit:
        unasked = visit.evaluate("analytics.consent() ?? 'nothing'")
        visit.evaluate("analytics.consent({Analytics: true}).then(() => {})")
        given = visit.evaluate("analytics.consent()")
        front.settled(events=1)

    told = [e for e in front.exchanges if e.request.path.endswith("/v1/consent")]
    assert (unasked, given) == ("nothing", {"Analytics": True})
    assert [(e.status, json.loads(e.request.body)["consent"]) for e in told] == [
        (200, {"categoryPreferences": {"Analytics": True}})
    ]


EVERY_CALL = """
    analytics.user().anonymousId(); analytics.page(); analytics.identify('u-1', {a: 1});
    analytics.group('g-1'); analytics.track('Blocked'); analytics.reset(); 0
"""


def test_who_blocks_the_canary_is_out_for_this_page(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    front.page("<!doctype html><title>Before</title>", "/before")
    front.page(
        page(endpoints, after=f"<script>{EVERY_CALL}</script>", respect_blockers="", page="")
    )
    with chromium.visit(f"{front.url}/before") as visit:
        visit.order("block", path=f"{endpoints.prefix}/px.gif")
        visit.leave(front.url)
        visit.evaluate(EVERY_CALL)
        visit.evaluate("new Promise((later) => setTimeout(later, 600))")
        kept, said = (visit.stored(), visit.cookies()), visit.evaluate("analytics.privacy().optOut")
        visit.leave(f"{front.url}/before")

    # Of the outcome too nothing is told: the tag's own file is all that was asked for.
    assert {exchange.request.path for exchange in front.exchanges} == {f"{endpoints.prefix}/tag.js"}
    assert (kept, said) == (({}, {}), True)


def test_who_blocks_nothing_is_asked_once_and_counted(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    front.page(
        page(endpoints, after="<script>analytics.track('First')</script>", respect_blockers="")
    )
    with chromium.visit(front.url) as visit:
        front.settled(events=1)
        visit.leave(front.url)
        uploads = front.settled(events=2)
        said, anonymous_id = visit.evaluate(
            "[analytics.privacy().optOut, analytics.user().anonymousId()]"
        )

    canaries = [e for e in front.exchanges if e.request.path.endswith("/px.gif")]
    # The second page's is in the browser's cache.
    assert [(e.status, e.request.target) for e in canaries] == [
        (200, f"{endpoints.prefix}/px.gif?c")
    ]
    assert names(uploads) == ["First", "First"]
    assert {message["anonymousId"] for message in messages(uploads)} == {anonymous_id}
    assert said is False


def test_nobody_is_asked_for_a_canary_by_default(chromium: Chromium, front: Front) -> None:
    with chromium.visit(front.url) as visit:
        visit.evaluate("analytics.track('Plain'); 0")
        front.settled(events=1)

    assert not any("px.gif" in exchange.request.path for exchange in front.exchanges)


@pytest.mark.parametrize("way", ["navigation", "history"])
def test_each_address_of_a_single_page_site_is_a_page(
    chromium: Chromium, front: Front, endpoints: Endpoints, way: str
) -> None:
    without = "<script>delete window.Navigation</script>" if way == "history" else ""
    front.page(page(endpoints, before=without, page="", spa=""))

    with chromium.visit(front.url) as visit:
        for move in ("'/a'", "'/a#part'", "'/b'"):
            visit.evaluate(f"history.pushState(0, '', {move}); document.title = {move}; 0")
            visit.evaluate("new Promise((later) => setTimeout(later, 150))")
        uploads = front.settled(events=3)

    seen = [
        (m["context"]["page"]["path"], m["context"]["page"]["title"]) for m in messages(uploads)
    ]
    assert seen == [("/", "Test"), ("/a", "/a"), ("/b", "/b")]


def test_click_ids_stay_on_the_page_without_consent_to_advertising(
    chromium: Chromium, front: Front
) -> None:
    address = f"{front.url}/?gclid=g-1&utm_source=a&fbclid=f-1"

    with chromium.visit(address) as visit:
        visit.evaluate(
            "analytics.page('Open'); analytics.consent({Analytics: true}); analytics.page('Closed'); 0"
        )
        uploads = front.settled(events=3)

    searches = {m.get("name"): m["context"]["page"]["search"] for m in messages(uploads)}
    assert searches["Open"] == "?gclid=g-1&utm_source=a&fbclid=f-1"
    assert searches["Closed"] == "?utm_source=a"


def test_links_away_and_forms_are_told_when_asked_for(
    chromium: Chromium, front: Front, endpoints: Endpoints
) -> None:
    body = (
        "<a href='http://localhost:9/away'>away</a><form name=letters action=#sent><input name=closest value=secret>"
        "<input name=getAttribute><button>go</button></form>"
        "<script>for (const type of ['click', 'submit']) addEventListener(type, (event) => event.preventDefault())</script>"
    )
    front.page(page(endpoints, after=body, links="", forms=""))

    with chromium.visit(front.url) as visit:
        visit.evaluate(
            "document.querySelector('a').click(); document.querySelector('form').requestSubmit(); 0"
        )
        uploads = front.settled(events=2)

    told = {m["event"]: m["properties"] for m in messages(uploads)}
    assert told == {
        "Link Clicked": {"href": "http://localhost:9/away"},
        "Form Submitted": {"form_name": "letters"},
    }


def test_more_than_a_page_may_leave_behind_still_arrives(chromium: Chromium, front: Front) -> None:
    with chromium.visit(front.url) as visit:
        visit.evaluate(
            "for (let n = 0; n < 15; n++) analytics.track('Large', {n, text: 'x'.repeat(10000)}); 0"
        )
        visit.leave(front.url)
        uploads = front.settled(events=15)

    assert {m["properties"]["n"] for m in messages(uploads)} == set(range(15))


def test_answers_that_do_not_end_leave_room_for_the_next_events(
    chromium: Chromium, front: Front
) -> None:
    # A browser lets 64 KiB of requests outlive a page, counts each until its answer is read to the
    # end, and lets what is beyond fail at once: 21 kB each time, one after the other.
    front.hold_ends()
    with chromium.visit(front.url) as visit:
        for sent in range(1, 6):
            visit.evaluate(
                f"for (const half of [0, 1]) analytics.track('Large', {{sent: {sent}, half, text: 'x'.repeat(10000)}}); 0"
            )
            uploads = front.settled(events=2 * sent, silence_seconds=0.2)

    told = [m["properties"] for m in messages(uploads)]
    assert [(p["sent"], p["half"]) for p in told] == [
        (n, half) for n in range(1, 6) for half in (0, 1)
    ]


def test_the_page_hands_its_context_to_a_server(chromium: Chromium, front: Front) -> None:
    with chromium.visit(f"{front.url}/?utm_source=letter&utm_campaign=spring") as visit:
        visit.evaluate("analytics.identify('u-1'); analytics.group('g-1'); 0")
        handed = visit.evaluate("analytics.context()")
        anonymous_id = visit.evaluate("analytics.user().anonymousId()")

    assert handed["page"]["search"] == "?utm_source=letter&utm_campaign=spring"
    assert handed["campaign"] == {"source": "letter", "name": "spring"}
    ids_ = {name: handed[name] for name in ("anonymousId", "userId", "groupId")}
    assert ids_ == {"anonymousId": anonymous_id, "userId": "u-1", "groupId": "g-1"}


def test_reset_makes_a_new_visitor_on_the_server_too(
    chromium: Chromium, front: Front, stack: Stack
) -> None:
    anonymous_id = "analytics.user().anonymousId()"
    with chromium.visit(front.url) as visit:
        visit.evaluate("analytics.identify('u-1', {a: 1}); 0")
        front.settled(events=1)
        old, before = visit.evaluate(anonymous_id), visit.cookies()
        visit.evaluate("analytics.reset(); analytics.track('After'); 0")
        uploads = front.settled(events=2)
        new, after = visit.evaluate(anonymous_id), visit.cookies()

    # The mirror that scripts read, and the proof that they cannot.
    assert [before["ajs_anonymous_id"]["value"], after["ajs_anonymous_id"]["value"]] == [old, new]
    assert old != new
    proof = next(name for name, cookie in before.items() if cookie["httpOnly"])
    assert before[proof]["value"] != after[proof]["value"]
    known = {row["event"]: row for row in stack.rows(ids(uploads))}
    assert {name: row["anonymous_id"] for name, row in known.items()} == {None: old, "After": new}
    assert known["After"]["user_id"] is None


def test_an_id_that_the_page_chose_outlives_the_collectors_cookie(
    chromium: Chromium, front: Front
) -> None:
    with chromium.visit(front.url) as visit:
        visit.evaluate("analytics.setAnonymousId('a-5'); analytics.track('First'); 0")
        front.settled(events=1)
        visit.leave(front.url)
        visit.evaluate("analytics.track('Second'); 0")
        uploads = front.settled(events=2)

    assert [message["anonymousId"] for message in messages(uploads)] == ["a-5", "a-5"]


def test_a_page_that_comes_back_from_the_cache_goes_on(chromium: Chromium, front: Front) -> None:
    # Playwright's Chromium keeps no page to come back to; the page is told what a browser would tell it.
    told = "dispatchEvent(new PageTransitionEvent('{}', {{persisted: true}}));"
    with chromium.visit(front.url) as visit:
        visit.evaluate(
            f"analytics.track('Before'); {told.format('pagehide')} {told.format('pageshow')}"
            "analytics.track('After'); 0"
        )
        uploads = front.settled(events=2)
        kept = [key for key in visit.stored() if key.startswith("hw:q")]

    assert set(names(uploads)) == {"Before", "After"}
    assert kept == []
