"""Computing factors: engines agree, errors speak, provenance is kept."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import toy_market
from workbench.compute import compute, on_arrays, rank_rows
from workbench.errors import (
    DeviceUnavailableError,
    InsufficientHistoryError,
    LookAheadError,
    OperatorArgumentError,
    PlanError,
    UnknownFieldError,
    UnknownOperatorError,
)
from workbench.factor import factor
from workbench.market import ArraySource, Assets, Market, Panel, Sessions

T, N = 60, 37


@pytest.fixture(scope="module")
def market() -> Market:
    rng = np.random.default_rng(1)
    close = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, (T, N)), axis=0))
    fields = {
        "open": close * rng.normal(1, 0.01, (T, N)),
        "close": close,
        "volume": rng.uniform(1e5, 1e6, (T, N)),
        "amount": close * 1e5,
        "industry": rng.integers(-1, 4, (T, N)).astype(np.int32),
    }
    for name in ("open", "close", "volume", "amount"):
        fields[name][rng.random((T, N)) < 0.02] = np.nan
    days = np.arange("2019-01-01", "2019-03-02", dtype="datetime64[D]")
    assets = Assets([f"{n:06d}.SZ" for n in range(N)])
    labels = {"industry": ("a", "b", "c", "d")}
    return Market(ArraySource(Sessions(days), assets, fields, labels), adjust="none", name="toy")


BATCH = {
    "a": "-1 * correlation(rank(open), rank(volume), 10)",
    "b": "indneutralize(zscore(returns), industry)",
    "c": "where(close > delay(close, 1), ts_rank(volume, 5), -decay_linear(returns, 4))",
    "d": "close",
}


def test_one_factor_gives_a_panel_with_its_origin(market: Market) -> None:
    panel = compute("rank(close)", market)
    assert isinstance(panel, Panel)
    assert panel.name == "rank(close)"
    assert panel.dtype == np.float32
    assert panel.provenance["expression"] == "rank(close)"
    assert panel.provenance["market"]["name"] == "toy"
    assert panel.provenance["device"] == "cpu"
    assert panel.provenance["engine"]


def test_a_batch_gives_the_same_bits_as_one_at_a_time(market: Market) -> None:
    together = compute(BATCH, market, dtype="float64")
    for name, text in BATCH.items():
        alone = compute(text, market, dtype="float64")
        np.testing.assert_array_equal(together[name].values, alone.values)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_threads_do_not_change_a_bit(market: Market, dtype: str) -> None:
    one = compute(BATCH, market, dtype=dtype, threads=1)
    many = compute(BATCH, market, dtype=dtype, threads=3)
    for name in BATCH:
        np.testing.assert_array_equal(one[name].values, many[name].values)


def test_engines_agree(market: Market) -> None:
    fields = {name: market[name].values for name in ("open", "close", "volume", "returns")}
    fields["industry"] = market["industry"].values
    mask = market.mask("estimation").values
    for text in BATCH.values():
        fast = on_arrays(text, mask=mask, **fields)
        slow = on_arrays(text, mask=mask, engine="oracle", **fields)
        np.testing.assert_allclose(fast, slow, rtol=1e-10, atol=1e-12)


def test_the_estimation_mask_bounds_cross_sections(market: Market) -> None:
    member = np.zeros((T, N), dtype=bool)
    member[:, :10] = True
    narrow = market.with_universe(Panel(member, market.sessions, market.assets))
    ranks = compute("rank(close)", narrow, dtype="float64").values
    assert np.isnan(ranks[:, 10:]).all()
    close = market["close"].values[5, :10]
    known = np.isfinite(close) & np.isfinite(market["volume"].values[5, :10])
    expected = np.array([(close[known] <= value).mean() for value in close[known]])
    np.testing.assert_allclose(ranks[5, :10][known], expected)


def test_results_cannot_be_written(market: Market) -> None:
    with pytest.raises(ValueError, match="read-only"):
        compute("close", market).values[0, 0] = 1


def test_unknown_field_has_a_caret_and_a_near_name(market: Market) -> None:
    with pytest.raises(UnknownFieldError) as error:
        compute("rank(clsoe)", market)
    assert "Did you mean 'close'?" in str(error.value)
    assert str(error.value).splitlines()[-1].rstrip().endswith("^")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ranke(close)", UnknownOperatorError),
        ("delay(close, -1)", LookAheadError),
        ("ts_mean(close, 60)", None),
        ("ts_mean(close, 61)", InsufficientHistoryError),
        ("ts_mean(returns, 60)", InsufficientHistoryError),
        ("industry", OperatorArgumentError),
    ],
)
def test_what_is_refused(market: Market, text: str, kind: type[Exception] | None) -> None:
    if kind is None:
        assert np.isfinite(compute(text, market).values[-1]).any()
        return
    with pytest.raises(kind):
        compute(text, market)


def test_window_longer_than_history_says_both_numbers(market: Market) -> None:
    with pytest.raises(InsufficientHistoryError, match=r"needs 250 sessions .* has 60"):
        compute("ts_mean(close, 250)", market)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"device": "gpu"}, DeviceUnavailableError, "CPU only"),
        ({"device": "cuda"}, PlanError, "auto, cpu, gpu"),
        ({"dtype": "float16"}, PlanError, "float32, float64"),
        ({"threads": 0}, PlanError, "whole number from 1 to 1024"),
    ],
)
def test_options_are_checked(
    market: Market, options: dict, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        compute("close", market, **options)


def test_empty_batch_is_refused(market: Market) -> None:
    with pytest.raises(PlanError, match="nothing to compute"):
        compute({}, market)


def test_on_arrays_refuses_what_it_cannot_read() -> None:
    with pytest.raises(UnknownFieldError, match="'y'"):
        on_arrays("x + y", x=[1.0])
    with pytest.raises(PlanError, match="dimensions"):
        on_arrays("x + 1", x=np.zeros((2, 2, 2)))
    with pytest.raises(PlanError, match="engine"):
        on_arrays("x + 1", engine="numba", x=[1.0])


def test_factors_may_be_terms_texts_or_python(market: Market) -> None:
    f = factor("close") / factor("open") - 1
    np.testing.assert_array_equal(
        compute(f, market).values, compute("close / open - 1", market).values
    )
    np.testing.assert_array_equal(compute(f.term, market).values, compute(f, market).values)


def test_rank_rows_is_the_average_rank() -> None:
    values = np.array([[3.0, 1.0, 1.0, np.nan, 7.0, -2.0]])
    np.testing.assert_allclose(rank_rows(values), [[0.8, 0.5, 0.5, np.nan, 1.0, 0.2]])
    mask = np.array([[True, True, False, True, True, True]])
    np.testing.assert_allclose(rank_rows(values, mask), [[0.75, 0.5, np.nan, np.nan, 1.0, 0.25]])


def test_a_factor_too_large_to_print_is_computed() -> None:
    market = toy_market(20)
    shared = factor("close")
    for _ in range(100):
        shared = (shared + shared) / 2
    panel = compute(shared, market, dtype="float64")
    np.testing.assert_array_equal(panel.values, market["close"].values)
    assert "nodes, sha256" in panel.provenance["expression"]
