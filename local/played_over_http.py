"""The same journey over HTTP, for a machine without Chromium: messages of analytics.js's shape.

The shape is that of analytics-next 1.84's requests to a same-origin path: one call a POST, Basic
authorization, `text/plain`, the identity cookies along.
"""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from local.played import Checkpoint, Happening, PlayError, Sender, Sent, Step

_LIBRARY = {"name": "analytics.js", "version": "npm:next-1.84.3"}
_LAPTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Safari/537.36"
)
_PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Mobile Safari/537.36"
)
_CAMPAIGN = "/?utm_source=garden-weekly&utm_medium=email&utm_campaign=spring-harvest"
_SENCHA = {"product_id": "tea-001", "name": "Spring Sencha", "price": 18, "currency": "EUR"}
_KETTLE = {"product_id": "kettle-001", "name": "River Kettle", "price": 79, "currency": "EUR"}


class HttpPlayer:
    """Plays the visitor's part by sending what the pages would send."""

    description = "HTTP requests of analytics.js's shape (no Chromium here)"

    def __init__(self, *, site: str, prefix: str, write_key: str) -> None:
        """Visit this site, whose collector is under the prefix and knows this key."""
        self._open: Callable[[Sender, str], _Device] = lambda name, user_agent: _Device(
            name, user_agent, site=site, prefix=prefix, write_key=write_key
        )

    def play(self, *, email: str) -> Iterator[Happening]:
        """Play the journey; raises `PlayError` when the collector or the shop refuses a step."""
        laptop = self._open("laptop", _LAPTOP)
        yield Step("a first visit, from a campaign, on a laptop")
        yield laptop.visits(_CAMPAIGN, "Home")
        yield laptop.tracks("Product List Viewed", {"list_id": "home", "category": "Tea"})
        yield Step("browsing, and a tea in the basket")
        yield laptop.visits("/products/", "Products")
        yield laptop.tracks("Product List Viewed", {"list_id": "all", "category": "Tea"})
        yield laptop.tracks("Product Clicked", {"list_id": "all", **_SENCHA})
        yield laptop.visits("/products/spring-sencha/", "Product")
        yield laptop.tracks("Product Viewed", _SENCHA)
        yield laptop.tracks("Product Added", {**_SENCHA, "quantity": 1})
        yield Step("the newsletter: an email, and still no account")
        yield laptop.visits("/newsletter/", "Newsletter")
        laptop.asks("/api/newsletter", {"email": email})
        yield laptop.tracks("Form Submitted", {"form_name": "newsletter"})
        yield laptop.identifies({"email": email})
        yield Checkpoint("anonymous")
        yield Step("signing up: the server makes the id, and both sides identify with it")
        yield laptop.visits("/sign-up/", "Sign Up")
        yield laptop.tracks("Form Submitted", {"form_name": "sign-up"})
        form = {
            "name": "Peter Gibbons",
            "email": email,
            "company": "Initec",
            "title": "programmer",
        }
        yield laptop.identifies(form, user_id=laptop.asks("/api/sign-up", form)["user_id"])
        yield laptop.identifies(form)
        yield laptop.visits("/account/", "Account")
        yield Checkpoint("signed up")
        phone = self._open("phone", _PHONE)
        yield Step("later, a phone: a new anonymous id, until Peter logs in")
        yield phone.visits("/products/river-kettle/", "Product")
        yield phone.tracks("Product Viewed", _KETTLE)
        yield phone.tracks("Product Added", {**_KETTLE, "quantity": 1})
        yield phone.visits("/log-in/", "Log In")
        yield phone.identifies(form, user_id=phone.asks("/api/log-in", {"email": email})["user_id"])
        yield phone.tracks("Signed In", {"method": "email"})
        yield phone.identifies(form)
        yield phone.visits("/account/", "Account")


class _Device:
    def __init__(
        self, name: Sender, user_agent: str, *, site: str, prefix: str, write_key: str
    ) -> None:
        self._name = name
        self._user_agent = user_agent
        self._site = site
        self._prefix = prefix
        self._write_key = write_key
        self._anonymous_id = str(uuid4())
        self._user_id: str | None = None
        self._traits: dict[str, Any] = {}
        self._page: dict[str, str] = {}

    def visits(self, path: str, name: str) -> Sent:
        parts = urlsplit(path)
        self._page = {
            "path": parts.path,
            "referrer": self._page.get("url", ""),
            "search": f"?{parts.query}" if parts.query else "",
            "title": f"{name} · Alder & Brook",
            "url": f"{self._site}{path}",
        }
        properties = {**self._page, "name": name}
        return self._send("p", {"type": "page", "name": name, "properties": properties})

    def tracks(self, event: str, properties: Mapping[str, Any]) -> Sent:
        return self._send("t", {"type": "track", "event": event, "properties": dict(properties)})

    def identifies(self, traits: Mapping[str, Any], *, user_id: str | None = None) -> Sent:
        self._traits.update(traits)
        self._user_id = user_id or self._user_id
        return self._send("i", {"type": "identify", "traits": dict(self._traits)})

    def asks(self, path: str, form: Mapping[str, Any]) -> Any:
        return self._post(path, form, {"Content-Type": "application/json"})

    def _send(self, letter: str, fields: Mapping[str, Any]) -> Sent:
        now = datetime.now(UTC)
        moment = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message: dict[str, Any] = {
            "timestamp": moment,
            "integrations": {},
            **fields,
            "context": {
                "page": self._page,
                **self._campaign(),
                "userAgent": self._user_agent,
                "locale": "en-GB",
                "timezone": "Europe/Amsterdam",
                "library": _LIBRARY,
            },
            "messageId": f"ajs-next-{int(now.timestamp() * 1000)}-{uuid4()}",
            "anonymousId": self._anonymous_id,
            "writeKey": self._write_key,
            "userId": self._user_id,
            "sentAt": moment,
        }
        basic = base64.b64encode(f"{self._write_key}:".encode()).decode()
        self._post(
            f"{self._prefix}/v1/{letter}",
            message,
            {"Content-Type": "text/plain", "Authorization": f"Basic {basic}"},
        )
        return Sent.of(self._name, message)

    def _campaign(self) -> dict[str, Any]:
        given = dict(parse_qsl(self._page["search"].removeprefix("?")))
        campaign = {
            "name" if key == "utm_campaign" else key.removeprefix("utm_"): value
            for key, value in given.items()
        }
        return {"campaign": campaign} if campaign else {}

    def _post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(
            f"{self._site}{path}",
            json.dumps(body).encode(),
            {
                **headers,
                "Origin": self._site,
                "User-Agent": self._user_agent,
                "Cookie": f"ajs_anonymous_id={self._anonymous_id}",
                "Sec-Fetch-Site": "same-origin",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except (urllib.error.URLError, ValueError) as error:
            raise PlayError(f"{self._name}: {path} was not taken: {error}") from error
