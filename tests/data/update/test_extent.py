"""Which rows belong to a unit: exactly those, by session, code, month, year, and in local days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from workbench.data.catalog import catalog, dataset
from workbench.data.provider import Unit
from workbench.data.update.extent import belongs, code_column, reach, replaced_columns

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


def kept(name: str, units: list[Unit], rows: list[dict]) -> list[int]:
    frame = pl.DataFrame(
        [{**dict.fromkeys(dataset(name).names), **row} for row in rows],
        schema=dataset(name).schema(),
    )
    return frame.with_row_index("at").filter(belongs(dataset(name), units))["at"].to_list()


def test_a_session_is_one_day_of_everybody():
    day = date(2024, 1, 2)
    rows = [{"session": day, "asset": "A"}, {"session": date(2024, 1, 3), "asset": "A"}]
    assert kept("cn.bars_1d", [Unit("cn.bars_1d", str(day), day, day)], rows) == [0]


def test_pairs_of_code_and_month_do_not_mix():
    units = [
        Unit("cn.bars_1m", "A/2024-01", *JANUARY, ("A",)),
        Unit("cn.bars_1m", "B/2024-02", date(2024, 2, 1), date(2024, 2, 29), ("B",)),
    ]
    at = [datetime(2024, month, 15, 2, tzinfo=UTC) for month in (1, 2)]
    rows = [{"time": time, "asset": code} for code in "AB" for time in at]
    assert kept("cn.bars_1m", units, rows) == [0, 3]


def test_an_evening_in_new_york_belongs_to_its_own_month():
    unit = Unit("us.bars_1m", "A/2024-01", *JANUARY, ("A",))
    rows = [
        {"time": datetime(2024, 2, 1, 0, 59, tzinfo=UTC), "asset": "A"},  # 31 January, 19:59
        {"time": datetime(2024, 1, 1, 0, 59, tzinfo=UTC), "asset": "A"},  # 31 December, 19:59
    ]
    assert kept("us.bars_1m", [unit], rows) == [0]
    assert reach(dataset("us.bars_1m"), [unit]) == (date(2023, 12, 31), date(2024, 2, 1))


def test_spans_of_names_are_not_cut_by_days():
    unit = Unit("ref.names", "A", JANUARY[0], JANUARY[1], ("A",))
    rows = [{"asset": "A", "start": date(1999, 1, 1)}, {"asset": "B", "start": JANUARY[0]}]
    assert kept("ref.names", [unit], rows) == [0]
    assert reach(dataset("ref.names"), [unit]) == (None, None)


def test_the_whole_is_everything():
    assert kept("ref.securities", [Unit("ref.securities", "all")], [{"asset": "A"}] * 2) == [0, 1]


def test_reach_is_open_where_one_unit_is():
    units = [Unit("idx.bars_1d", "A", None, JANUARY[1]), Unit("idx.bars_1d", "B", *JANUARY)]
    assert reach(dataset("idx.bars_1d"), units) == (None, JANUARY[1])


@pytest.mark.parametrize("name", catalog())
def test_every_dataset_can_be_replaced_by_columns_that_it_has(name: str):
    contract = dataset(name)
    columns = replaced_columns(contract)
    assert columns
    assert set(columns) <= set(contract.names)
    assert code_column(contract) in ("", *contract.names)
