"""The lake's tables, as AWS Glue knows them: made from `columns.COLUMNS`, so neither can drift.

Text lands as lines. A `*_lines` table has one string column, `line`, read with json_extract_scalar: by
AWS's own words the OpenX serde loses and invents rows of JSON that surprises it. The views give the
lines their columns. `events_parquet` is typed. Partitions are projected, so nobody ever runs MSCK or a
crawler: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html, read 2026-11-23.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headwater.columns import COLUMNS, IDENTITY
from headwater.lake import keys

# The first date a query without a `dt` looks at; no Headwater existed before.
FIRST_DATE = "2026-01-01"

# Hive's name for its default field delimiter, ^A: JSON escapes control characters, so no line is ever
# cut by it. By name, because the character itself may not stand in CloudFormation's XML answers.
_LINE_FORMAT = "1"

_GLUE_TYPES = {"string": "string", "json": "string", "timestamp": "timestamp", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Table:
    """One external table: where its objects are, how they are written, how they are partitioned."""

    name: str
    prefix: str
    storage: Literal["lines", "parquet"]
    columns: tuple[tuple[str, str], ...]  # (name, Glue type)
    partitions: tuple[str, ...]
    meaning: str


_LINE = (("line", "string"),)

TABLES: tuple[Table, ...] = (
    Table(
        "raw_lines",
        keys.RAW,
        "lines",
        _LINE,
        ("dt", "hr"),
        "Events as they arrived, until the compactor has them; at least once.",
    ),
    Table(
        "rejected_lines",
        keys.REJECTED,
        "lines",
        _LINE,
        ("dt", "hr"),
        "Events that were refused, with the fault and the original.",
    ),
    Table(
        "identity_change_lines",
        keys.IDENTITY_CHANGES,
        "lines",
        _LINE,
        ("dt",),
        "Who owns a device and who became whom, as it changed.",
    ),
    Table(
        "delivery_lines",
        keys.DELIVERIES,
        "lines",
        _LINE,
        ("dt",),
        "What was sent to which destination, and how each try ended; at least once.",
    ),
    Table(
        "events_parquet",
        keys.EVENTS,
        "parquet",
        tuple((column.name, _GLUE_TYPES[column.type]) for column in COLUMNS),
        ("dt",),
        "Compacted events, each once; dt is the UTC date of received_at.",
    ),
    Table(
        "copies_parquet",
        keys.COPIES,
        "parquet",
        tuple((column.name, _GLUE_TYPES[column.type]) for column in IDENTITY),
        ("dt",),
        "What events sent again under another clock say of who is who.",
    ),
)


def glue_table(table: Table, bucket: str) -> dict[str, Any]:
    """Return the table as Glue's TableInput, which CloudFormation takes in the same shape."""
    location = f"s3://{bucket}/{table.prefix}"
    return {
        "Name": table.name,
        "Description": table.meaning,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet" if table.storage == "parquet" else "text",
            **_projection(table, location),
        },
        "PartitionKeys": [{"Name": name, "Type": "string"} for name in table.partitions],
        "StorageDescriptor": {
            "Location": location,
            "Columns": [{"Name": name, "Type": kind} for name, kind in table.columns],
            **_FORMATS[table.storage],
        },
    }


def _projection(table: Table, location: str) -> dict[str, str]:
    hourly = {
        "projection.hr.type": "integer",
        "projection.hr.range": "0,23",
        "projection.hr.digits": "2",
    }
    template = "".join(f"{name}=${{{name}}}/" for name in table.partitions)
    return {
        "projection.enabled": "true",
        "projection.dt.type": "date",
        "projection.dt.format": "yyyy-MM-dd",
        "projection.dt.range": f"{FIRST_DATE},NOW+1DAYS",
        "projection.dt.interval": "1",
        "projection.dt.interval.unit": "DAYS",
        **(hourly if "hr" in table.partitions else {}),
        "storage.location.template": location + template,
    }


_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "lines": {
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"serialization.format": _LINE_FORMAT},
        },
    },
    "parquet": {
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        },
    },
}
