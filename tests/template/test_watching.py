"""Every alarm has its line in the runbook, looks at a metric there is, and costs what the page says."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from headwater.metrics import UNITS

from tests.template.document import ROOT, properties, resources, template, text

ALARMS = resources("AWS::CloudWatch::Alarm")
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OWN = "${AWS::StackName}"
DOLLARS_A_METRIC, FREE_METRICS = 0.10, 10
# What the issue of watching asks for, and cannot be taken away without a line there.
ASKED_FOR = {
    "CollectorFaults",
    "SpilledObjects",
    "RejectedShare",
    "LanderLag",
    "StitcherLag",
    "ChangesLag",
    "DeadLetters",
    "UndeliverableEvents",
    "Throttled",
    "CompactorLag",
    "InFlight",
    "FunctionErrors",
    "FreshnessSlo",
    "CanaryMissing",
    "ReconciliationDiffers",
    "GuardOn",
}


def looked_at(alarm: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The namespaces and metrics that an alarm looks at."""
    if "Metrics" not in alarm:
        yield text(alarm["Namespace"]), alarm["MetricName"]
        return
    for each in alarm["Metrics"]:
        if "MetricStat" in each:
            metric = each["MetricStat"]["Metric"]
            yield text(metric["Namespace"]), metric["MetricName"]


# An alarm of its own sees that it fails; `views` runs while CloudFormation waits for it.
SEEN_OTHERWISE = {
    "Collector": "CollectorFaults",
    "Lander": "LanderLag",
    "Stitcher": "StitcherLag",
    "Changes": "ChangesLag",
    "Compactor": "CompactorLag",
    "Canary": "CanaryMissing",
    "Views": "",
}


def test_no_function_fails_unseen() -> None:
    alarm = ALARMS["FunctionErrors"]["Properties"]
    (whole,) = (each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
    asked = {
        text(each["MetricStat"]["Metric"]["Dimensions"][0]["Value"]).strip("${}"): each["Id"]
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }

    assert set(asked) == set(resources("AWS::Serverless::Function")) - set(SEEN_OTHERWISE)
    assert set(SEEN_OTHERWISE.values()) <= {*ALARMS, ""}
    assert whole == " + ".join(f"FILL({id_}, 0)" for id_ in asked.values())


def anchor(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def test_there_is_an_alarm_for_whatever_hurts() -> None:
    assert set(ALARMS) >= ASKED_FOR


def test_alarms_and_runbook_are_the_same_list() -> None:
    runbook = re.findall(r'^\| <a id="([\w-]+)"></a>`(\w+)` \|', PAGE, re.MULTILINE)

    assert sorted(runbook) == sorted((anchor(name), name) for name in ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_where_its_line_is_and_tells_the_topic(name: str) -> None:
    alarm = ALARMS[name]["Properties"]
    acting = [{"Ref": "Guard.Alias"}] if name == "GuardOn" else []

    assert alarm["AlarmDescription"].endswith(f"docs/operations.md#{anchor(name)}")
    assert alarm["AlarmActions"] == alarm["OKActions"] == [*acting, {"Ref": "AlarmTopic"}]
    assert "TreatMissingData" in alarm


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_looks_at_metrics_that_are_written(name: str) -> None:
    for namespace, metric in looked_at(ALARMS[name]["Properties"]):
        assert (namespace != OWN and namespace.startswith("AWS/")) or metric in UNITS


@pytest.mark.parametrize("function", ["Lander", "Stitcher", "Changes"])
def test_a_consumer_an_hour_behind_rings(function: str) -> None:
    alarm = ALARMS[f"{function}Lag"]["Properties"]

    assert text(alarm["Dimensions"][0]["Value"]) == f"${{{function}}}"
    assert (alarm["MetricName"], alarm["Threshold"]) == ("IteratorAge", 3_600_000)


def test_the_page_and_the_parameter_say_what_the_alarms_cost() -> None:
    by_default = [each for each in ALARMS.values() if each["Condition"] != "Guarded"]
    metrics = sum(len(list(looked_at(alarm["Properties"]))) for alarm in by_default)
    listed, net = metrics * DOLLARS_A_METRIC, (metrics - FREE_METRICS) * DOLLARS_A_METRIC

    assert f"look at {metrics} metrics,\n${listed:.2f} a month, ${net:.2f} where" in PAGE
    assert f"all, ${listed:.2f} a month" in template()["Parameters"]["Alarms"]["Description"]


def test_no_alarm_is_charged_for_on_a_stack_without_alarms() -> None:
    conditions = {name: alarm["Condition"] for name, alarm in ALARMS.items()}

    assert set(conditions.values()) <= {"Alarmed", "CanaryWatched", "Guarded"}
    assert {"Condition": "Alarmed"} in template()["Conditions"]["Guarded"]["Fn::And"]


def test_the_guard_is_not_heard_of_by_nobody() -> None:
    rule = template()["Rules"]["GuardIsHeard"]

    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "EventsPerHour"}, 0]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Equals": [{"Ref": "Alarms"}, "all"]}


def body() -> Mapping[str, Any]:
    """The dashboard, with a word in the place of each reference."""
    written = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    document: Mapping[str, Any] = json.loads(written)
    return document


def test_the_dashboard_tells_the_way_of_an_event_from_left_to_right() -> None:
    numbered = [
        (widget["y"], widget["x"], title)
        for widget in body()["widgets"]
        if (title := widget["properties"]["title"])[0].isdigit()
    ]

    assert [title[0] for _, _, title in sorted(numbered)] == list("12345678")


def test_the_dashboard_is_free_and_shows_metrics_that_are_written() -> None:
    shown = 0
    for widget in body()["widgets"]:
        namespace = name = ""
        for metric in widget["properties"].get("metrics", []):
            if isinstance(metric[0], dict):
                continue
            shown += 1
            if metric[0] != "...":
                namespace = namespace if metric[0] == "." else metric[0]
                name = name if metric[1] == "." else metric[1]
            assert namespace.startswith("AWS/") or (namespace == OWN and name in UNITS), metric

    assert 0 < shown <= 50  # the free ones have fifty metrics at most
