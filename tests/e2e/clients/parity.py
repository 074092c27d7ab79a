"""The calls of analytics.js, as a page writes them: each is a row of docs/tracking.md, and a test.

`expect` is what our tag does where it differs on purpose, in the form of what the page returns.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its name in the docs, and the code that both clients run on the same page.

    The code may return something, which is compared too.
    """

    name: str
    code: str
    differs: bool = False
    ours: Any = None


ROWS = (
    Row("page()", "analytics.page()"),
    Row("page(name)", "analytics.page('Docs')"),
    Row("page(category, name)", "analytics.page('Docs', 'Index')"),
    Row(
        "page(category, name, properties, options, callback)",
        "return new Promise((done) => analytics.page('Docs', 'Index', {section: 'a', title: 'Mine'},"
        " {context: {ip: '0.0.0.0'}}, (ctx) => done(ctx.event.name)))",
    ),
    Row("page(properties)", "analytics.page({section: 'a', path: '/mine'})"),
    Row("page(name, properties, options)", "analytics.page('Docs', {a: 1}, {flag: true})"),
    Row("screen(category, name, properties)", "analytics.screen('Player', 'Full', {a: 1})"),
    Row("track(event)", "analytics.track('Song Played')"),
    Row("track(event, properties)", "analytics.track('Song Played', {title: 'Fürst', n: 1.5})"),
    Row(
        "track(event, properties, options, callback)",
        "return new Promise((done) => analytics.track('A', {a: 1}, {integrations: {Amplitude:"
        " {sessionId: 7}, All: false}}, (ctx) => done(ctx.event.event)))",
    ),
    Row(
        "track(event, callback)",
        "return new Promise((done) => analytics.track('A', (ctx) => done(ctx.event.type)))",
    ),
    Row(
        "track({event, properties}, options)",
        "analytics.track({event: 'A', properties: {a: 1}}, {context: {b: 2}})",
    ),
    Row(
        "track() without an event is an error",
        "return analytics.track().then(() => 'made', (error) => error.message)",
    ),
    Row("identify(userId, traits)", "analytics.identify('u-1', {plan: 'team'})"),
    Row("identify(traits)", "analytics.identify({email: 'p@initec.example'})"),
    Row(
        "identify merges traits of the same user",
        "analytics.identify('u-1', {a: 1, b: 1}); analytics.identify('u-1', {b: 2}); analytics.identify({c: 3});"
        "return analytics.user().traits()",
    ),
    Row(
        "identify of another user starts over",
        "const before = analytics.user().anonymousId(); analytics.identify('u-1', {a: 1});"
        "analytics.identify('u-2', {b: 2});"
        "return [analytics.user().traits(), before == analytics.user().anonymousId()]",
    ),
    Row(
        "identify(userId, traits, options, callback)",
        "return new Promise((done) => analytics.identify('u-1', {a: 1}, {context: {b: 2}},"
        " (ctx) => done(ctx.event.userId)))",
    ),
    Row("identify(42)", "analytics.identify(42, {a: 1}); return analytics.user().id()"),
    Row(
        "group(groupId, traits)",
        "analytics.group('g-1', {employees: 40}); analytics.group({plan: 'team'})",
    ),
    Row(
        "group()",
        "analytics.group('g-1', {employees: 40}); return [analytics.group().id(), analytics.group().traits()]",
    ),
    Row("alias(userId)", "analytics.setAnonymousId('a-1'); analytics.alias('u-2')"),
    Row("alias(userId, previousId, options)", "analytics.alias('u-2', 'old-1', {context: {a: 1}})"),
    Row(
        "alias after identify",
        "analytics.identify('u-1'); analytics.alias('u-2')",
        differs=True,
        ours=[["u-1", None], ["u-2", "u-1"]],
    ),
    Row(
        "options: timestamp, anonymousId, context, others",
        "analytics.track('A', {}, {timestamp: '2026-01-02T03:04:05.678Z', anonymousId: 'a-9',"
        " context: {page: {title: 'Mine'}, app: {name: 'x'}}, traits: {plan: 'team'}});"
        "return analytics.user().anonymousId()",
    ),
    Row(
        "campaign from utm_*",
        "history.replaceState(0, '', '/?utm_source=a&utm_medium=b+c&utm_campaign=d%20e&utm_term=f"
        "&utm_content=g&utm_id=h'); analytics.page()",
    ),
    Row(
        "campaign from other utm_* names",
        "history.replaceState(0, '', '/?utm_source=a&utm_custom=b'); analytics.page()",
        differs=True,
        ours=[{"source": "a"}],
    ),
    Row(
        "canonical link",
        "document.head.insertAdjacentHTML('beforeend', '<link rel=canonical href=\"https://shop.example/tea\">');"
        "history.replaceState(0, '', '/other?a=1#b'); analytics.page()",
    ),
    Row("the hash is left out", "history.replaceState(0, '', '/a?b=1#c'); analytics.page()"),
    Row(
        "user().id, anonymousId, traits",
        "analytics.user().id('u-7'); analytics.user().traits({a: 1});"
        "analytics.user().anonymousId('a-7'); analytics.track('A');"
        "return [analytics.user().id(), analytics.user().traits(), analytics.user().anonymousId()]",
    ),
    Row(
        "setAnonymousId(id)",
        "const made = analytics.setAnonymousId('a-5'); analytics.track('A'); return made",
    ),
    Row(
        "reset()",
        "analytics.identify('u-1', {a: 1}); analytics.group('g-1', {b: 2});"
        "const before = analytics.user().anonymousId(); analytics.reset(); analytics.track('After');"
        "return [analytics.user().id(), analytics.user().traits(), analytics.group().id() ?? null,"
        " analytics.group().traits(), before == analytics.user().anonymousId()]",
    ),
    Row("ready(callback)", "return new Promise((done) => analytics.ready(() => done('ready')))"),
    Row(
        "on(method, listener)",
        "const heard = []; analytics.on('track', (event, properties) => heard.push([event, properties]));"
        "analytics.on('identify', (id, traits) => heard.push([id, traits]));"
        "await analytics.track('A', {a: 1}); await analytics.identify('u-1', {b: 2}); return heard",
    ),
    Row(
        "once, off",
        "let heard = 0; const count = () => heard++; analytics.once('track', count); await analytics.track('A');"
        "await analytics.track('B'); analytics.on('track', count); analytics.off('track', count);"
        "await analytics.track('C'); return heard",
    ),
    Row(
        "addSourceMiddleware(middleware)",
        "await analytics.addSourceMiddleware(({payload, next}) => { if (payload.obj.event != 'B')"
        " { payload.obj.properties = {...payload.obj.properties, seen: true}; next(payload) } });"
        "analytics.track('A'); analytics.track('B').catch(() => {})",
    ),
    Row(
        "load options: integrations",
        "analytics.track('A', {}, {integrations: {Mixpanel: {token: 1}}})",
    ),
    Row(
        "a call's promise",
        "const ctx = await analytics.track('A', {a: 1}); return [ctx.event.event, ctx.event.properties]",
    ),
    Row(
        "trackLink(element, event, properties)",
        "document.body.insertAdjacentHTML('beforeend', '<a id=there href=\"#there\">there</a>');"
        "analytics.trackLink(document.querySelector('#there'), 'Clicked', (link) => ({id: link.id}));"
        "await 0; await new Promise((later) => setTimeout(later, 200)); document.querySelector('#there').click();"
        "await new Promise((later) => setTimeout(later, 400)); return location.hash",
    ),
    Row(
        "trackForm(form, event, properties)",
        "document.body.insertAdjacentHTML('beforeend', '<form action=\"#sent\"><button>go</button></form>');"
        "analytics.trackForm(document.querySelector('form'), 'Sent', {a: 1});"
        "document.querySelector('form').submit = () => {};"
        "await 0; await new Promise((later) => setTimeout(later, 200));"
        "document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());"
        "document.querySelector('button').click(); await new Promise((later) => setTimeout(later, 400))",
    ),
    Row("debug(on)", "return typeof analytics.debug(false).track"),
)
