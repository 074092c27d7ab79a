"""`make console`: a clear word when there is nothing to look at."""

import pytest

from local.console.__main__ import main


def test_a_stage_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="nowhere"):
        main(["--stage", "nowhere", "--port", "8790"])
