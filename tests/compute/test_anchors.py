"""Dates in a formula: the row of the market at hand, whatever part of it is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import toy_market
from tests.conformance.checks import same_bits
from workbench.compute import compute, on_arrays
from workbench.errors import InsufficientHistoryError, PlanError

TEXT = "ts_cumsum(raw_close, 20190111)"  # row 10


def since(values: np.ndarray, row: int) -> np.ndarray:
    """Sum from a row on, NaN passed over and kept."""
    total = np.nancumsum(np.where(np.arange(len(values))[:, None] < row, 0.0, values), axis=0)
    known = ~np.isnan(values) & (np.arange(len(values))[:, None] >= row)
    return np.where(known, total, np.nan)


def test_a_date_is_the_first_session_on_or_after_it() -> None:
    market = toy_market(60)
    want = since(market["raw_close"].values, 10)
    np.testing.assert_allclose(compute(TEXT, market, dtype="float64").values, want, rtol=1e-12)
    late = compute("ts_cumsum(raw_close, 20990101)", market).values
    assert np.isnan(late).all()


def test_the_day_counts_and_not_the_row() -> None:
    market = toy_market(60)
    part = market.between("2019-01-05")
    want = compute(f"rank({TEXT})", market)
    got = compute(f"rank({TEXT})", part)
    same_bits(got.values, want.values[4:], "a market that begins later, before the anchor")
    with pytest.raises(InsufficientHistoryError, match="counts from 2019-01-11"):
        compute(TEXT, market.between("2019-01-12"))


def test_appending_goes_back_to_the_anchor() -> None:
    text = f"ts_mean({TEXT}, 3) + close"
    stored = compute(text, toy_market(60))
    got = compute(text, toy_market(64), append_to=stored)
    same_bits(got.values, compute(text, toy_market(64)).values, "appended")


def test_plain_arrays_have_rows_and_no_dates() -> None:
    np.testing.assert_array_equal(on_arrays("ts_cumsum(x, 1)", x=[3.0, 1.0, 4.0]), [np.nan, 1, 5])
    with pytest.raises(PlanError, match="plain arrays have no dates"):
        on_arrays("ts_cumsum(x, 20190111)", x=[3.0, 1.0])
