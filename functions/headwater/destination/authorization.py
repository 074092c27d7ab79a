"""The header by which a vendor knows the account: a token, or a name and password (RFC 6750, RFC 7617)."""

from base64 import b64encode
from collections.abc import Mapping

from pydantic import SecretStr


def bearer(token: SecretStr) -> Mapping[str, str]:
    """Return the header of a vendor that takes a token."""
    return {"Authorization": f"Bearer {token.get_secret_value()}"}


def basic(user: SecretStr, password: SecretStr | None = None) -> Mapping[str, str]:
    """Return the header of a vendor that takes a name and a password, which may be empty."""
    pair = f"{user.get_secret_value()}:{password.get_secret_value() if password else ''}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
