"""The workspace file and its tracking plan become a checked workspace, or an error that names the place."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from headwater import tracking_plan
from headwater.errors import WorkspaceError
from headwater.workspace.document import Workspace

DIRECTORY = Path(__file__).resolve().parents[2] / "workspace"


def load(name: str, *, directory: Path = DIRECTORY) -> Workspace:
    """Read and check the workspace, or raise `WorkspaceError` naming file, place and remedy."""
    path = directory / f"{name}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in directory.glob("*.toml"))) or "none"
        raise WorkspaceError(
            f"no workspace {name!r} in functions/workspace; found: {known}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{path.name}: not valid TOML: {error}") from None
    try:
        workspace = Workspace.model_validate({"name": name, **document})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        )
        raise WorkspaceError(f"{path.name}: {faults}") from None
    return workspace.with_plan(tracking_plan.load(directory / f"{name}{tracking_plan.SUFFIX}"))
