"""What makes a new version of every function: a digest of the code and of the parameters it runs with.

SAM publishes a version when the code asset changes. A parameter that reaches a function through its
environment changes no asset, and the alias would go on with the old one (docs/adr/0015).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from local.places import ROOT

_ASSETS = ("functions", "layers", "template.yaml")


def published(parameters: Sequence[str], *, root: Path = ROOT) -> list[str]:
    """Return the parameters, as `Name=value`, with the digest that publishes them."""
    digest = sha256()
    for part in (*sorted(parameters), *_contents(root)):
        # Its length before each part: two parts never run together into one.
        content = part if isinstance(part, bytes) else part.encode()
        digest.update(len(content).to_bytes(8) + content)
    return [*parameters, f"Publication={digest.hexdigest()}"]


def _contents(root: Path) -> Iterable[str | bytes]:
    for asset in _ASSETS:
        path = root / asset
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(root))
                yield file.read_bytes()
