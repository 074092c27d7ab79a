"""What Chromium's browsers say of themselves beside a user agent that no longer tells.

The user agent of Chrome is frozen: Windows 11 says "NT 10.0", every Android "10; K", every Mac
"10_15_7", and Brave says it is Chrome. The hints come in `Sec-CH-UA*` headers, or in
`context.userAgentData` as analytics.js copies it from the page. https://wicg.github.io/ua-client-hints/,
read 2026-11-27. Windows by its platform version, from 13 on 11:
https://learn.microsoft.com/en-us/microsoft-edge/web-platform/how-to-detect-win11, read 2026-11-27.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from headwater.enrichments.finding import text_at

_MAX_BRANDS = 10
_MAX_CHARACTERS = 100

# Brand -> ua-parser's name for the browser.
_FAMILIES = {
    "Google Chrome": "Chrome",
    "Microsoft Edge": "Edge",
    "Android WebView": "Chrome Mobile WebView",
    "Samsung Internet": "Samsung Internet",
    "YaBrowser": "Yandex Browser",
    "Yandex": "Yandex Browser",
    "OperaMobile": "Opera Mobile",
    "Opera GX": "Opera GX",
    "HuaweiBrowser": "Huawei Browser",
    "Miui Browser": "MiuiBrowser",
}
_PLATFORMS = {"macOS": "Mac OS X", "Chrome OS": "Chrome OS", "Chromium OS": "Chrome OS"}

_BRAND = re.compile(r'\s*"((?:[^"\\]|\\.){0,100})"\s*;\s*v\s*=\s*"([^"]{0,40})"\s*(?:,|$)')


class Hints(NamedTuple):
    """What was hinted at, in ua-parser's words; None where nothing was."""

    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    model: str | None = None
    mobile: bool | None = None


def hints_of(data: Any, headers: Mapping[str, str]) -> Hints | None:
    """Read the page's word, `userAgentData`, else the connection's; None when neither hints."""
    if isinstance(data, dict) and data:
        listed = data.get("fullVersionList") or data.get("brands")
        mobile = data.get("mobile")
        return _hints(
            tuple(_brands_of(listed)),
            text_at(data, "platform"),
            text_at(data, "platformVersion"),
            text_at(data, "model"),
            mobile if isinstance(mobile, bool) else None,
        )
    if "sec-ch-ua" not in headers and "sec-ch-ua-platform" not in headers:
        return None
    return _of_headers(
        headers.get("sec-ch-ua-full-version-list") or headers.get("sec-ch-ua", ""),
        *(headers.get(f"sec-ch-ua-{name}", "") for name in _HEADERS),
    )


_HEADERS = ("platform", "platform-version", "model", "mobile")


@lru_cache(maxsize=512)
def _of_headers(brands: str, platform: str, version: str, model: str, mobile: str) -> Hints:
    pairs = tuple((name.replace("\\", ""), major) for name, major in _BRAND.findall(brands[:1000]))
    said = {"?1": True, "?0": False}.get(mobile.strip())
    return _hints(
        pairs[:_MAX_BRANDS], _unquoted(platform), _unquoted(version), _unquoted(model), said
    )


@lru_cache(maxsize=512)
def _hints(
    brands: tuple[tuple[str, str], ...],
    platform: str | None,
    version: str | None,
    model: str | None,
    mobile: bool | None,  # noqa: FBT001 - the hint is a boolean
) -> Hints:
    browser, browser_version = _browser(brands)
    return Hints(
        browser,
        browser_version,
        _PLATFORMS.get(platform, platform[:_MAX_CHARACTERS]) if platform else None,
        _system_version(platform, version),
        model.strip()[:_MAX_CHARACTERS] if model else None,
        mobile,
    )


def _browser(brands: Iterable[tuple[str, str]]) -> tuple[str | None, str | None]:
    """Choose the brand that says most: not the deliberate nonsense, Chromium only by itself."""
    named = [(name.strip(), version) for name, version in brands if not _is_grease(name)]
    chosen = [pair for pair in named if pair[0] not in ("Chromium", "Google Chrome")] or [
        pair for pair in named if pair[0] == "Google Chrome"
    ]
    if not (chosen or named):
        return None, None
    name, version = (chosen or named)[-1]
    return _FAMILIES.get(name, name[:_MAX_CHARACTERS]), version[:_MAX_CHARACTERS] or None


def _is_grease(brand: str) -> bool:
    """Tell the made-up brand, such as "Not(A:Brand", "(Not.A/Brand" or " Not;A Brand".

    https://wicg.github.io/ua-client-hints/#create-arbitrary-brands-section, read 2026-11-27.
    """
    letters = re.sub(r"[^a-z]", "", brand.lower())
    return not letters or (letters.startswith("not") and letters.endswith("brand"))


def _system_version(platform: str | None, version: str | None) -> str | None:
    if not version:
        return None
    if platform != "Windows":
        return re.sub(r"(\.0)+$", "", version)[:_MAX_CHARACTERS]
    parts = version.split(".")
    if not parts[0].isdecimal() or len(parts[0]) > 4:
        return None
    major = int(parts[0])
    if major >= 13:
        return "11"
    return "10" if major else {"1": "7", "2": "8", "3": "8.1"}.get("".join(parts[1:2]))


def _brands_of(listed: Any) -> Iterable[tuple[str, str]]:
    for each in listed[:_MAX_BRANDS] if isinstance(listed, list) else ():
        name, version = text_at(each, "brand"), text_at(each, "version")
        if name:
            yield name[:_MAX_CHARACTERS], (version or "")[:_MAX_CHARACTERS]


def _unquoted(header: str) -> str | None:
    return header.strip().strip('"').strip()[:_MAX_CHARACTERS] or None
