"""Every destination there is: one file each, one line each here.

To add one: its file, its line in `DESTINATIONS`, its golden cases (docs/destinations.md).
"""

from collections.abc import Mapping

from pydantic import ValidationError

from headwater.destination import Configured, routes
from headwater.destination.configured import faults, references
from headwater.destination.sheet import AnyDestination, DestinationSettings
from headwater.destinations import (
    amplitude,
    braze,
    customerio,
    ga4,
    klaviyo,
    mixpanel,
    posthog,
    segment_relay,
    slack,
    webhook,
)
from headwater.errors import WorkspaceError
from headwater.workspace import DestinationEntry, Workspace

__all__ = ["DESTINATIONS", "check", "routes"]

DESTINATIONS: Mapping[str, AnyDestination] = {
    sheet.slug: sheet
    for sheet in (
        amplitude.DESTINATION,
        braze.DESTINATION,
        customerio.DESTINATION,
        ga4.DESTINATION,
        klaviyo.DESTINATION,
        mixpanel.DESTINATION,
        posthog.DESTINATION,
        segment_relay.DESTINATION,
        slack.DESTINATION,
        webhook.DESTINATION,
    )
}


def check(workspace: Workspace) -> tuple[Configured, ...]:
    """Check every destination of the workspace against its type, without reading any secret.

    Raises WorkspaceError naming the destination, the setting and the remedy, all faults at once.
    """
    checked, wrong = [], []
    for entry in workspace.destinations:
        try:
            checked.append(_configured(entry))
        except WorkspaceError as error:
            wrong.append(str(error))
    if wrong:
        raise WorkspaceError(f"workspace {workspace.name!r}: " + "; ".join(wrong))
    return tuple(checked)


def _configured(entry: DestinationEntry) -> Configured:
    sheet = DESTINATIONS.get(entry.type)
    if sheet is None:
        known = ", ".join(DESTINATIONS)
        raise WorkspaceError(
            f"destination {entry.id!r}: there is no type {entry.type!r}; use one of {known}"
        )
    _check_settings(entry, sheet.settings)
    return Configured(
        id=entry.id,
        sheet=sheet,
        enabled=entry.enabled,
        integration=entry.integration or sheet.name,
        sources=entry.sources,
        events=tuple(
            event_type
            for event_type in sheet.event_types
            if entry.events is None or event_type in entry.events
        ),
        consent=sheet.consent if entry.consent is None else entry.consent,
        advertising=sheet.advertising if entry.advertising is None else entry.advertising,
        settings=entry.settings,
    )


def _check_settings(entry: DestinationEntry, settings: type[DestinationSettings]) -> None:
    """Validate all that can be known before the secrets are."""
    try:
        settings.model_validate(entry.settings)
    except ValidationError as error:
        wrong = faults(error, secret=references(entry.settings))
        if wrong:
            known = ", ".join(settings.model_fields)
            raise WorkspaceError(f"destination {entry.id!r}: {wrong} (settings: {known})") from None
