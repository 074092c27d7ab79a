"""Every destination there is: one file each, one line each here.

To add one: its file, its line in `SLUGS`, its golden cases (docs/destinations.md). A file is loaded when
its type is asked for: a workspace uses a few of them, and every cold start would pay for all.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from pydantic import ValidationError

from headwater.destination import Configured, routes
from headwater.destination.configured import faults, literal_secrets, references
from headwater.destination.filter import FilterError, compile_filter
from headwater.destination.sample import sampler
from headwater.destination.shaping import PathError, Shape, shape
from headwater.destination.sheet import AnyDestination, DestinationSettings
from headwater.errors import WorkspaceError
from headwater.record import StoredEvent
from headwater.workspace import DestinationEntry, Workspace

__all__ = ["DESTINATIONS", "check", "routes"]

# The type as the workspace file names it, which is the name of its file too.
SLUGS = (
    "adjust",
    "airship",
    "amplitude",
    "appsflyer",
    "branch",
    "braze",
    "clevertap",
    "countly",
    "customerio",
    "discord",
    "drip",
    "eventbridge",
    "facebook_app_events",
    "firehose",
    "ga4",
    "heap",
    "hubspot",
    "intercom",
    "iterable",
    "kinesis",
    "kissmetrics",
    "klaviyo",
    "kochava",
    "launchdarkly",
    "leanplum",
    "localytics",
    "loops",
    "meta_conversions",
    "microsoft_ads_capi",
    "mixpanel",
    "moengage",
    "optimizely",
    "pinterest_conversions",
    "posthog",
    "reddit_conversions",
    "segment_relay",
    "singular",
    "slack",
    "snap_conversions",
    "sqs",
    "tiktok_events",
    "vero",
    "webhook",
    "wootric",
)


class _Registry(Mapping[str, AnyDestination]):
    """Slug → data sheet; importing a module twice costs a look in a dictionary."""

    def __getitem__(self, slug: str) -> AnyDestination:
        if slug not in SLUGS:
            raise KeyError(slug)
        sheet: AnyDestination = import_module(f"{__name__}.{slug}").DESTINATION
        return sheet

    def __iter__(self) -> Iterator[str]:
        return iter(SLUGS)

    def __len__(self) -> int:
        return len(SLUGS)


DESTINATIONS: Mapping[str, AnyDestination] = _Registry()


def check(workspace: Workspace) -> tuple[Configured, ...]:
    """Check every destination of the workspace against its type, without reading any secret.

    Raises WorkspaceError naming the destination, the setting and the remedy, all faults at once.
    """
    checked, wrong = [], []
    for at, entry in enumerate(workspace.destinations):
        try:
            if workspace.is_of_a_file and not workspace.demo:
                _check_secrets(entry, workspace.name)
            checked.append(_configured(entry))
        except WorkspaceError as error:
            wrong.append(f"{workspace.at('destinations', at, 'settings')}: {error}")
    if wrong:
        raise WorkspaceError("\n".join(wrong))
    return tuple(checked)


def _check_secrets(entry: DestinationEntry, workspace: str) -> None:
    """Refuse a secret that stands in the file itself: the file is read by all who read the code."""
    sheet = DESTINATIONS.get(entry.type)
    for name in literal_secrets(sheet.settings, entry.settings) if sheet else ():
        raise WorkspaceError(
            f"destination {entry.id!r}: settings.{name} is a secret and stands here in the open: store it "
            f'in Secrets Manager and write "secret:headwater-{workspace}/{entry.id}-{name}"'
        )


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
        filter=_filter(entry),
        sampled=sampler(entry.sample, destination_id=entry.id) if entry.sample < 1 else None,
        shape=_shape(entry),
        settings=entry.settings,
    )


def _filter(entry: DestinationEntry) -> Callable[[StoredEvent], bool] | None:
    if entry.filter is None:
        return None
    try:
        return compile_filter(entry.filter)
    except FilterError as error:
        raise WorkspaceError(f"destination {entry.id!r}: filter, {error}") from None


def _shape(entry: DestinationEntry) -> Shape | None:
    try:
        return shape(
            allow=entry.allow_properties,
            drop=entry.drop_properties,
            hashed=entry.hash_properties,
            events=entry.rename,
            properties=entry.rename_properties,
        )
    except PathError as error:
        raise WorkspaceError(f"destination {entry.id!r}: {error}") from None


def _check_settings(entry: DestinationEntry, settings: type[DestinationSettings]) -> None:
    """Validate all that can be known before the secrets are."""
    try:
        settings.model_validate(entry.settings)
    except ValidationError as error:
        wrong = faults(error, secret=references(entry.settings))
        if wrong:
            known = ", ".join(settings.model_fields)
            raise WorkspaceError(f"destination {entry.id!r}: {wrong} (settings: {known})") from None
