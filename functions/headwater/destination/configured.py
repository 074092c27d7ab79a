"""A destination as one workspace uses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import SecretStr, ValidationError

from headwater.destination.shaping import Shape
from headwater.destination.sheet import AnyDestination, DestinationSettings
from headwater.errors import WorkspaceError
from headwater.ports import Secrets
from headwater.record import StoredEvent

SECRET_PREFIX = "secret:"  # noqa: S105  (the mark of a reference, not a secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """One `[[destinations]]` of the workspace, checked; its secrets are still only names."""

    id: str
    sheet: AnyDestination
    enabled: bool = True
    integration: str  # the display name this one answers to
    sources: tuple[str, ...] | None = None  # None: every source
    events: tuple[str, ...]
    consent: tuple[str, ...] = ()
    advertising: bool = False
    filter: Callable[[StoredEvent], bool] | None = None  # None: every event
    sampled: Callable[[StoredEvent], bool] | None = None  # None: everybody
    shape: Shape | None = None  # None: it sees the event as it is
    settings: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def resolve(self, secrets: Secrets) -> DestinationSettings:
        """Replace each `"secret:NAME"` by its value and return the destination's own settings.

        Raises DependencyError when a secret cannot be read, WorkspaceError when its value does not
        fit the setting; the message names the setting and never the value.
        """
        model: type[DestinationSettings] = self.sheet.settings
        try:
            return model.model_validate(_resolved(self.settings, secrets))
        except ValidationError as error:
            raise WorkspaceError(f"destination {self.id!r}: {faults(error)}") from None


def _resolved(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, Mapping):
        return {key: _resolved(inner, secrets) for key, inner in value.items()}
    if is_reference(value):
        return secrets.get(value.removeprefix(SECRET_PREFIX)).get_secret_value()
    return value


def references(settings: Mapping[str, Any]) -> frozenset[tuple[str, ...]]:
    """Find where the settings refer to secrets: the path of each."""
    return frozenset(
        (key, *path)
        for key, value in settings.items()
        for path in (
            references(value) if isinstance(value, Mapping) else [()] if is_reference(value) else []
        )
    )


def is_reference(value: Any) -> bool:
    """Tell a reference to a secret from a value."""
    return isinstance(value, str) and value.startswith(SECRET_PREFIX)


def literal_secrets(
    model: type[DestinationSettings], settings: Mapping[str, Any]
) -> tuple[str, ...]:
    """Find the settings that are secrets and given as they are, by name."""
    return tuple(
        name
        for name, setting in model.model_fields.items()
        if SecretStr in (setting.annotation, *get_args(setting.annotation))
        and isinstance(settings.get(name), str)
        and not is_reference(settings[name])
    )


# What pydantic says of a string that is of no use yet: the reference stands where a string belongs,
# and its value is judged when it is known. Any other fault (a boolean, an unknown setting) is real.
_WAITS_FOR_ITS_VALUE = ("value_error", "string_", "literal_error")


def faults(error: ValidationError, *, secret: frozenset[tuple[str, ...]] = frozenset()) -> str:
    """Say what is wrong with which setting, without its value; empty when only secrets are unknown."""
    return "; ".join(
        f"settings.{'.'.join(map(str, fault['loc'])) or '*'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
        if not (fault["loc"] in secret and fault["type"].startswith(_WAITS_FOR_ITS_VALUE))
    )
