"""Another version of a deployed function, while a test needs it; what was live before is live again afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# boto3's client of Lambda, of which only a few calls are used.
Functions = Any
LIVE = "live"


@contextmanager
def published(functions: Functions, name: str, **configuration: Any) -> Iterator[None]:
    """Publish the function with this configuration and move its alias there, as a deployment does."""
    before = functions.get_alias(FunctionName=name, Name=LIVE)["FunctionVersion"]
    was = functions.get_function_configuration(FunctionName=name)
    functions.update_function_configuration(FunctionName=name, **configuration)
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name=LIVE, FunctionVersion=version)
    try:
        yield
    finally:
        functions.update_alias(FunctionName=name, Name=LIVE, FunctionVersion=before)
        restored = {key: was[key] for key in configuration}
        functions.update_function_configuration(FunctionName=name, **restored)


def variables(functions: Functions, name: str, **more: str) -> Mapping[str, Any]:
    """Return the configuration with these variables in the function's environment, beside its own."""
    was = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return {"Environment": {"Variables": {**was, **more}}}


@contextmanager
def unmapped(functions: Functions, name: str) -> Iterator[None]:
    """Disable what calls the function with records or messages."""
    listed = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    assert listed, name
    for each in listed:
        functions.update_event_source_mapping(UUID=each["UUID"], Enabled=False)
    try:
        yield
    finally:
        for each in listed:
            functions.update_event_source_mapping(UUID=each["UUID"], Enabled=True)
