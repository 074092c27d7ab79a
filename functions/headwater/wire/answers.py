"""What is answered from the workspace alone: nothing is read from a body, nothing is stored."""

from headwater.outcomes import RefuseCode, Refused
from headwater.wire import cors, keys, replies
from headwater.wire.query import fields
from headwater.wire.replies import Reply
from headwater.wire.request import Request
from headwater.wire.routes import (
    ClientMetrics,
    Health,
    Preflight,
    SettingsDocument,
    SourceConfig,
)
from headwater.wire.settings_document import settings_document
from headwater.wire.site import site_of
from headwater.wire.source_config import source_config
from headwater.workspace import Workspace

Question = Preflight | Health | ClientMetrics | SettingsDocument | SourceConfig


def answer(question: Question, request: Request, workspace: Workspace) -> Reply:
    """Answer a client's question about itself."""
    match question:
        case Preflight():
            return cors.preflight(request, workspace)
        case Health():
            return replies.TAKEN
        case ClientMetrics():
            # Counted by nobody; a failure here would only make the client stop asking.
            return replies.TAKEN
        case SettingsDocument(key):
            return _settings(key, request, workspace)
        case SourceConfig():
            return _source_config(request, workspace)


def _settings(key: str | None, request: Request, workspace: Workspace) -> Reply:
    source = workspace.source_of(key) if key is not None else None
    if key is not None and (source is None or source.kind != "browser"):
        # A server's key has no business in an address, so it is as unknown as any other.
        return replies.refused(Refused(RefuseCode.NOT_FOUND, "no source has this write key"))
    return replies.document(
        settings_document(key, site=site_of(request, workspace), prefix=workspace.prefix)
    )


def _source_config(request: Request, workspace: Workspace) -> Reply:
    source = keys.authenticate(request, None, workspace)
    if isinstance(source, Refused):
        return replies.refused(source)
    return replies.document(source_config(source, fields(request.query).get("writeKey", "")))
