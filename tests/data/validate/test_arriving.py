"""Rows that arrive: what is refused, what is told, and what a sound row looks like."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar
from workbench.data.catalog import catalog, dataset
from workbench.data.validate import validate

DAY = date(2020, 1, 2)


def bars(*changes, name="cn.bars_1d"):
    """Sound bars of one day, one for each mapping of changes."""
    rows = []
    for number, change in enumerate(changes):
        row = {
            "session": DAY, "asset": f"{600000 + number}.SH", "open": 10.0, "high": 10.5,
            "low": 9.8, "close": 10.2, "pre_close": 10.0, "volume": 1e6, "amount": 1.01e7,
        }  # fmt: skip
        rows.append({**row, **change})
    contract = dataset(name)
    return pl.DataFrame(rows, schema_overrides={"pre_close": pl.Float64}).with_columns(
        pl.lit(None, kind).alias(key) for key, kind in contract.schema().items()
        if key not in rows[0]
    ).select(contract.names)  # fmt: skip


SOUND = ({}, {"open": 10.5, "close": 9.8}, {"open": 10.0, "high": 10.0, "low": 10.0,
                                             "close": 10.0, "amount": 1e7})  # fmt: skip


def test_sound_rows_pass_without_a_word():
    found = validate(None, "cn.bars_1d", bars(*SOUND))
    assert found.bad.is_empty()
    assert found.notes == ()
    assert found.checked["average"] == found.checked["band"] == 3
    assert found.bad.columns == [*dataset("cn.bars_1d").names, "reason"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"close": 0.0}, "a price is missing"),
        ({"open": -1.0}, "a price is missing"),
        ({"close": None}, "a price is missing"),
        ({"low": float("nan")}, "a price is missing"),
        ({"high": float("inf")}, "a price is missing"),
        ({"high": 9.7, "low": 9.8}, "high is below low"),
        ({"open": 10.6}, "open or close lies outside"),
        ({"close": 9.7}, "open or close lies outside"),
        ({"volume": -1.0}, "volume is negative"),
        ({"volume": float("nan")}, "volume is negative or not finite"),
        ({"amount": -1.0}, "amount is negative"),
        ({"volume": 0.0, "amount": 0.0}, "without volume is no bar"),
    ],
)
def test_rows_that_contradict_themselves_are_refused(change, reason):
    found = validate(None, "cn.bars_1d", bars(*SOUND, change, *SOUND))
    assert found.bad["asset"].to_list() == ["600003.SH"]
    assert reason in found.bad["reason"][0]


def test_several_reasons_stand_together():
    found = validate(None, "cn.bars_1d", bars(*SOUND, {"volume": -1.0, "amount": -5.0}))
    assert found.bad["reason"].to_list() == [
        "volume is negative or not finite; amount is negative or not finite"
    ]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"amount": 9.7e6}, "the average price lies more than a tick outside"),
        ({"amount": 1.06e7}, "the average price lies more than a tick outside"),
        ({"pre_close": 0.0}, "the reference price is not above 0"),
        ({"pre_close": 9.0}, "close lies outside the price band"),
        ({"pre_close": 11.5}, "close lies outside the price band"),
    ],
)
def test_doubts_are_told_and_the_row_stays(change, note):
    found = validate(None, "cn.bars_1d", bars(*SOUND, change, *SOUND))
    assert found.bad.is_empty()
    assert [line for line in found.notes if note in line] == [next(iter(found.notes))], found.notes
    assert "1 row, such as 600003.SH 2020-01-02" in found.notes[0]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 9.8e6 - 9e3},  # within a tick
        {"amount": None},
        {"pre_close": None},  # the first day
        {"volume": 100.0, "amount": 1049.0 + 2.0},  # amounts are rounded to a unit
        {"pre_close": 9.27},  # 10.20 is the limit itself
    ],
)
def test_roundings_are_no_doubts(change):
    found = validate(None, "cn.bars_1d", bars(*SOUND, change))
    assert (found.bad.height, found.notes) == (0, ())


@pytest.mark.parametrize(("column", "factor", "said"), [
    ("volume", 0.01, "100 times"), ("amount", 0.001, "0.001 times"), ("volume", 10.0, "0.1 times"),
    ("amount", 1e4, "10000 times"),
])  # fmt: skip
def test_wrong_units_refuse_the_whole_frame(column, factor, said):
    wrong = bars(*SOUND * 3).with_columns(pl.col(column) * factor)
    found = validate(None, "cn.bars_1d", wrong)
    assert found.bad.height == 9
    assert f"amount / volume is {said} the mid price in 9 of 9 rows" in found.notes[0]
    assert set(found.bad["reason"]) == set(found.notes)


def test_one_row_of_wrong_units_is_a_doubt_not_the_end_of_the_day():
    odd = bars(*SOUND * 3, {"amount": 1.01e4})
    found = validate(None, "cn.bars_1d", odd)
    assert found.bad.is_empty()
    assert "average price" in found.notes[0]


def test_young_shares_have_no_band_here():
    cellar = MemoryCellar().put(
        "ref.securities",
        [
            {"security_id": "600000.SH", "asset": "600000.SH", "list_date": date(2019, 12, 20)},
            {"security_id": "600001.SH", "asset": "600001.SH", "list_date": date(2019, 11, 20)},
        ],
    )
    wild = bars({"pre_close": 7.0}, {"pre_close": 7.0}, {"pre_close": 7.0})
    assert "3 rows" in validate(None, "cn.bars_1d", wild).notes[0]
    note = validate(cellar, "cn.bars_1d", wild).notes[0]
    assert "2 rows, such as 600001.SH 2020-01-02, 600002.SH 2020-01-02" in note


def test_minutes_without_a_trade_are_bars():
    contract = dataset("cn.bars_1m")
    row = {"asset": "600000.SH", "open": 10.0, "high": 10.0, "low": 10.0, "close": 10.0,
           "volume": 0.0, "amount": 0.0}  # fmt: skip
    times = pl.datetime_range(
        pl.datetime(2020, 1, 2, 1, 30), pl.datetime(2020, 1, 2, 1, 35), "1m", time_zone="UTC",
        time_unit="us", eager=True,
    )  # fmt: skip
    frame = pl.DataFrame({"time": times}).with_columns(pl.lit(v).alias(k) for k, v in row.items())
    found = validate(None, "cn.bars_1m", frame.select(contract.names))
    assert (found.bad.height, found.notes) == (0, ())
    broken = frame.with_columns(pl.lit(9.0).alias("high")).select(contract.names)
    assert validate(None, contract, broken).bad.height == 6


def test_american_bars_bring_their_own_average():
    contract = dataset("us.bars_1d")
    row = {"session": DAY, "asset": "AAPL", "open": 74.0, "high": 75.2, "low": 73.8,
           "close": 75.1, "volume": 1.3e8, "vwap": 74.6}  # fmt: skip
    frame = pl.DataFrame([row, {**row, "vwap": 76.0}, {**row, "vwap": None}]).with_columns(
        trades=pl.lit(None, pl.Int64), otc=pl.lit(None, pl.Boolean)
    ).select(contract.names)  # fmt: skip
    found = validate(None, contract, frame)
    assert found.bad.is_empty()
    assert "average price" in found.notes[0]
    assert "1 row" in found.notes[0]


def basics(*changes):
    row = {"session": DAY, "asset": "600000.SH", "close": 10.0, "shares": 1e9,
           "float_shares": 8e8, "market_cap": 1e10, "float_market_cap": 8e9}  # fmt: skip
    contract = dataset("cn.basic_1d")
    frame = pl.DataFrame([{**row, **change} for change in changes], strict=False)
    return frame.with_columns(
        pl.lit(None, kind).alias(key) for key, kind in contract.schema().items() if key not in row
    ).select(contract.names)  # fmt: skip


def test_valuations():
    sound = basics({}, {"market_cap": 1.0005e10}, {"float_market_cap": None}, {})
    assert validate(None, "cn.basic_1d", sound).notes == ()
    doubtful = basics({}, {"market_cap": 1.01e10}, {"float_market_cap": 4e9}, {}, {})
    notes = validate(None, "cn.basic_1d", doubtful).notes
    assert [note.split(":")[0] for note in notes] == [
        "the total market value is not close x total shares",
        "the float market value is not close x float shares",
    ]
    wrong = basics({}, {}, {}).with_columns(pl.col("market_cap") / 1e4)
    found = validate(None, "cn.basic_1d", wrong)
    assert found.bad.height == 3
    assert "market_cap is 0.0001 times close x shares" in found.notes[0]


def test_factors_and_limits():
    factors = pl.DataFrame(
        {"session": [DAY] * 5, "asset": list("abcde"),
         "adj_factor": [1.0, 0.0, -1.0, None, float("nan")]}
    )  # fmt: skip
    found = validate(None, "cn.adj_factor", factors)
    assert found.bad["asset"].to_list() == ["b", "c", "d", "e"]
    limits = pl.DataFrame(
        {
            "session": [DAY] * 7, "asset": list("abcdefg"),
            "pre_close": [10.0, 10.0, 12.0, None, 10.0, 10.0, 10.0],
            "up_limit": [11.0, 9.0, 11.0, 11.0, 99999.99, float("nan"), 0.0],
            "down_limit": [9.0, 11.0, 9.0, 9.0, 0.01, 9.0, 0.0],
        }
    )  # fmt: skip
    found = validate(None, "cn.limits_1d", limits)
    assert found.bad["asset"].to_list() == ["b", "c", "f"]
    reasons = found.bad["reason"].to_list()
    assert reasons[0].startswith("the down limit is not below the up limit")
    assert reasons[1] == "the reference price lies outside its limits"


def test_tables_without_checks_and_without_rows():
    for contract in catalog().values():
        found = validate(None, contract, contract.empty())
        assert found.bad.is_empty()
        assert found.notes == ()
        assert "reason" in found.bad.columns


def test_a_day_of_the_market_takes_milliseconds():
    frame = bars(*SOUND * 1667)
    validate(None, "cn.bars_1d", frame)
    spent = []
    for _ in range(7):
        began = time.perf_counter()
        validate(None, "cn.bars_1d", frame)
        spent.append(time.perf_counter() - began)
    assert np.min(spent) < 0.05  # about 7 ms on a quiet core
