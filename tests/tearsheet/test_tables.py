"""Numbers become text: digits, per cents, missing values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from workbench.tearsheet.tables import COLUMNS, MISSING, write, write_table


def slow_significant(number: float) -> str:
    """Four significant digits by decimal exponent, one digit at a time."""
    if number == 0:
        return "0.000"
    exponent = math.floor(math.log10(abs(float(f"{number:.3e}"))))
    return f"{number:.{3 - exponent}f}"


@pytest.mark.parametrize("number", [0.0312345, -0.0312345, 1.0, 12.3456, 999.94, 0.00012345, 0.0])
def test_four_significant_digits(number: float) -> None:
    assert write(number) == slow_significant(number).rstrip(".")


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (0.123456, "percent", "12.35%"),
        (-0.5, "percent", "-50.00%"),
        (1.0, "percent", "100.0%"),
        (1234.4, "count", "1,234"),
        (np.int64(7), "count", "7"),
        (123456.7, "number", "123,457"),
        (1.2e-9, "number", "1.200e-09"),
        ("A<B", "text", "A<B"),
    ],
)
def test_styles(value: object, style: str, text: str) -> None:
    assert write(value, style) == text


@pytest.mark.parametrize("missing", [float("nan"), None, float("inf"), -float("inf")])
@pytest.mark.parametrize("style", ["number", "percent", "count"])
def test_missing_is_a_dash_never_zero(missing: object, style: str) -> None:
    assert write(missing, style) == MISSING


def test_table_keeps_rows_order_and_index() -> None:
    frame = pd.DataFrame(
        {"rank_ic": [0.5, np.nan], "remark": ["x", "y"], "own": [1.5, 2.5]},
        index=pd.Index([20, 1], name="horizon"),
    )
    written = write_table(frame)
    assert list(written.columns) == ["Horizon (sessions)", "Rank IC", "remark", "own"]
    assert written.to_numpy().tolist() == [["20", "0.5000", "x", "1.500"], ["1", "–", "y", "2.500"]]


def test_every_column_of_a_summary_has_a_heading(make_study) -> None:
    study = make_study()
    for frame in (study.summary(), study.ic_summary, study.quantile_summary):
        assert set(frame.columns) <= set(COLUMNS)
