"""What the deployment decides: the environment of each function, read once and frozen.

One class a function. `from_env(os.environ)` in the handler is the only reader of the environment;
a test compares these classes with the template, so neither can drift.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Self

from headwater.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings:
    """Settings that come from environment variables named like the fields, in capitals.

    `metrics_namespace`: where this stack's metrics are, apart from those of another stage.
    """

    metrics_namespace: str = "headwater"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings, naming every variable that is missing or empty at once."""
        given = {
            field.name: value
            for field in fields(cls)
            if (value := environ.get(field.name.upper(), "").strip())
        }
        needed = {field.name for field in fields(cls) if field.default is MISSING}
        if missing := sorted(name.upper() for name in needed - given.keys()):
            raise SettingsError(
                f"{cls.__name__}: set {', '.join(missing)} in template.yaml's Environment"
            )
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorSettings(FunctionSettings):
    """The collector: whose keys it believes, where events are committed, what signs its cookies."""

    workspace: str
    stream_name: str
    bucket_name: str
    # A secret's ARN and a table. Without them no cookie is set and no visitor counted for a day.
    cookie_keys: str = "none"
    salts_table: str = "none"
    # One digest or two with a comma; none: what the workspace says.
    origin_secret_sha256: str = "none"  # noqa: S105 - no secret, a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriverSettings(FunctionSettings):
    """The redriver: the bucket where lines wait, and the stream they go back to."""

    stream_name: str
    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanderSettings(FunctionSettings):
    """The lander: where the stream's lines land."""

    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StitcherSettings(FunctionSettings):
    """The stitcher: the identity registers and the queue of deliveries."""

    workspace: str
    bucket_name: str
    identity_table: str
    deliveries_queue_url: str
    fan_out_from: str  # events received before are linked, not delivered; a stored time
    canary_url: str = ""  # the collector's, for the canary to come back to; empty: there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesSettings(FunctionSettings):
    """The change log: where identity changes land, and the forest they are flattened against."""

    bucket_name: str
    identity_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinvokerSettings(FunctionSettings):
    """The reinvoker: the bucket where Lambda leaves the batches it gave up on."""

    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperSettings(FunctionSettings):
    """The keeper: the days' salts, who is suppressed, and the bucket where that is published."""

    salts_table: str
    suppressions_table: str
    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings(FunctionSettings):
    """The door of privacy requests: whose keys it believes, and where requests are written down."""

    workspace: str
    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraserSettings(FunctionSettings):
    """The eraser: every place that may hold a person, and how long the stream keeps a line."""

    workspace: str
    bucket_name: str
    identity_table: str
    suppressions_table: str
    deliveries_queue_url: str
    dead_letters_queue_url: str
    stream_retention_hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySettings(FunctionSettings):
    """The canary: whom it calls, and where it looks for what came back."""

    bucket_name: str
    canary_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilerSettings(FunctionSettings):
    """The reconciler: where events are kept, and what decides where they had to go."""

    workspace: str
    bucket_name: str
    fan_out_from: str  # the stitcher's
    lander_function: str  # whose given-up batches still hold lines


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings(FunctionSettings):
    """The guard of the bill: whose throttle it moves, and how many events an hour may cost."""

    api_id: str
    events_per_hour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSettings(FunctionSettings):
    """The profile read: whose keys it believes, the registers it reads, and the lake it may ask."""

    workspace: str
    identity_table: str
    glue_database: str
    athena_workgroup: str
    athena_endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwarderSettings(FunctionSettings):
    """The forwarder: whose destinations it serves, and where what cannot be delivered goes."""

    workspace: str
    bucket_name: str
    deliveries_queue_url: str
    breakers_table: str
    canary_url: str = ""  # the stitcher's


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactorSettings(FunctionSettings):
    """The compactor: the bucket it reads raw lines from and adds Parquet to."""

    bucket_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewsSettings(FunctionSettings):
    """The custom resource that makes views and saved queries, from SQL files and the tracking plan."""

    workspace: str
    glue_database: str
    athena_workgroup: str
