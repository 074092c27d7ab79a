"""Compiles what `sam build` has built, so that no cold start compiles it: `make build`, `make deploy`, `make up`.

    python -m local.bytecode

Bytecode belongs to a version of Python and to no processor. Lambda's 3.13 reads what 3.13 wrote here, and
compiles anew, without a word, whatever it cannot read (https://peps.python.org/pep-3147/). `unchecked-hash`,
because a deployment's zip gives the sources another time (https://peps.python.org/pep-0552/).
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

from local.places import ROOT

BUILT = ROOT / ".aws-sam" / "build"
# Where Lambda unpacks a function and a layer: tracebacks name these paths.
_TASK, _LAYER = "/var/task", "/opt/python"
RUNTIME = (3, 13)


def main() -> None:
    """Compile the build, or say why not."""
    compile_built(BUILT)


def compile_built(built: Path) -> None:
    """Write the bytecode of every function and layer beside its sources.

    What cannot be compiled is left to whoever imports it: packages carry templates that are no Python.
    """
    if sys.version_info[:2] != RUNTIME:
        return  # another version's bytecode would be read by nobody
    for artifact in sorted(path for path in built.iterdir() if path.is_dir()):
        layer = artifact / "python"
        source, deployed = (layer, _LAYER) if layer.is_dir() else (artifact, _TASK)
        compileall.compile_dir(
            source,
            maxlevels=20,
            stripdir=str(source),
            prependdir=deployed,
            quiet=2,
            workers=0,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    main()
