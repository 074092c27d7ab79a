"""Broken promises, as exceptions; expected endings are values and live in `outcomes`.

HeadwaterError
├── SettingsError      an environment variable of a function is missing or malformed
├── WorkspaceError     the workspace file is invalid; nothing may start with it
└── DependencyError    a service we stand on did not do its part; the caller may try again
    └── ConditionFailedError   a conditional write found the item changed
"""


class HeadwaterError(Exception):
    """The base of everything Headwater raises by itself."""


class SettingsError(HeadwaterError):
    """A function was started without a setting it needs, or with one it cannot read."""


class WorkspaceError(HeadwaterError):
    """The workspace file does not say something it must, or says it wrongly."""


class DependencyError(HeadwaterError):
    """A service answered with a fault or not at all, after the adapter's own retries."""


class ConditionFailedError(DependencyError):
    """A conditional write found the item in another state than the condition allows."""
