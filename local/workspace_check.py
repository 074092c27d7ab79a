"""Checks workspaces before anything is built of them: `make workspace-check [WORKSPACE=shop]`.

    python -m local.workspace_check [shop] [--directory DIRECTORY]

Without a name every workspace of functions/workspace is checked. It says what a function would say that
started with the file: it is the same code.
"""

import argparse
from pathlib import Path

from headwater import workspace
from headwater.destinations import check
from headwater.errors import WorkspaceError

from local.progress import say


def main() -> None:
    """Check, and say what is wrong in all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="", help="functions/workspace/<name>.toml")
    parser.add_argument("--directory", type=Path, default=workspace.DIRECTORY)
    arguments = parser.parse_args()
    wrong = []
    for name in [arguments.name] if arguments.name else names(arguments.directory):
        try:
            check(workspace.load(name, directory=arguments.directory))
        except WorkspaceError as error:
            wrong.append(str(error))
        else:
            say(f"{name}.toml is a valid workspace")
    if wrong:
        raise SystemExit("\n".join(wrong))


def names(directory: Path) -> list[str]:
    """Return the workspaces there are."""
    return sorted(path.stem for path in directory.glob("*.toml"))


if __name__ == "__main__":
    main()
