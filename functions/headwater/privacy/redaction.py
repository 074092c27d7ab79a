"""Secrets that travel in events and are stored nowhere: not in the lake, not among the rejected."""

from typing import Any

_SECRETS = ("writeKey",)
_CONTEXT_SECRETS = ("userToken",)


def redacted(item: Any) -> Any:
    """Return the event as sent without its write key and without the user's token."""
    if not isinstance(item, dict):
        return item
    kept = {name: value for name, value in item.items() if name not in _SECRETS}
    context = kept.get("context")
    if isinstance(context, dict) and any(name in context for name in _CONTEXT_SECRETS):
        kept["context"] = {
            name: value for name, value in context.items() if name not in _CONTEXT_SECRETS
        }
    batch = kept.get("batch")
    if isinstance(batch, list):
        # A batch that was sent where one event belongs is rejected whole, and kept.
        kept["batch"] = [redacted(inner) for inner in batch]
    return kept
