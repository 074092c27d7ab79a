"""Hashing who a person is, as advertising vendors want it: brought to one form first, then SHA-256 in hex.

What is 64 hex digits already is taken for a hash and stays as it is. Addresses of devices, user
agents and click ids are never hashed. Rules: Meta's customer information parameters
(developers.facebook.com/docs/marketing-api/conversions-api/parameters, read 2026-11-23); Snap and
Pinterest ask for the same.
"""

import re
from collections.abc import Callable
from hashlib import sha256

from headwater.destination.reading import mapping, present, text, trait, traits
from headwater.record import StoredEvent

# Patterns are text, here and in the destinations: `re` compiles one when it is first used, and keeps it;
# a start pays for none.
_HASH = r"[0-9a-fA-F]{64}"
_DAY = r"(\d{4})[-/.]?(\d\d?)[-/.]?(\d\d?)"
_US_DAY = r"(\d\d?)/(\d\d?)/(\d{4})"
_US_ZIP = r"(\d{5})-?\d{4}"
# Where an extension of a telephone number begins, in the words of several languages.
_EXTENSION = r"(?is)(?:ext|x|anexo|#|poste|int).*"
_GENDERS = {"female": "f", "male": "m"}


def squeezed(value: str) -> str:
    """Lower case, without any white space: e-mail addresses, ids."""
    return "".join(value.split()).lower()


def canonical_email(value: str) -> str:
    """Return the address without the dots of its name and without what follows a `+` (Reddit's form)."""
    name, found, domain = squeezed(value).partition("@")
    return f"{name.replace('.', '').split('+')[0]}@{domain}" if found else ""


def lettered(value: str) -> str:
    """Lower case letters and digits of any script only: names, cities, states."""
    return "".join(filter(str.isalnum, value)).lower()


def digits(value: str) -> str:
    """Digits only, without leading zeros: a telephone number with its country code."""
    return re.sub(r"[^0-9]", "", value).lstrip("0")


def e164(value: str) -> str:
    """`+` and digits, without an extension: a telephone number as ITU-T E.164 writes it."""
    found = re.sub(r"[^0-9]", "", re.sub(_EXTENSION, "", value))
    return f"+{found}" if found else ""


def day(value: str) -> str:
    """YYYYMMDD of a date that begins with year, month and day, or is month/day/year as in the US."""
    american = re.fullmatch(_US_DAY, value)
    if american:
        return f"{american[3]}{american[1]:0>2}{american[2]:0>2}"
    first = re.match(_DAY, value)
    return f"{first[1]}{first[2]:0>2}{first[3]:0>2}" if first else ""


def gender(value: str) -> str:
    """`f` or `m`; any other word stays."""
    word = squeezed(value)
    return _GENDERS.get(word, word)


def postcode(value: str) -> str:
    """Lower case without spaces; of a nine-digit one of the US the first five."""
    code = squeezed(value)
    long = re.fullmatch(_US_ZIP, code)
    return long[1] if long else code


def hashed(value: object, normalise: Callable[[str], str] = squeezed) -> str | None:
    """Hash the value in its normal form; None for what says nothing."""
    found = (text(value) or "").strip()
    if re.fullmatch(_HASH, found):
        return found.lower()
    normal = normalise(found) if found else ""
    return sha256(normal.encode("utf-8", "surrogatepass")).hexdigest() if normal else None


def match_keys(event: StoredEvent) -> dict[str, str]:
    """Hash all that is known of the person, under Meta's short names (`em`, `ph`, `fn` …).

    E-mail address and telephone number are read from the event's properties too; a name, a gender or
    a city there may be a product's.
    """
    known = traits(event)
    address = mapping(known.get("address"))

    def first(*names: str) -> object:
        return next((known[name] for name in names if known.get(name)), None)

    def place(*names: str) -> object:
        return next((address[name] for name in names if address.get(name)), first(*names))

    return present(
        {
            "em": hashed(trait(event, "email")),
            "ph": hashed(trait(event, "phone"), digits),
            "fn": hashed(first("firstName", "first_name", "firstname"), lettered),
            "ln": hashed(first("lastName", "last_name", "lastname"), lettered),
            "ge": hashed(first("gender"), gender),
            "db": hashed(first("birthday", "birthDate", "dateOfBirth"), day),
            "ct": hashed(place("city"), lettered),
            "st": hashed(place("state"), lettered),
            "zp": hashed(place("postalCode", "postal_code", "zip"), postcode),
            "country": hashed(place("country"), lettered),
        }
    )
