"""Which kind of device: the `user-agents` library's answer, and what it has no word for.

It knows no television and no Chromebook, takes every Android without "Mobile" for a tablet and every
other for a phone. So the words by which devices name themselves come first; what has none of them is
the library's to say.
"""

import re
from typing import Any, Literal

Kind = Literal["desktop", "mobile", "tablet", "tv", "bot", "other"]

_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "tv",
        re.compile(
            r"(?i)smart-?tv|google ?tv|apple ?tv|hbbtv|web0s|bravia|\baft[a-z]{1,5}|crkey|roku|viera|"
            r"netcast|nettv|\btv\b|mitv|tizen.*tv|viziocast|vidaa|whaletv|ce-html|philipstv|set-?top|"
            r"[ _-]tv\b|tivo|android ?box"
        ),
    ),
    ("desktop", re.compile(r"(?i)chromebook|pixelbook|\bcros\b")),
    (
        "tablet",
        re.compile(
            r"(?i)ipad|android[^)]*(?:tablet|[a-z]*tab\b|[a-z]*pad\b)|kindle|\bkf[a-z]{3,5}\b|"
            r"\bsm-[tx]\d|\btb-[xj]?\d"
        ),
    ),
)
_WORKSTATION = re.compile(r"X11|Wayland|Linux x86_64|; Linux[;)]|Windows 2000")


def device_kind(agent: Any) -> Kind:
    """Tell the kind of a user agent that the library has read."""
    if agent.is_bot:
        return "bot"
    named: str = agent.ua_string
    for kind, words in _WORDS:
        if words.search(named):
            return kind
    if agent.is_tablet:
        return "tablet"
    if agent.is_mobile:
        return "mobile"
    return "desktop" if agent.is_pc or _WORKSTATION.search(named) else "other"
