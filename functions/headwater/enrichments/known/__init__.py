"""Lists of what is known of the web's crawlers and referrers, kept by others; `make known` renews them.

Each file says where it comes from, in which version, under which licence (LICENSES.md).
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson


@cache
def known(name: str) -> Any:
    """Read a list; once, when the first event needs it."""
    return orjson.loads(Path(__file__).with_name(f"{name}.json").read_bytes())
