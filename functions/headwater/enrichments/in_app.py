"""The apps that open pages in a browser of their own, where ua-parser names the engine instead.

Words of the apps' own user agents, as they stand in Matomo's test cases (PyPI `device-detector` 6.5.1).
"""

import re

_WORDS = {
    "WeChat": r"micromessenger",
    "Facebook Messenger": r"fban/messenger|fb_iab/(?:orca|messenger)",
    "TikTok": r"musical_ly|bytedancewebview|tiktok|trill_",
    "Snapchat": r"snapchat",
    "Pinterest": r"pinterest(?: for|/)",
    "KakaoTalk": r"kakaotalk",
    "DingTalk": r"dingtalk",
    "Viber": r"viber",
    "Baidu Box App": r"baiduboxapp",
}
_APPS = re.compile("|".join(f"({words})" for words in _WORDS.values()), re.IGNORECASE)
_NAMES = tuple(_WORDS)


def app_of(named: str) -> str | None:
    """Name the app whose own browser this is."""
    found = _APPS.search(named)
    return _NAMES[(found.lastindex or 0) - 1] if found else None
