"""The lake's tables are those of the code, column for column, and the views follow every deployment."""

from collections.abc import Mapping
from typing import Any

import pytest
from headwater.columns import COLUMNS
from headwater.lake.schema import TABLES, Table, glue_table

from tests.template.document import properties, resources, text

DEPLOYED = {
    resource["Properties"]["TableInput"]["Name"]: resource["Properties"]
    for resource in resources("AWS::Glue::Table").values()
}


def test_the_template_has_every_table_of_the_lake_and_no_other() -> None:
    assert set(DEPLOYED) == {table.name for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_a_table_is_the_one_of_the_code(table: Table) -> None:
    assert _plain(DEPLOYED[table.name]["TableInput"]) == glue_table(table, "${Bucket}")
    assert text(DEPLOYED[table.name]["DatabaseName"]) == "${Lake}"


def test_the_events_table_has_the_columns_of_the_record() -> None:
    columns = DEPLOYED["events_parquet"]["TableInput"]["StorageDescriptor"]["Columns"]

    assert [column["Name"] for column in columns] == [column.name for column in COLUMNS]


def test_the_views_are_made_again_with_every_new_code_and_every_release() -> None:
    views = properties("LakeViews")

    assert text(views["ServiceToken"]) == "${Views.Alias}"
    assert text(views["FunctionVersion"]) == "${Views.Version}"
    assert text(views["Release"]) == "${Release}"


def test_the_views_wait_for_the_tables_they_read() -> None:
    made_first = resources("Custom::LakeViews")["LakeViews"]["DependsOn"]

    assert set(made_first) == set(resources("AWS::Glue::Table"))


def test_a_stack_that_cannot_make_its_views_fails_soon() -> None:
    timeout = properties("LakeViews")["ServiceTimeout"]

    assert properties("Views")["Timeout"] < timeout < 600


def _plain(value: Any) -> Any:
    match value:
        case {"Fn::Sub": _}:
            return text(value)
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
