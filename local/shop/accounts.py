"""The shop's accounts: made on the server, kept in memory, forgotten when the demo stops."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

_EMAIL = re.compile(r"[^@\s]{1,100}@[^@\s]{1,100}")
_MAX_CHARACTERS = 100


class MistakeError(Exception):
    """Something the visitor can put right; the message is shown to them."""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer. The user id is permanent, and ours; everything else may change."""

    user_id: str
    email: str
    name: str
    company: str = ""
    title: str = ""

    @property
    def traits(self) -> dict[str, str]:
        """What we tell analytics about them; what they left out is left out."""
        stated = {
            "name": self.name,
            "email": self.email,
            "company": self.company,
            "title": self.title,
        }
        return {name: value for name, value in stated.items() if value}

    def to_json(self) -> dict[str, str]:
        """Return what the account's own page may know."""
        return {"user_id": self.user_id, **self.traits}


class Accounts:
    """Every account, and who is logged in."""

    def __init__(self, *, make_id: Callable[[], str]) -> None:
        """Take where unguessable ids come from."""
        self._make_id = make_id
        self._lock = Lock()
        self._by_email: dict[str, Account] = {}
        self._by_session: dict[str, Account] = {}

    def sign_up(self, form: Mapping[str, Any]) -> Account:
        """Make an account, or raise `MistakeError`."""
        email = email_of(form)
        name = _text(form, "name")
        if not name:
            raise MistakeError("Please tell us your name.")
        account = Account(
            user_id=f"cus_{self._make_id()[:12]}",
            email=email,
            name=name,
            company=_text(form, "company"),
            title=_text(form, "title"),
        )
        with self._lock:
            if email.lower() in self._by_email:
                raise MistakeError("There is an account with this email: log in instead.")
            self._by_email[email.lower()] = account
        return account

    def log_in(self, form: Mapping[str, Any]) -> Account:
        """Find the account of that email, or raise `MistakeError`."""
        account = self._by_email.get(email_of(form).lower())
        if account is None:
            raise MistakeError("We know no account with this email.")
        return account

    def open_session(self, account: Account) -> str:
        """Remember that somebody is logged in, and return the session's secret."""
        session = self._make_id()
        with self._lock:
            self._by_session[session] = account
        return session

    def account_of(self, session: str | None) -> Account | None:
        """Return who is logged in, if anybody is."""
        return self._by_session.get(session or "")

    def close_session(self, session: str | None) -> None:
        """Log out."""
        with self._lock:
            self._by_session.pop(session or "", None)


def email_of(form: Mapping[str, Any]) -> str:
    """Return the form's email, or raise `MistakeError`."""
    email = _text(form, "email")
    if not _EMAIL.fullmatch(email):
        raise MistakeError("Please give us an email address.")
    return email


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 2 * _MAX_CHARACTERS:
        raise MistakeError(f"Please check the field “{name}”.")
    return value.strip()
