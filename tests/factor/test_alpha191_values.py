"""Values of the report's formulas against plain pandas, written from the printed text."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from tests.factor.gtja_words import (
    CROWDED,
    MARKET,
    SESSIONS,
    Frame,
    corr,
    decay,
    rank,
    since,
    slope,
    sma,
    std,
    tsrank,
    where,
    wma,
)
from workbench.compute.evaluate import on_arrays
from workbench.factor import Factor, factor, walk
from workbench.factor.library.alpha191 import alpha191

Truth = Callable[[SimpleNamespace], Frame]
TRUTHS: dict[int, Truth] = {}
RECURSIVE = {9, 23, 28, 146, 152}
"""Formulas with SMA: cut to a warm-up that forgets all but a millionth."""


def truth(number: int) -> Callable[[Truth], Truth]:
    def keep(function: Truth) -> Truth:
        TRUTHS[number] = function
        return function

    return keep


@truth(2)
def _(m: SimpleNamespace) -> Frame:
    return -(((m.close - m.low) - (m.high - m.close)) / (m.high - m.low)).diff()


def accumulated(m: SimpleNamespace) -> Frame:
    old = m.close.shift()
    above, below = m.close - np.minimum(m.low, old), m.close - np.maximum(m.high, old)
    move = where(m.close > old, above, where(m.close < old, below, 0.0))
    return move.where(old.notna())


@truth(3)
def _(m: SimpleNamespace) -> Frame:
    return accumulated(m).rolling(6).sum()


@truth(4)
def _(m: SimpleNamespace) -> Frame:
    mean, now = m.close.rolling(8).mean(), m.close.rolling(2).mean()
    busy = where(m.volume >= m.volume.rolling(20).mean(), 1.0, -1.0)
    value = where(mean + std(m.close, 8) < now, -1, where(now < mean - std(m.close, 8), 1, busy))
    return value.where(m.volume.rolling(20).mean().notna())


@truth(5)
def _(m: SimpleNamespace) -> Frame:
    return -corr(tsrank(m.volume, 5), tsrank(m.high, 5), 5).rolling(3).max()


@truth(7)
def _(m: SimpleNamespace) -> Frame:
    gap = (m.vwap - m.close).rolling(3)
    return (rank(gap.max()) + rank(gap.min())) * rank(m.volume.diff(3))


def ease(m: SimpleNamespace) -> Frame:
    return ((m.high + m.low) / 2).diff() * (m.high - m.low) / m.volume


@truth(9)
def _(m: SimpleNamespace) -> Frame:
    return sma(ease(m), 7, 2)


@truth(10)
def _(m: SimpleNamespace) -> Frame:
    chosen = where(m.returns < 0, std(m.returns, 20), m.close)
    return rank((chosen.where(m.returns.notna()) ** 2).rolling(5).max())


@truth(17)
def _(m: SimpleNamespace) -> Frame:
    return rank(m.vwap - m.vwap.rolling(15).max()) ** m.close.diff(5)


@truth(21)
def _(m: SimpleNamespace) -> Frame:
    return slope(m.close.rolling(6).mean(), 6)


@truth(23)
def _(m: SimpleNamespace) -> Frame:
    deviation, old = std(m.close, 20), m.close.shift()
    up = sma(where(m.close > old, deviation, 0.0).where(deviation.notna()), 20, 1)
    down = sma(where(m.close <= old, deviation, 0.0).where(deviation.notna()), 20, 1)
    return up / (up + down) * 100


@truth(27)
def _(m: SimpleNamespace) -> Frame:
    return wma((m.close / m.close.shift(3) - 1) * 100 + (m.close / m.close.shift(6) - 1) * 100, 12)


@truth(28)
def _(m: SimpleNamespace) -> Frame:
    low, high = m.low.rolling(9).min(), m.high.rolling(9).max()
    k = sma((m.close - low) / (high - low) * 100, 3, 1)
    return 3 * k - 2 * sma(k, 3, 1)


@truth(30)
def _(m: SimpleNamespace) -> Frame:
    """Least squares anew for every session and asset."""
    factors = np.column_stack([m.ff_mkt[0], m.ff_smb[0], m.ff_hml[0]])
    residual = np.full(m.close.shape, np.nan)
    for t in range(60, SESSIONS):
        window = slice(t - 59, t + 1)
        design = np.column_stack([np.ones(60), factors[window]])
        y = m.returns.to_numpy()[window]
        residual[t] = (y - design @ np.linalg.lstsq(design, y, rcond=None)[0])[-1]
    return wma(Frame(residual) ** 2, 20)


@truth(39)
def _(m: SimpleNamespace) -> Frame:
    long = m.volume.rolling(180).mean().rolling(37).sum()
    tie = corr(m.vwap * 0.3 + m.open * 0.7, long, 14)
    return rank(decay(tie, 12)) - rank(decay(m.close.diff(2), 8))


@truth(48)
def _(m: SimpleNamespace) -> Frame:
    signs = np.sign(m.close.diff()).rolling(3).sum()
    return -rank(signs) * m.volume.rolling(5).sum() / m.volume.rolling(20).sum()


@truth(52)
def _(m: SimpleNamespace) -> Frame:
    typical = ((m.high + m.low + m.close) / 3).shift()
    over = np.maximum(0, m.high - typical).rolling(26).sum()
    return over / np.maximum(0, typical - m.low).rolling(26).sum() * 100


@truth(53)
def _(m: SimpleNamespace) -> Frame:
    up = (m.close.diff() > 0).astype(float).where(m.close.diff().notna())
    return up.rolling(12).sum() / 12 * 100


@truth(54)
def _(m: SimpleNamespace) -> Frame:
    body = m.close - m.open
    return -rank(std(body.abs(), 5) + body + corr(m.close, m.open, 10))


@truth(69)
def _(m: SimpleNamespace) -> Frame:
    rise = m.open.diff()
    up = where(rise <= 0, 0.0, np.maximum(m.high - m.open, rise)).where(rise.notna())
    down = where(rise >= 0, 0.0, m.open - m.low).where(rise.notna())
    up, down = up.rolling(20).sum(), down.rolling(20).sum()
    return (up - down) / np.maximum(up, down)


@truth(75)
def _(m: SimpleNamespace) -> Frame:
    fell = m.benchmark_close < m.benchmark_open
    both = (fell & (m.close > m.open)).astype(float)
    return both.rolling(50).sum() / fell.astype(float).rolling(50).sum()


@truth(91)
def _(m: SimpleNamespace) -> Frame:
    below = rank(m.close - m.close.rolling(5).max())
    return -below * rank(corr(m.volume.rolling(40).mean(), m.low, 5))


@truth(116)
def _(m: SimpleNamespace) -> Frame:
    return slope(m.close, 20)


@truth(127)
def _(m: SimpleNamespace) -> Frame:
    return ((100 * (m.close / m.close.rolling(12).max() - 1)) ** 2).rolling(12).mean() ** 0.5


@truth(128)
def _(m: SimpleNamespace) -> Frame:
    typical = (m.high + m.low + m.close) / 3
    flow, step = typical * m.volume, typical.diff()
    up = where(step > 0, flow, 0.0).where(step.notna()).rolling(14).sum()
    down = where(step < 0, flow, 0.0).where(step.notna()).rolling(14).sum()
    return 100 - 100 / (1 + up / down)


@truth(133)
def _(m: SimpleNamespace) -> Frame:
    high, low = since(m.high, 20, np.argmax), since(m.low, 20, np.argmin)
    return (20 - high) / 20 * 100 - (20 - low) / 20 * 100


@truth(143)
def _(m: SimpleNamespace) -> Frame:
    step = where(m.returns > 0, m.returns, 1.0).where(m.returns.notna())
    return step.rolling(20).apply(np.prod, raw=True)


@truth(144)
def _(m: SimpleNamespace) -> Frame:
    fell = (m.returns < 0).astype(float).where(m.returns.notna())
    return (m.returns.abs() / m.amount * fell).rolling(20).sum() / fell.rolling(20).sum()


@truth(146)
def _(m: SimpleNamespace) -> Frame:
    trend = sma(m.returns, 61, 2)
    above = m.returns - trend
    return above.rolling(20).mean() * above / (trend**2).rolling(60).mean()


@truth(149)
def _(m: SimpleNamespace) -> Frame:
    """Regress on the falling sessions of the benchmark alone."""
    x, values = m.benchmark_close[0].pct_change(), np.full(m.close.shape, np.nan)
    for t in range(252, SESSIONS):
        fell = [s for s in range(t - 251, t + 1) if x[s] < 0]
        values[t] = np.polyfit(x[fell], m.returns.iloc[fell], 1)[0]
    return Frame(values)


@truth(152)
def _(m: SimpleNamespace) -> Frame:
    smooth = sma((m.close / m.close.shift(9)).shift(), 9, 1).shift()
    return sma(smooth.rolling(12).mean() - smooth.rolling(26).mean(), 9, 1)


@truth(157)
def _(m: SimpleNamespace) -> Frame:
    fall = rank(rank(-rank(m.close.diff(5)))).rolling(2).min()
    return rank(rank(np.log(fall))).rolling(5).min() + tsrank(-m.returns.shift(6), 5)


@truth(159)
def _(m: SimpleNamespace) -> Frame:
    old = m.close.shift()
    low, high = np.minimum(m.low, old).where(old.notna()), np.maximum(m.high, old)
    weights = ((6, 12 * 24), (12, 6 * 24), (24, 6 * 24))
    parts = [
        (m.close - low.rolling(d).sum()) / (high - low).rolling(d).sum() * weight
        for d, weight in weights
    ]
    return sum(parts) * 100 / (6 * 12 + 6 * 24 + 12 * 24)


@truth(165)
def _(m: SimpleNamespace) -> Frame:
    total = (m.close - m.close.rolling(48).mean()).rolling(48).sum()
    return total.rolling(48).max() - total.rolling(48).min() / std(m.close, 48)


@truth(166)
def _(m: SimpleNamespace) -> Frame:
    ratio = m.close / m.close.shift()
    above = (ratio - ratio.rolling(20).mean()).rolling(20).sum()
    below = (ratio.rolling(20).mean() ** 2).rolling(20).sum() ** 1.5
    return -20 * 19**1.5 * above / (19 * 18 * below)


@truth(172)
def _(m: SimpleNamespace) -> Frame:
    old, hd, ld = m.close.shift(), m.high.diff(), -m.low.diff()
    true = np.maximum(np.maximum(m.high - m.low, (m.high - old).abs()), (m.low - old).abs())
    total = true.where(old.notna()).rolling(14).sum()
    down = where((ld > 0) & (ld > hd), ld, 0.0).where(ld.notna()).rolling(14).sum() / total
    up = where((hd > 0) & (hd > ld), hd, 0.0).where(hd.notna()).rolling(14).sum() / total
    return ((down - up).abs() / (down + up) * 100).rolling(6).mean()


@truth(180)
def _(m: SimpleNamespace) -> Frame:
    move, usual = m.close.diff(7), m.volume.rolling(20).mean()
    value = where(usual < m.volume, -tsrank(move.abs(), 60) * np.sign(move), -m.volume)
    return value.where(usual.notna())


@truth(181)
def _(m: SimpleNamespace) -> Frame:
    index = m.benchmark_close - m.benchmark_close.rolling(20).mean()
    own = m.returns - m.returns.rolling(20).mean()
    return (own - index**2).rolling(20).sum() / (index**3).rolling(20).sum()


@truth(182)
def _(m: SimpleNamespace) -> Frame:
    own, index = m.close - m.open, m.benchmark_close - m.benchmark_open
    return (own * index > 0).astype(float).rolling(20).sum() / 20


@truth(190)
def _(m: SimpleNamespace) -> Frame:
    growth = (m.close / m.close.shift(19)) ** (1 / 20) - 1
    gap = (m.returns - growth).where(growth.notna())
    above = (gap > 0).astype(float).where(gap.notna())
    below = (gap < 0).astype(float).where(gap.notna())
    over = ((above.rolling(20).sum() - 1) * (gap**2 * below).rolling(20).sum()).where(
        above.rolling(20).sum() > 1
    )
    return np.log(over / (below.rolling(20).sum() * (gap**2 * above).rolling(20).sum()))


def computed(alpha: Factor, market: SimpleNamespace) -> np.ndarray:
    return on_arrays(alpha, **{name: getattr(market, name).to_numpy() for name in alpha.fields})


@pytest.mark.parametrize("number", sorted(TRUTHS))
def test_against_pandas(number: int) -> None:
    """Equal from the look-back on, in values and in what is NaN."""
    alpha = alpha191()[f"gtja{number:03d}"]
    known = alpha.lookback
    assert known < SESSIONS - 20
    expected = TRUTHS[number](MARKET).to_numpy()[known:]
    expected = np.where(np.isinf(expected), np.nan, expected)
    tolerance = 1e-5 if number in RECURSIVE else 1e-9
    np.testing.assert_allclose(
        computed(alpha, MARKET)[known:],
        expected,
        rtol=tolerance,
        atol=tolerance * np.nanmax(np.abs(expected)),
    )
    assert np.isfinite(expected).mean() > 0.5


def test_covariance_divides_by_the_window() -> None:
    """Formulas 083 and 099 rank it, where equal covariances of ranks are told apart by rounding."""
    alpha = factor("COVIANCE(RANK(HIGH), RANK(VOLUME), 5)", profile="gtja191")
    assert alpha.term in set(walk(alpha191()["gtja083"].term))
    expected = rank(MARKET.high).rolling(5).cov(rank(MARKET.volume), ddof=0)
    np.testing.assert_allclose(computed(alpha, MARKET), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", list(alpha191()))
def test_every_formula_gives_values(name: str) -> None:
    values = computed(alpha191()[name], CROWDED)
    assert values.shape == CROWDED.close.shape
    assert np.isfinite(values[-20:]).any()
