"""Typed columns from whatever JSON and frames hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from workbench.data.providers.tushare.columns import column
from workbench.errors import BadAnswerError


def read(kind, *values):
    return column("field", kind, values).to_list()


def test_numbers_of_every_spelling():
    mixed = [1, 2.5, "17.000", " -3e2 ", ".5", "+4.", None, "", "None", "NaN", "nan", float("nan")]
    assert read("number", *mixed) == [1, 2.5, 17, -300, 0.5, 4, *[None] * 6]


def test_a_first_hundred_of_integers_does_not_make_a_column_of_integers():
    assert read("number", *range(200), 1.5)[-1] == 1.5
    assert column("x", "number", [1, 2]).dtype == pl.Float64
    assert column("x", "number", []).dtype == pl.Float64


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, [], {}, "1,000", "1_000", "１２", "inf", "-Infinity", "0x10", "12%"),
        *("停牌", "1e999", float("inf"), 10**400, "1 2", b"1", date(2024, 1, 2)),
    ],
)
def test_what_is_no_number_is_refused_with_its_row(value):
    with pytest.raises(BadAnswerError, match=r"a finite number in the field 'field'.*in row 1"):
        read("number", 1.0, value)


def test_wholes():
    assert read("whole", 3, "4", 5.0, None, "") == [3, 4, 5, None, None]
    for value in (1.5, "x", True, 2**63, -(2**63) - 1):
        with pytest.raises(BadAnswerError, match="a whole number"):
            read("whole", value)


def test_texts():
    assert read("text", "平安银行", " a ", 1, 2.0, "", "None", None) == [
        *("平安银行", "a", "1", "2"),
        *[None] * 3,
    ]
    for value in (True, 1.5, [], {"a": 1}, "\ud800"):
        with pytest.raises(BadAnswerError, match="text"):
            read("text", value)


def test_days():
    same = date(2024, 2, 29)
    given = ("20240229", 20240229, 20240229.0, same, datetime(2024, 2, 29), None, "", "NaN")
    assert read("day", *given) == [same] * 5 + [None] * 3


@pytest.mark.parametrize(
    "value",
    [
        *("20230229", "2024-02-29", "20241301", "2024022", "202402290", "18991231", "21010101"),
        *("abc", True, [], 1.5, 0, "２０２４０１０２", datetime(2024, 1, 2, 9, 30)),
    ],
)
def test_no_such_day(value):
    with pytest.raises(BadAnswerError, match="a day as YYYYMMDD"):
        read("day", value)


def test_times_are_told_in_shanghai_and_kept_in_utc():
    half_past_nine = datetime(2024, 1, 2, 1, 30, tzinfo=UTC)
    given = ("2024-01-02 09:30:00", datetime(2024, 1, 2, 9, 30), half_past_nine, None)
    series = column("trade_time", "time", given)
    assert series.to_list() == [half_past_nine] * 3 + [None]
    assert series.dtype == pl.Datetime("us", "UTC")
    assert column("trade_time", "time", []).dtype == pl.Datetime("us", "UTC")


@pytest.mark.parametrize(
    "value", ["2024-01-02T09:30:00", "20240102", "2024-01-02 25:00:00", "1991-01-02 09:30:00", 1]
)
def test_no_such_time(value):
    with pytest.raises(BadAnswerError, match="a time as"):
        read("time", value)


def test_truths():
    assert read("truth", 1, 0, "1", "0", "Y", "N", None) == [*[True, False] * 3, None]
    for value in (2, "yes", [], "-1"):
        with pytest.raises(BadAnswerError, match="0, 1, Y or N"):
            read("truth", value)
