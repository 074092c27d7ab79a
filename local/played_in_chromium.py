"""The journey in headless Chromium, with our tag or the real analytics.js, driven by playwright-core."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from local.played import Checkpoint, Happening, PlayError, Sent, Step

_SHOP = Path(__file__).resolve().parent / "shop"
# The shop's own names of its two clients (script/analytics.js).
CLIENTS = {"headwater": "Headwater's tag", "segment": "the real analytics.js"}
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """Return where Chromium is, when it is installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def missing() -> str | None:
    """Say what keeps the journey from being played in a browser, or None when nothing does."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (_SHOP / "node_modules").is_dir():
        return "the shop's npm packages are not installed"
    if chromium() is None:
        return f"Chromium is not installed (looked for {', '.join(_NAMES)} on the PATH)"
    return None


class ChromiumPlayer:
    """Plays the visitor's part by clicking through the shop, and reads the calls off the wire."""

    def __init__(self, *, site: str, prefix: str, client: str = "headwater") -> None:
        """Visit this site, whose collector is under the prefix, with one of `CLIENTS` in its pages."""
        self._site = site
        self._prefix = prefix
        self._client = client
        self.description = f"headless Chromium, {CLIENTS[client]}"

    def play(self, *, email: str) -> Iterator[Happening]:
        """Play the journey; raises `PlayError` with the browser's own words when it halts."""
        part = {
            "site": self._site,
            "prefix": self._prefix,
            "email": email,
            "client": self._client,
            "executablePath": chromium(),
        }
        browser = subprocess.Popen(
            ["node", "journey.mjs", json.dumps(part)],
            cwd=_SHOP,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield from self._happenings(browser)
        finally:
            browser.terminate()
            browser.communicate()

    def _happenings(self, browser: subprocess.Popen[str]) -> Iterator[Happening]:
        if browser.stdin is None or browser.stdout is None or browser.stderr is None:
            raise PlayError("the browser's driver has no pipes")
        for line in browser.stdout:
            told = json.loads(line)
            match told["kind"]:
                case "step":
                    yield Step(told["text"])
                case "browser":
                    self.description = (
                        f"headless Chromium {told['version']}, {CLIENTS[self._client]}"
                    )
                case "sent" if told["status"] == 200:
                    yield Sent.of(told["device"], told)
                case "checkpoint":
                    yield Checkpoint(told["name"])
                    browser.stdin.write("\n")
                    browser.stdin.flush()
        fault = browser.stderr.read()
        if browser.wait() != 0:
            raise PlayError(f"the browser's journey halted: {fault.strip()[-2000:]}")
