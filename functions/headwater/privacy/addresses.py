"""What is cut from the addresses of pages before they are stored.

Taken out of every query: parameters that hold secrets or a mail address. Of events that may not be
shared: click ids, which are found where they are and never rebuilt. Under `query = "campaign"`: all
but the campaign, and the fragment.
"""

from collections.abc import Callable
from urllib.parse import unquote_plus

CLICK_IDS = frozenset(
    {
        "gclid", "gbraid", "wbraid", "dclid", "gclsrc", "gad_source", "gad_campaignid", "_gl",  # Google
        "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "sccid", "rdt_cid", "epik", "yclid",
        "igshid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id",
        "wickedid", "s_kwcid", "irclickid", "cjevent",
    }
)  # fmt: skip
CAMPAIGN = frozenset(
    {"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"}
)

# Which parameters stay, by their names in lower case.
Keeps = Callable[[str], bool]


def cut(address: str, keeps: Keeps, *, fragment: bool) -> str:
    """Return the address, or a query that begins with `?`, with the parameters that stay.

    A fragment that stays may hold a query of its own, as those of routers in a page do.
    """
    whole, hash_, tail = address.partition("#")
    whole = _cut(whole, keeps)
    return f"{whole}{hash_}{_cut(tail, keeps)}" if fragment else whole


def _cut(text: str, keeps: Keeps) -> str:
    head, mark, query = text.partition("?")
    if not mark:
        return text
    pairs = query.split("&")
    kept = [pair for pair in pairs if keeps(_name(pair))]
    if query and len(kept) == len(pairs):
        return text
    query = "&".join(kept)
    return f"{head}?{query}" if query else head


def _name(pair: str) -> str:
    name = pair.partition("=")[0]
    if "%" in name or "+" in name:
        name = unquote_plus(name)
    return name.strip().lower()
