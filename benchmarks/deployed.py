"""The import path a deployed function has, as directories: task, layer, then the runtime's own boto3.

Nothing else of the development environment can be imported from it. Bytecode is a directory beside
it, so a start can be measured as it is deployed, with the bytecode that `local.bytecode` packs, and as
`sam build` alone would leave it.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).resolve().parent.parent
# What Lambda's image brings beside Python: its interface client, and boto3 with its dependencies.
_RUNTIME = (
    "awslambdaric", "simplejson", "snapshot-restore-py",
    "boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3",
)  # fmt: skip


@dataclass(frozen=True)
class Deployed:
    """Where a function would find its imports, and the bytecode of a first start's kind."""

    root: Path

    @property
    def path(self) -> tuple[str, ...]:
        """Return what is on `sys.path`, first to last."""
        return tuple(str(self.root / name) for name in ("task", "layer", "runtime", "benchmarks"))

    def warm(self) -> dict[str, str]:
        """Name the bytecode of everything; a start writes what is not there yet."""
        return {"PYTHONPYCACHEPREFIX": str(self.root / "bytecode")}

    def without_bytecode(self) -> dict[str, str]:
        """Name the bytecode of Python and the runtime alone, as it was when this was called first."""
        kept = self.root / "bytecode-of-the-runtime"
        if not kept.exists():
            shutil.copytree(self.root / "bytecode", kept)
            for own in ("task", "layer"):
                shutil.rmtree(kept / self.root.relative_to("/") / own)
        return {"PYTHONPYCACHEPREFIX": str(kept), "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def deployed() -> Iterator[Deployed]:
    """Lay the path out in a directory that goes when the block ends."""
    with TemporaryDirectory(prefix="headwater-bench-") as directory:
        root = Path(directory).resolve()
        # A copy: the working directory is on the path by its real name, and bytecode is kept by name.
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / "functions", root / "task", ignore=ignored)
        (root / "benchmarks").symlink_to(REPOSITORY / "benchmarks" / "handlers")
        requirements = (REPOSITORY / "layers/dependencies/requirements.txt").read_text()
        _link(root / "layer", [line.partition("==")[0] for line in requirements.splitlines()])
        _link(root / "runtime", _RUNTIME)
        yield Deployed(root)


def _link(directory: Path, names: Sequence[str]) -> None:
    directory.mkdir()
    for name in names:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            if top not in (os.curdir, "__pycache__"):
                (directory / top).symlink_to(str(found.locate_file(top)))
