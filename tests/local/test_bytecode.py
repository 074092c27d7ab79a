"""What is deployed carries its bytecode, and runs from it."""

import marshal
import os
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

from local.bytecode import compile_built

# PEP 552: a word of flags after the magic number; 1 is a hash that nobody checks.
_UNCHECKED = (1).to_bytes(4, "little")
_HEADER_BYTES = 16


def bytecode_of(source: Path) -> Path:
    return Path(cache_from_source(str(source)))


def compile_at(root: Path) -> None:
    compile_built(root / "build", kept=root / "kept")


def built(root: Path, files: dict[str, str]) -> Path:
    root /= "build"
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_functions_and_layers_carry_bytecode_under_the_names_they_have_in_lambda(
    tmp_path: Path,
) -> None:
    task, layer = "Collector/collector/app.py", "Dependencies/python/lib/part.py"
    root = built(
        tmp_path,
        {task: "at = 1", layer: "at = 2", "template.yaml": "", "Dependencies/python/t.py": "{{"},
    )

    compile_at(tmp_path)

    named = {}
    for source in (task, layer):
        written = bytecode_of(root / source).read_bytes()
        assert written[4:8] == _UNCHECKED
        named[source] = marshal.loads(written[_HEADER_BYTES:]).co_filename
    assert named == {task: "/var/task/collector/app.py", layer: "/opt/python/lib/part.py"}


def test_an_import_reads_the_bytecode_whatever_time_the_zip_gave_the_source(tmp_path: Path) -> None:
    source = built(tmp_path, {"Collector/told.py": "print('compiled')"}) / "Collector" / "told.py"
    compile_at(tmp_path)
    source.write_text("print('source')")
    os.utime(source, (0, 0))

    ran = subprocess.run(
        [sys.executable, "-c", "import told"],
        cwd=source.parent,
        env={"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "compiled\n"


def test_compiling_again_changes_nothing(tmp_path: Path) -> None:
    source = built(tmp_path, {"Collector/app.py": "def f(x: int = 3) -> str:\n    return str(x)"})
    compile_at(tmp_path)
    before = bytecode_of(source / "Collector/app.py").read_bytes()

    compile_at(tmp_path)

    assert bytecode_of(source / "Collector/app.py").read_bytes() == before


def test_functions_of_one_source_share_what_was_compiled_once(tmp_path: Path) -> None:
    root = built(tmp_path, dict.fromkeys(("Collector/app.py", "Lander/app.py"), "at = 1"))

    compile_at(tmp_path)

    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert (
        len({bytecode_of(root / of / "app.py").read_bytes() for of in ("Collector", "Lander")}) == 1
    )


def test_a_changed_source_is_compiled_anew(tmp_path: Path) -> None:
    source = built(tmp_path, {"Collector/app.py": "at = 1"}) / "Collector" / "app.py"
    compile_at(tmp_path)
    source.write_text("at = 2")

    compile_at(tmp_path)

    found = dict[str, int]()
    exec(marshal.loads(bytecode_of(source).read_bytes()[_HEADER_BYTES:]), found)
    assert found["at"] == 2
