"""Compiles what `sam build` has built, so that no cold start compiles it: `make build`, `make deploy`, `make up`.

    python -m local.bytecode

Bytecode belongs to a version of Python and to no processor. Lambda's 3.13 reads what 3.13 wrote here, and
compiles anew, without a word, whatever it cannot read (https://peps.python.org/pep-3147/). `unchecked-hash`,
because a deployment's zip gives the sources another time (https://peps.python.org/pep-0552/).

Every function is built from one and the same source, and most of it is as it was at the build before: what
was compiled once is kept, by name and content, and copied from then on.
"""

import py_compile
import sys
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from shutil import copyfile

from local.places import ROOT

BUILT = ROOT / ".aws-sam" / "build"
KEPT = ROOT / ".cache" / "bytecode"
# Where Lambda unpacks a function and a layer: tracebacks name these paths.
_TASK, _LAYER = "/var/task", "/opt/python"
RUNTIME = (3, 13)


def main() -> None:
    """Compile the build, or say why not."""
    compile_built(BUILT)


def compile_built(built: Path, *, kept: Path = KEPT) -> None:
    """Write the bytecode of every function and layer beside its sources.

    What cannot be compiled is left to whoever imports it: packages carry templates that are no Python.
    """
    if sys.version_info[:2] != RUNTIME:
        return  # another version's bytecode would be read by nobody
    for artifact in sorted(path for path in built.iterdir() if path.is_dir()):
        layer = artifact / "python"
        root, deployed = (layer, _LAYER) if layer.is_dir() else (artifact, _TASK)
        for source in sorted(root.rglob("*.py")):
            _compile(source, f"{deployed}/{source.relative_to(root).as_posix()}", kept)


def _compile(source: Path, name: str, kept: Path) -> None:
    """Write one file's bytecode, under the name it has in Lambda, from what is kept or anew."""
    # The version with its build: no two of them need agree on what bytecode is.
    of = sha256(b"\0".join((sys.version.encode(), name.encode(), source.read_bytes())))
    known = kept / f"{of.hexdigest()}.pyc"
    if not known.exists():
        try:
            py_compile.compile(
                str(source),
                cfile=str(known),  # written beside and renamed: never half a file
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError:
            return
    target = Path(cache_from_source(str(source)))
    target.parent.mkdir(exist_ok=True)
    copyfile(known, target)


if __name__ == "__main__":
    main()
