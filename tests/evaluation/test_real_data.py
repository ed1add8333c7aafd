"""The rank IC of a published factor on five real years, recomputed without workbench.

The truth below reads the file with pandas, adjusts prices and volume itself, correlates every
window by itself and asks scipy for each session.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.data import read_market
from workbench.evaluation import FactorStudy, evaluate

FILE = "cn_daily_2015_2019.parquet"
HORIZONS = (1, 5, 20)


@pytest.fixture(scope="module")
def study(shared_data: Path) -> FactorStudy:
    market = read_market(shared_data / FILE, adjust="hfq")
    return evaluate(
        "-1 * correlation(rank(open), rank(volume), 10)",
        market,
        horizons=HORIZONS,
        quantiles=10,
        decay_lags=1,
    )


@pytest.fixture(scope="module")
def bars(shared_data: Path) -> dict[str, np.ndarray]:
    """Adjusted open and volume, sessions × assets, and who traded."""
    columns = ["ts_code", "trade_date", "open", "vol", "adj_factor"]
    frame = pd.read_parquet(shared_data / FILE, columns=columns)
    frame["open"] *= frame["adj_factor"]
    frame["volume"] = 100 * frame["vol"] / frame["adj_factor"]
    wide = frame.pivot(index="trade_date", columns="ts_code")
    volume = wide["volume"].to_numpy()
    return {"open": wide["open"].to_numpy(), "volume": volume, "traded": volume > 0}


def ranks(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    result = np.full(values.shape, np.nan)
    for t in range(len(values)):
        names = mask[t] & np.isfinite(values[t])
        result[t, names] = stats.rankdata(values[t, names]) / names.sum()
    return result


def window_correlation(x: np.ndarray, y: np.ndarray, window: int) -> np.ndarray:
    result = np.full(x.shape, np.nan)
    for t in range(window - 1, len(x)):
        a, b = x[t - window + 1 : t + 1], y[t - window + 1 : t + 1]
        da, db = a - a.mean(axis=0), b - b.mean(axis=0)
        saa, sbb = (da**2).sum(axis=0), (db**2).sum(axis=0)
        flat = (saa <= 1e-24 * window * (a**2).sum(axis=0)) | (
            sbb <= 1e-24 * window * (b**2).sum(axis=0)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            r = (da * db).sum(axis=0) / np.sqrt(saa * sbb)
        # Ranks that move together for ten sessions have a correlation of exactly 1 on paper.
        r = np.where(np.abs(r) > 1 - 1e-12, np.sign(r), r)
        result[t] = np.where(flat, np.nan, r)
    return result


def test_rank_ic_of_five_real_years(study: FactorStudy, bars: dict[str, np.ndarray]) -> None:
    price, traded = bars["open"], bars["traded"]
    factor = -window_correlation(ranks(price, traded), ranks(bars["volume"], traded), 10)
    assert study.ic.shape == (1219, 3)
    np.testing.assert_allclose(study.factor.values, factor, rtol=0, atol=1e-13)
    for horizon in HORIZONS:
        expected = np.full(len(price), np.nan)
        for t in range(len(price) - 1 - horizon):
            gain = price[t + 1 + horizon] / price[t + 1] - 1
            names = traded[t] & np.isfinite(factor[t]) & np.isfinite(gain)
            if names.sum() >= 10:
                expected[t] = stats.spearmanr(factor[t, names], gain[names]).statistic
        actual = study.ic[horizon].to_numpy()
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9)
        assert np.isfinite(actual).sum() == 1219 - 9 - 1 - horizon


def test_one_session_by_hand(study: FactorStudy, bars: dict[str, np.ndarray]) -> None:
    """Coverage and tenth quantile of one session, counted from the file."""
    t = 600
    factor = study.factor.values[t]
    names = bars["traded"][t] & np.isfinite(factor)
    gain = bars["open"][t + 2] / bars["open"][t + 1] - 1
    row = study.coverage.iloc[t]
    assert (row["estimation"], row["factor"]) == (bars["traded"][t].sum(), names.sum())
    assert row["label_1"] == (names & np.isfinite(gain)).sum()
    place = (stats.rankdata(factor[names]) - 0.5) / names.sum() * 10
    top = np.flatnonzero(names)[place >= 9]
    bought = top[np.isfinite(bars["open"][t + 1, top])]
    earned = np.where(np.isfinite(gain[bought]), gain[bought], 0).mean()
    assert study.quantile_returns[(1, 10)].iloc[t + 2] == pytest.approx(earned, abs=1e-12)
