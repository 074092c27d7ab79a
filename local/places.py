"""Where things are in this checkout: the repository, what the local stack leaves behind, the tools."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# All that a running stack writes; never committed, and gone with `make clean`.
STATE = ROOT / ".local"

SAM = ROOT / ".tools" / "sam"
MINISTACK = ROOT / ".tools" / "ministack"
