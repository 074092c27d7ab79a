"""Every function of the template is there, gets the settings it reads, and is deployed as one asset."""

import importlib
from dataclasses import fields
from pathlib import Path

import pytest
from headwater import settings

from tests.template.document import ROOT, functions, properties, resources, template, text

FUNCTIONS = functions()


def test_every_handler_folder_has_its_function_and_the_other_way_round() -> None:
    folders = {file.parent.name for file in (ROOT / "functions").glob("*/app.py")}

    assert set(FUNCTIONS) == folders


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_is_where_the_template_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    module, _, attribute = FUNCTIONS[name]["Handler"].rpartition(".")

    assert module == f"{name}.app"
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gets_exactly_the_settings_it_reads(name: str) -> None:
    settings_class = getattr(settings, f"{name.capitalize()}Settings")
    read = {field.name.upper() for field in fields(settings_class)}

    assert set(FUNCTIONS[name]["Environment"]["Variables"]) == read


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_an_alias_on_the_one_asset_with_its_own_role(name: str) -> None:
    function = FUNCTIONS[name]

    assert {
        key: text(function[key])
        for key in ("Runtime", "CodeUri", "AutoPublishAlias", "Tracing", "Role")
    } == {
        "Runtime": "python3.13",
        "CodeUri": "functions/",
        "AutoPublishAlias": "live",
        "Tracing": "${Tracing}",
        "Role": f"${{{name.capitalize()}Role.Arn}}",
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_json_to_the_group_that_forgets(name: str) -> None:
    logging = FUNCTIONS[name]["LoggingConfig"]

    assert logging["LogFormat"] == "JSON"
    assert text(logging["LogGroup"]) == "${FunctionLogs}"


def test_nothing_is_traced_unless_asked() -> None:
    assert template()["Parameters"]["Tracing"]["Default"] == "PassThrough"


def test_every_log_group_forgets_after_the_days_of_the_parameter() -> None:
    groups = resources("AWS::Logs::LogGroup")

    assert set(groups) == {"AccessLogs", "FunctionLogs"}
    assert {text(group["Properties"]["RetentionInDays"]) for group in groups.values()} == {
        "${LogRetentionDays}"
    }


def test_the_access_log_names_nobody() -> None:
    access_log = properties("Stage")["AccessLogSettings"]["Format"]

    for personal in (
        "identity",
        "sourceIp",
        "userAgent",
        "path",
        "routeKey",
        "domain",
        "authorizer",
    ):
        assert personal not in access_log


def test_functions_and_layers_have_the_architecture_of_the_parameter() -> None:
    layers = resources("AWS::Serverless::LayerVersion")

    assert text(template()["Globals"]["Function"]["Architectures"][0]) == "${Architecture}"
    assert template()["Parameters"]["Architecture"]["Default"] == "arm64"
    assert layers
    for layer in layers.values():
        assert text(layer["Metadata"]["BuildArchitecture"]) == "${Architecture}"
        assert layer["Metadata"]["BuildMethod"] == "python3.13"
        assert text(layer["Properties"]["CompatibleArchitectures"][0]) == "${Architecture}"


def test_a_layer_holds_third_party_wheels_only() -> None:
    for layer in resources("AWS::Serverless::LayerVersion").values():
        folder = ROOT / layer["Properties"]["ContentUri"]
        assert [file.name for file in folder.iterdir()] == ["requirements.txt"]
        assert _not_pinned(folder / "requirements.txt") == []


def _not_pinned(requirements: Path) -> list[str]:
    return [line for line in requirements.read_text().split("\n") if line and "==" not in line]


def test_a_changed_parameter_publishes_every_function() -> None:
    # SAM looks at the code alone, and a function's environment holds parameters (docs/adr/0015).
    for name, function in functions().items():
        assert function.get("AutoPublishCodeSha256") == {"Ref": "Publication"}, name
