"""A changed parameter and a changed file each publish new versions; nothing else does."""

from pathlib import Path

import pytest

from local.publication import published


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "lander").mkdir(parents=True)
    (tmp_path / "functions" / "lander" / "app.py").write_text("code")
    (tmp_path / "layers").mkdir()
    (tmp_path / "template.yaml").write_text("Resources: {}")
    return tmp_path


def test_the_same_is_published_once(root: Path) -> None:
    first = published(["A=1", "B=2"], root=root)
    (root / "functions" / "lander" / "__pycache__").mkdir()
    (root / "functions" / "lander" / "__pycache__" / "app.pyc").write_text("compiled")

    assert first[:2] == ["A=1", "B=2"]
    assert published(["B=2", "A=1"], root=root)[2] == first[2]


def test_a_changed_parameter_is_published(root: Path) -> None:
    assert published(["A=1"], root=root)[-1] != published(["A=2"], root=root)[-1]


def test_changed_code_is_published(root: Path) -> None:
    before = published(["A=1"], root=root)
    (root / "functions" / "lander" / "app.py").write_text("other code")

    assert published(["A=1"], root=root) != before
