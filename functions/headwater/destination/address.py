"""Which addresses a destination of the site owner's own may have."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr


def check_url(url: SecretStr, *, allow_private: bool) -> SecretStr:
    """Accept an absolute https URL; http only where private addresses are allowed.

    Raises ValueError, which never repeats the URL: a webhook's address is often its password. The
    host is checked where it is resolved, for every connection (`adapters/http`).
    """
    text = url.get_secret_value()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if not host or any(character <= " " or character == "\x7f" for character in text):
        raise ValueError("is not an absolute URL such as https://hooks.example.com/in")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password; use a header")
    if parts.fragment:
        raise ValueError("must not hold a fragment (#)")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise ValueError("must start with https:// (http only with allow_private_addresses = true)")
    return url


# A setting that holds an https address anywhere but inside a network.
PublicUrl = Annotated[SecretStr, AfterValidator(lambda url: check_url(url, allow_private=False))]
