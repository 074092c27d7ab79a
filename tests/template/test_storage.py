"""What is kept is kept safe: encrypted, private, retained when the stack goes, forgotten in time."""

import pytest
from headwater.lake import keys

from tests.template.document import properties, resources, template, text

KEEPS = (
    "Stream",
    "Bucket",
    "IdentityTable",
    "SuppressionsTable",
    "Deliveries",
    "UndeliveredMessages",
    "SpillPointers",
    "UnreadSpillPointers",
)


@pytest.mark.parametrize("name", KEEPS)
def test_what_holds_events_or_people_outlives_the_stack(name: str) -> None:
    resource = template()["Resources"][name]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_every_table_is_encrypted_with_a_key_of_the_account() -> None:
    tables = resources("AWS::DynamoDB::Table")

    assert {
        name: table["Properties"].get("SSESpecification") for name, table in tables.items()
    } == {name: {"SSEEnabled": True} for name in tables}


def test_the_stream_is_encrypted_provisioned_and_keeps_a_day_by_default() -> None:
    stream = properties("Stream")
    parameters = template()["Parameters"]

    assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert text(stream["StreamModeDetails"]["StreamMode"]) == "${StreamMode}"
    assert text(stream["RetentionPeriodHours"]) == "${StreamRetentionHours}"
    assert stream["ShardCount"]["Fn::If"][:2] == ["HasShards", {"Ref": "StreamShards"}]
    assert {
        name: parameters[name]["Default"]
        for name in ("StreamMode", "StreamShards", "StreamRetentionHours")
    } == {"StreamMode": "PROVISIONED", "StreamShards": 1, "StreamRetentionHours": 24}


def test_the_bucket_is_encrypted_and_private() -> None:
    bucket = properties("Bucket")

    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "VersioningConfiguration" not in bucket


def test_every_prefix_is_forgotten_in_its_time_and_nothing_that_still_waits() -> None:
    rules = properties("Bucket")["LifecycleConfiguration"]["Rules"]

    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule} == {
        keys.ARCHIVE: 30,
        keys.EVENTS: 760,
        keys.COPIES: 760,
        keys.REJECTED: 90,
        keys.FAILED: 90,
        keys.UNDELIVERABLE: 90,
        keys.DELIVERIES: 90,
        keys.SPILL_DONE: 7,
        "aws/lambda/": 90,
        "athena/": 7,
        "exports/": 7,
    }


def test_an_upload_that_was_never_finished_is_cleaned_up() -> None:
    rules = properties("Bucket")["LifecycleConfiguration"]["Rules"]

    assert {"DaysAfterInitiation": 1} in [
        rule.get("AbortIncompleteMultipartUpload") for rule in rules
    ]


def test_the_identity_table_streams_both_images_and_can_go_back_in_time() -> None:
    table = properties("IdentityTable")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]


def test_a_salt_that_is_deleted_is_gone() -> None:
    salts = properties("SaltsTable")

    assert salts["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert "StreamSpecification" not in salts
    assert template()["Resources"]["SaltsTable"]["DeletionPolicy"] == "Delete"


def test_queues_are_encrypted_and_keep_a_fortnight() -> None:
    for queue in resources("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_query_results_are_encrypted_and_a_query_can_only_scan_so_much() -> None:
    configuration = properties("Workgroup")["WorkGroupConfiguration"]

    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert text(configuration["BytesScannedCutoffPerQuery"]) == "${QueryBytesLimit}"
    assert configuration["ResultConfiguration"] == {
        "OutputLocation": {"Fn::Sub": "s3://${Bucket}/athena/"},
        "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
    }
