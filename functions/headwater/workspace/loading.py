"""The workspace file and its tracking plan become a checked workspace, or an error that names the place."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from headwater import tracking_plan
from headwater.errors import WorkspaceError
from headwater.workspace.document import Workspace

DIRECTORY = Path(__file__).resolve().parents[2] / "workspace"


def load(name: str, *, directory: Path = DIRECTORY) -> Workspace:
    """Read and check the workspace, or raise `WorkspaceError` with every fault of the file.

    A fault is one line: `file:line: place: what is wrong and the remedy`.
    """
    path = directory / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in directory.glob("*.toml"))) or "none"
        raise WorkspaceError(
            f"no workspace {name!r} in functions/workspace; found: {known}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(f"{path.name}: not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise WorkspaceError(f"{path.name}: not UTF-8: save it as UTF-8") from None
    try:
        workspace = Workspace.model_validate({"name": name, **document})
    except ValidationError as error:
        from headwater.workspace.faults import faults_of  # only a wrong file asks for its lines

        faults = faults_of(error, Workspace, text)
        raise WorkspaceError("\n".join(f"{path.name}:{fault}" for fault in faults)) from None
    plan = tracking_plan.load(directory / f"{name}{tracking_plan.SUFFIX}")
    return workspace.with_plan(plan).with_text(text)
