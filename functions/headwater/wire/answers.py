"""What is answered from the workspace alone: nothing is read from a body, nothing is stored."""

from headwater.outcomes import RefuseCode, Refused
from headwater.wire import analytics_js, canary, cors, keys, replies, tag
from headwater.wire.arrival import arrival
from headwater.wire.query import fields
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.wire.routes import (
    AnalyticsJs,
    AnalyticsJsChunk,
    Arrival,
    Canary,
    ClientMetrics,
    Health,
    Preflight,
    SettingsDocument,
    SourceConfig,
    TagJs,
)
from headwater.wire.settings_document import settings_document
from headwater.wire.site import site_of
from headwater.wire.source_config import source_config
from headwater.workspace import Workspace

Question = (
    Preflight
    | Health
    | ClientMetrics
    | SettingsDocument
    | AnalyticsJs
    | AnalyticsJsChunk
    | TagJs
    | Canary
    | SourceConfig
    | Arrival
)
_UNKNOWN_KEY = Refused(RefuseCode.NOT_FOUND, "no source has this write key")
_NO_TAG = Refused(RefuseCode.NOT_FOUND, "this is not the hash of the tag that is served here")
_NO_CHUNK = Refused(RefuseCode.NOT_FOUND, "this analytics.js has no such part")


def answer(question: Question, request: Request, workspace: Workspace) -> Reply:
    """Answer a client's question about itself."""
    match question:
        case Preflight():
            return cors.preflight(request, workspace)
        case Health() | ClientMetrics():
            # Metrics are counted by nobody; a failure here would only make the client stop asking.
            return replies.TAKEN
        case Arrival():
            return arrival(request, workspace)
        case SettingsDocument(key):
            return _settings(key, request, workspace)
        case AnalyticsJs(key):
            known = _is_a_browsers(key, workspace)
            return analytics_js.script(key, request) if known else replies.refused(_UNKNOWN_KEY)
        case AnalyticsJsChunk(name):
            return analytics_js.chunk(name, request) or replies.refused(_NO_CHUNK)
        case TagJs(hash_):
            return tag.tag(hash_, request) or replies.refused(_NO_TAG)
        case Canary():
            return canary.REPLY
        case SourceConfig():
            return _source_config(request, workspace)


def _settings(key: str | None, request: Request, workspace: Workspace) -> Reply:
    if key is not None and not _is_a_browsers(key, workspace):
        return replies.refused(_UNKNOWN_KEY)
    return replies.document(
        settings_document(key, site=site_of(request, workspace), prefix=workspace.prefix)
    )


def _is_a_browsers(key: str, workspace: Workspace) -> bool:
    # A server's key has no business in an address, so it is as unknown as any other.
    source = workspace.source_of(key)
    return source is not None and source.kind == "browser"


def _source_config(request: Request, workspace: Workspace) -> Reply:
    source = keys.authenticate(request, None, workspace)
    if isinstance(source, Refused):
        return replies.refused(source)
    return replies.document(source_config(source, fields(request.query).get("writeKey", "")))
