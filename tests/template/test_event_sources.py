"""Streams and queues reach their consumers so that no event is lost and none holds up a shard."""

import json
import re
from pathlib import Path

import pytest
from headwater.lake import keys

from tests.template.document import event_sources, functions, properties, template, text

SOURCES = event_sources()
HOURLY = r"cron\(\d+ \* \* \* \? \*\)"
NIGHTLY = json.loads(Path("events/compactor/nightly.json").read_text())
STREAMS = [name for name, source in SOURCES.items() if source["Type"] in {"Kinesis", "DynamoDB"}]


def test_the_event_sources_have_their_frozen_logical_ids() -> None:
    # A renamed one is a new one, and a new one replays all that the stream still holds.
    assert {name: source["Type"] for name, source in SOURCES.items()} == {
        "LanderStream": "Kinesis",
        "StitcherStream": "Kinesis",
        "ChangesTable": "DynamoDB",
        "ChangesDaily": "Schedule",
        "ForwarderDeliveries": "SQS",
        "ForwarderParked": "Schedule",
        "CompactorHourly": "Schedule",
        "CompactorNightly": "Schedule",
        "RedriverSpilled": "SQS",
        "RedriverForgotten": "Schedule",
        "ReinvokerHourly": "Schedule",
        "KeeperHourly": "Schedule",
        "EraserQuarterly": "Schedule",
        "ReconcilerHourly": "Schedule",
        "CanaryMinutely": "Schedule",
    }


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_read_from_its_beginning_and_given_up_late_and_into_the_bucket(
    name: str,
) -> None:
    source = SOURCES[name]

    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == 100
    assert source["DestinationConfig"]["OnFailure"]["Type"] == "S3"
    assert text(source["DestinationConfig"]["OnFailure"]["Destination"]) == "${Bucket.Arn}"


@pytest.mark.parametrize("name", STREAMS)
def test_how_long_a_consumer_waits_for_company_is_a_parameter(name: str) -> None:
    window = SOURCES[name]["MaximumBatchingWindowInSeconds"]["Ref"]

    assert {"LanderStream": 30, "ChangesTable": 30, "StitcherStream": 1}[name] == template()[
        "Parameters"
    ][window]["Default"]


def test_the_change_log_hears_of_devices_and_people_only() -> None:
    (pattern,) = SOURCES["ChangesTable"]["FilterCriteria"]["Filters"]

    assert json.loads(pattern["Pattern"]) == {
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "A#"}, {"prefix": "P#"}, {"prefix": "W#"}]}}}
    }


def test_a_delivery_comes_back_a_hundred_times_before_it_is_set_aside() -> None:
    redrive = properties("Deliveries")["RedrivePolicy"]

    assert redrive["maxReceiveCount"] == 100
    assert text(redrive["deadLetterTargetArn"]) == "${UndeliveredMessages.Arn}"


@pytest.mark.parametrize(
    ("queue", "function"), [("Deliveries", "forwarder"), ("SpillPointers", "redriver")]
)
def test_a_message_stays_hidden_for_six_times_its_consumers_timeout(
    queue: str, function: str
) -> None:
    assert properties(queue)["VisibilityTimeout"] == 6 * functions()[function]["Timeout"]


@pytest.mark.parametrize("name", ["ForwarderDeliveries", "RedriverSpilled"])
def test_a_batch_that_was_done_in_part_keeps_what_was_done(name: str) -> None:
    assert SOURCES[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_spilled_object_is_announced_and_looked_for_too() -> None:
    (announced,) = properties("Bucket")["NotificationConfiguration"]["QueueConfigurations"]

    assert text(announced["Queue"]) == text(SOURCES["RedriverSpilled"]["Queue"])
    assert announced["Event"] == "s3:ObjectCreated:*"
    assert announced["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": keys.SPILL}]
    assert re.fullmatch(HOURLY, SOURCES["RedriverForgotten"]["Schedule"])


def test_a_pointer_to_spilled_lines_outlives_hours_of_outage_and_is_set_aside_by_itself() -> None:
    redrive = properties("SpillPointers")["RedrivePolicy"]

    assert redrive["maxReceiveCount"] == 50
    assert text(redrive["deadLetterTargetArn"]) == "${UnreadSpillPointers.Arn}"


def test_the_forwarder_may_send_remainders_to_its_own_queue() -> None:
    assert properties("Forwarder")["RecursiveLoop"] == "Allow"


def test_the_compactor_runs_every_hour_and_rolls_up_at_night_with_room_for_a_slice() -> None:
    compactor = functions()["compactor"]

    assert re.fullmatch(HOURLY, SOURCES["CompactorHourly"]["Schedule"])
    assert SOURCES["CompactorNightly"]["Schedule"] == "cron(35 3 * * ? *)"
    assert json.loads(SOURCES["CompactorNightly"]["Input"]) == NIGHTLY
    assert (compactor["MemorySize"], compactor["EphemeralStorage"]["Size"]) == (3008, 5120)
    assert [text(layer) for layer in compactor["Layers"]] == ["${DuckdbLayer}"]


def test_the_collectors_own_answer_comes_before_the_gateways() -> None:
    assert properties("Integration")["TimeoutInMillis"] > 1000 * functions()["collector"]["Timeout"]
    assert properties("Integration")["PayloadFormatVersion"] == "2.0"
    assert text(properties("Integration")["IntegrationUri"]) == "${Collector.Alias}"


def test_the_stage_is_throttled() -> None:
    settings = properties("Stage")["DefaultRouteSettings"]

    assert text(settings["ThrottlingRateLimit"]) == "${RequestsPerSecond}"
    assert text(settings["ThrottlingBurstLimit"]) == "${RequestsPerSecond}"


@pytest.mark.parametrize("name", STREAMS)
def test_an_hour_behind_a_stream_is_an_alarm(name: str) -> None:
    function = name.removesuffix("Stream").removesuffix("Table")
    alarm = properties(f"{function}Lag")

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/Lambda",
        "IteratorAge",
        "Maximum",
    )
    assert [(each["Name"], text(each["Value"])) for each in alarm["Dimensions"]] == [
        ("FunctionName", f"${{{function}}}")
    ]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (
        3_600_000,
        "GreaterThanOrEqualToThreshold",
    )


def test_every_function_with_batches_to_give_up_on_may_be_called_by_the_reinvoker() -> None:
    (policy,) = properties("ReinvokerRole")["Policies"]
    (called,) = (
        statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    )

    functions_of_streams = {name.removesuffix("Stream").removesuffix("Table") for name in STREAMS}
    assert {text(arn) for arn in called} == {
        f"${{{name}.Arn}}:live" for name in functions_of_streams
    }
