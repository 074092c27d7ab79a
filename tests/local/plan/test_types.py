"""A misspelled event does not compile: the helpers, through tsc and mypy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.plan.types import main
from tests.unit.tracking_plan.plans import OWN, written

COMPILER = Path(__file__).parent / "typescript/node_modules/typescript/bin/tsc"
VERSIONED = {
    "a.toml": 'name = "Boots Tried"\n[properties]\nsize = { type = "integer", required = true }',
    "b.toml": 'name = "Boots Tried"\nversion = 2\n[properties]\n"euro-size" = { type = "number" }',
    "c.toml": 'name = "404 Shown"\n[properties]',
}
GOOD_TS = """
import { bootsTried, event404Shown, events, orderCompleted } from "./tracking_plan.js";
declare const analytics: { track(event: string, properties?: object, options?: object): unknown };
orderCompleted(analytics, { order_id: "o-1", shipping: "post", products: [{ price: 1 }] });
bootsTried(analytics, { "euro-size": 42.5 }, { context: {} });
event404Shown(analytics);
const name: "Order Completed" = events.orderCompleted;
"""
WRONG_TS = {
    "a misspelled event": 'import { oderCompleted } from "./tracking_plan.js";',
    "a misspelled property": 'orderCompleted(analytics, { order_id: "o", totl: 1 });',
    "a missing property": "orderCompleted(analytics, { total: 1 });",
    "no properties": "orderCompleted(analytics);",
    "a wrong type": "orderCompleted(analytics, { order_id: 1 });",
    "a wrong option": 'orderCompleted(analytics, { order_id: "o", shipping: "drone" });',
}
GOOD_PY = """
from segment import analytics
import tracking_plan as plan
plan.order_completed(analytics, {"order_id": "o-1", "products": [{"price": 1}]}, user_id="u")
plan.boots_tried(analytics, {"euro-size": 42.5}, user_id="u", context={"ip": "1.2.3.4"})
plan.event_404_shown(analytics)
"""
WRONG_PY = {
    "a misspelled event": 'plan.oder_completed(analytics, {"order_id": "o"})',
    "a misspelled property": 'plan.order_completed(analytics, {"order_id": "o", "totl": 1})',
    "a missing property": 'plan.order_completed(analytics, {"total": 1})',
    "no properties": "plan.order_completed(analytics)",
    "a wrong type": 'plan.order_completed(analytics, {"order_id": 1})',
    "a wrong option": 'plan.order_completed(analytics, {"order_id": "o", "shipping": "drone"})',
}


@pytest.fixture(scope="module")
def helpers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("helpers")
    written(folder / "shop.plan", OWN | VERSIONED)
    assert main(["--workspace", "shop", "--directory", str(folder), "--to", str(folder)]) == 0
    return folder


def test_typescript_compiles_and_what_is_wrong_does_not(helpers: Path) -> None:
    if not COMPILER.exists():
        missing = "no TypeScript: run `make setup`"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    head = "\n".join(GOOD_TS.splitlines()[:3])
    helpers.joinpath("good.ts").write_text(GOOD_TS, "utf-8")
    for number, text in enumerate(WRONG_TS.values()):
        helpers.joinpath(f"wrong_{number}.ts").write_text(f"{head}\n{text}\n", "utf-8")

    ended = subprocess.run(
        ["node", COMPILER, "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext",
         *sorted(map(str, helpers.glob("*.ts")))],
        capture_output=True,
        text=True,
        check=False,
        cwd=helpers,
    )  # fmt: skip

    complained = {line.partition("(")[0] for line in ended.stdout.splitlines() if "error" in line}
    assert complained == {f"wrong_{number}.ts" for number in range(len(WRONG_TS))}, ended.stdout


def test_python_passes_mypy_and_what_is_wrong_does_not(helpers: Path) -> None:
    head = "from segment import analytics\nimport tracking_plan as plan\n"
    helpers.joinpath("good.py").write_text(GOOD_PY, "utf-8")
    for number, text in enumerate(WRONG_PY.values()):
        helpers.joinpath(f"wrong_{number}.py").write_text(f"{head}{text}\n", "utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--no-incremental",
         "--config-file", os.devnull, *sorted(path.name for path in helpers.glob("*.py"))],
        capture_output=True,
        text=True,
        check=False,
        cwd=helpers,
    )  # fmt: skip

    complained = {
        line.partition(":")[0] for line in ended.stdout.splitlines() if ": error:" in line
    }
    assert complained == {f"wrong_{number}.py" for number in range(len(WRONG_PY))}, ended.stdout


def test_python_sends_what_it_says(helpers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(helpers))
    import tracking_plan as plan  # type: ignore[import-not-found]

    sent: list[tuple[object, ...]] = []

    class Client:
        def track(self, *arguments: object, **options: object) -> None:
            sent.append((*arguments, options))

    plan.boots_tried(Client(), {"euro-size": 42.5}, user_id="u-1", context={"ip": "1.2.3.4"})
    plan.order_completed(Client(), {"order_id": "o-1"}, anonymous_id="a-1")

    versioned = {"ip": "1.2.3.4", "protocols": {"event_version": 2}}
    assert sent == [
        ("u-1", "Boots Tried", {"euro-size": 42.5}, {"anonymous_id": None, "context": versioned}),
        (None, "Order Completed", {"order_id": "o-1"}, {"anonymous_id": "a-1"}),
    ]
