"""A third of the paper computed a second time, in plain NumPy and pandas, from the printed text.

The readings below share nothing with the package: windows are cut by hand, ranks are pandas',
moments are written out. The random market has holes, so the NaN rules are compared too. Formulas
whose ranks depend on ties of rounded numbers (a rank of smoothed ranks, as in 076) are not here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from workbench.compute.evaluate import on_arrays
from workbench.factor.library.alpha101 import alpha101

SESSIONS, ASSETS = 300, 23
nan = np.nan


def _market() -> SimpleNamespace:
    rng = np.random.default_rng(1601_00991)
    size = (SESSIONS, ASSETS)
    close = rng.uniform(5, 80, ASSETS) * np.exp(np.cumsum(rng.normal(0, 0.02, size), axis=0))
    start = close * np.exp(rng.normal(0, 0.01, size))
    low = np.minimum(start, close) * np.exp(-np.abs(rng.normal(0, 0.01, size)))
    high = np.maximum(start, close) * np.exp(np.abs(rng.normal(0, 0.01, size)))
    # Shares against traded value would compare one way only; a scale near one makes both happen.
    volume = rng.lognormal(0, 0.8, size) * 30
    vwap = low + (high - low) * rng.random(size)
    for values in (close, start, low, high, volume, vwap):
        values[[120, 121, 200], [3, 3, 7]] = nan
    returns = np.vstack([np.full((1, ASSETS), nan), close[1:] / close[:-1] - 1])
    cap = close * rng.lognormal(8, 1, ASSETS)
    groups = {
        "sector": np.arange(ASSETS) % 2,
        "industry": np.arange(ASSETS) % 3,
        "subindustry": np.arange(ASSETS) % 4,
    }
    codes = {name: np.tile(code.astype(np.int32), (SESSIONS, 1)) for name, code in groups.items()}
    prices = {"open": start, "high": high, "low": low, "close": close, "vwap": vwap}
    trades = {"volume": volume, "amount": vwap * volume, "returns": returns, "cap": cap}
    return SimpleNamespace(**prices, **trades, **codes)


M = _market()
OPEN, HIGH, LOW, CLOSE, VWAP = M.open, M.high, M.low, M.close, M.vwap
VOLUME, AMOUNT, RETURNS, CAP = M.volume, M.amount, M.returns, M.cap


def windows(x: np.ndarray, d: int) -> np.ndarray:
    """Return (T, N, d), oldest first, NaN before the data."""
    padded = np.vstack([np.full((d - 1, x.shape[1]), nan), x])
    return np.lib.stride_tricks.sliding_window_view(padded, d, axis=0)


def over(x: np.ndarray, d: int, fold: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Fold each window; NaN wherever the window has one."""
    w = windows(np.asarray(x, float), d)
    holes = np.isnan(w).any(-1)
    return np.where(holes, nan, fold(np.where(holes[..., None], 0.0, w)))


def lag(x: np.ndarray, d: int) -> np.ndarray:
    """Value d sessions ago."""
    return np.vstack([np.full((d, x.shape[1]), nan), x[:-d]])


def delta(x: np.ndarray, d: int) -> np.ndarray:
    """Change over d sessions."""
    return x - lag(x, d)


def total(x: np.ndarray, d: int) -> np.ndarray:
    """Sum of d sessions."""
    return over(x, d, lambda w: w.sum(-1))


def mean(x: np.ndarray, d: int) -> np.ndarray:
    """Mean of d sessions."""
    return total(x, d) / d


def least(x: np.ndarray, d: int) -> np.ndarray:
    """Smallest of d sessions."""
    return over(x, d, lambda w: w.min(-1))


def most(x: np.ndarray, d: int) -> np.ndarray:
    """Largest of d sessions."""
    return over(x, d, lambda w: w.max(-1))


def place_of_most(x: np.ndarray, d: int) -> np.ndarray:
    """Place of the largest, 1 for the oldest session."""
    return over(x, d, lambda w: w.argmax(-1) + 1.0)


def place_of_least(x: np.ndarray, d: int) -> np.ndarray:
    """Place of the smallest, 1 for the oldest session."""
    return over(x, d, lambda w: w.argmin(-1) + 1.0)


def deviation(x: np.ndarray, d: int) -> np.ndarray:
    """Sample standard deviation."""
    return over(x, d, lambda w: w.std(-1, ddof=1))


def along(x: np.ndarray, d: int) -> np.ndarray:
    """Average rank of the newest in its window, as a share."""

    def share(w: np.ndarray) -> np.ndarray:
        lower, ties = (w < w[..., -1:]).sum(-1), (w == w[..., -1:]).sum(-1)
        return (lower + (ties + 1) / 2) / d

    return over(x, d, share)


def decay(x: np.ndarray, d: int) -> np.ndarray:
    """Mean with weights 1 … d, divided once at the end: sums of truth values stay exact."""
    return over(x, d, lambda w: (w * np.arange(1, d + 1)).sum(-1)) / (d * (d + 1) / 2)


def corr(x: np.ndarray, y: np.ndarray, d: int) -> np.ndarray:
    """Pearson correlation in two passes; NaN where one side stands still."""
    a, b = windows(x, d), windows(y, d)
    a, b = a - a.mean(-1, keepdims=True), b - b.mean(-1, keepdims=True)
    aa, bb = (a * a).sum(-1), (b * b).sum(-1)
    still = (aa <= 1e-20 * d) | (bb <= 1e-20 * d)
    below = np.where(still | np.isnan(aa * bb), 1.0, np.sqrt(aa * bb))
    return np.where(still | np.isnan(aa * bb), nan, (a * b).sum(-1) / below)


def rank(x: np.ndarray) -> np.ndarray:
    """Average rank among the valid of the session, as a share."""
    return pd.DataFrame(x).rank(axis=1, pct=True).to_numpy()


def scale(x: np.ndarray) -> np.ndarray:
    """Absolute values add up to one."""
    size = np.nansum(np.abs(x), axis=1, keepdims=True)
    return x / np.where(size == 0, nan, size)


def within(x: np.ndarray, level: str) -> np.ndarray:
    """Distance from the mean of the group."""
    frame = pd.DataFrame(x).T
    return (frame - frame.groupby(getattr(M, level)[0]).transform("mean")).T.to_numpy()


def below(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 where x < y, 0 where not, NaN where one is NaN."""
    return np.where(np.isnan(x) | np.isnan(y), nan, x < y)


def power(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    """x to the power of a; NumPy makes 1 of 1 ** NaN, which would invent a value."""
    return np.where(np.isnan(x) | np.isnan(a), nan, x**a)


def choose(condition: np.ndarray, x: object, y: object) -> np.ndarray:
    """x where the condition is 1, y where it is 0."""
    return np.where(np.isnan(condition), nan, np.where(condition == 1, x, y))


def adv(d: int) -> np.ndarray:
    """Mean traded value."""
    return mean(AMOUNT, d)


def place_in_range() -> np.ndarray:
    """Where close stands in the range, times volume: formulas 60 and 100."""
    return ((CLOSE - LOW) - (HIGH - CLOSE)) / (HIGH - LOW) * VOLUME


def mixed(x: np.ndarray, share: float, y: np.ndarray) -> np.ndarray:
    """Two fields with weights that add up to one."""
    return x * share + y * (1 - share)


def alpha021() -> np.ndarray:
    """Sell above the band, buy below it, between by activity."""
    middle, band, now = mean(CLOSE, 8), deviation(CLOSE, 8), mean(CLOSE, 2)
    busy = np.where(np.isnan(VOLUME / adv(20)), nan, VOLUME / adv(20) >= 1)
    return choose(
        below(middle + band, now), -1, choose(below(now, middle - band), 1, choose(busy, 1, -1))
    )


def alpha024() -> np.ndarray:
    """Distance to the low in a slow trend, else the three-session move."""
    trend = delta(mean(CLOSE, 100), 100) / lag(CLOSE, 100)
    slow = np.where(np.isnan(trend), nan, trend <= 0.05)
    return choose(slow, -(CLOSE - least(CLOSE, 100)), -delta(CLOSE, 3))


def alpha029() -> np.ndarray:
    """Least of five, with a product and a sum over one session."""
    inner = least(rank(rank(-rank(delta(CLOSE - 1, 5)))), 2)
    return least(rank(rank(scale(np.log(inner)))), 5) + along(lag(-RETURNS, 6), 5)


def signs() -> np.ndarray:
    """Signs of the last three moves, added: formula 30."""
    return np.sign(delta(CLOSE, 1)) + sum(np.sign(lag(delta(CLOSE, 1), k)) for k in (1, 2))


def alpha046() -> np.ndarray:
    """Thresholds on the change of the ten-session slope."""
    slope = (lag(CLOSE, 20) - lag(CLOSE, 10)) / 10 - (lag(CLOSE, 10) - CLOSE) / 10
    steep, falling = below(np.full_like(slope, 0.25), slope), below(slope, np.zeros_like(slope))
    return choose(steep, -1, choose(falling, 1, -delta(CLOSE, 1)))


def alpha036() -> np.ndarray:
    """Five weighted ranks."""
    body = CLOSE - OPEN
    return (
        2.21 * rank(corr(body, lag(VOLUME, 1), 15))
        + 0.7 * rank(-body)
        + 0.73 * rank(along(lag(-RETURNS, 6), 5))
        + rank(np.abs(corr(VWAP, adv(20), 6)))
        + 0.6 * rank((mean(CLOSE, 200) - OPEN) * body)
    )


def alpha048() -> np.ndarray:
    """Autocorrelated move within the subindustry."""
    move, before = delta(CLOSE, 1), delta(lag(CLOSE, 1), 1)
    neutral = within(corr(move, before, 250) * move / CLOSE, "subindustry")
    return neutral / total((move / lag(CLOSE, 1)) ** 2, 250)


def alpha062() -> np.ndarray:
    """A comparison inside a rank inside a comparison."""
    inner = below(2 * rank(OPEN), rank((HIGH + LOW) / 2) + rank(HIGH))
    return -below(rank(corr(VWAP, total(adv(20), 22), 9)), rank(inner))


def alpha081() -> np.ndarray:
    """The only other formula with a product."""
    fourth = rank(rank(corr(VWAP, total(adv(10), 49), 8)) ** 4)
    product = over(fourth, 14, lambda w: w.prod(-1))
    return -below(rank(np.log(product)), rank(corr(rank(VWAP), rank(VOLUME), 5)))


def alpha100() -> np.ndarray:
    """Neutral twice, scaled, weighted with volume."""
    first = within(within(rank(place_in_range()), "subindustry"), "subindustry")
    second = corr(CLOSE, rank(adv(20)), 5) - rank(place_of_least(CLOSE, 30))
    second = within(second, "subindustry")
    return -((1.5 * scale(first) - scale(second)) * (VOLUME / adv(20)))


READINGS: dict[str, Callable[[], np.ndarray]] = {
    "alpha007": lambda: choose(
        below(adv(20), VOLUME),
        -along(np.abs(delta(CLOSE, 7)), 60) * np.sign(delta(CLOSE, 7)),
        -1,
    ),
    "alpha017": lambda: (
        -rank(along(CLOSE, 10)) * rank(delta(delta(CLOSE, 1), 1)) * rank(along(VOLUME / adv(20), 5))
    ),
    "alpha019": lambda: -np.sign(delta(CLOSE, 7)) * (1 + rank(1 + total(RETURNS, 250))),
    "alpha021": alpha021,
    "alpha024": alpha024,
    "alpha025": lambda: rank(-RETURNS * adv(20) * VWAP * (HIGH - CLOSE)),
    "alpha029": alpha029,
    "alpha030": lambda: (1 - rank(signs())) * total(VOLUME, 5) / total(VOLUME, 20),
    "alpha032": lambda: scale(mean(CLOSE, 7) - CLOSE) + 20 * scale(corr(VWAP, lag(CLOSE, 5), 230)),
    "alpha034": lambda: rank(
        (1 - rank(deviation(RETURNS, 2) / deviation(RETURNS, 5))) + (1 - rank(delta(CLOSE, 1)))
    ),
    "alpha036": alpha036,
    "alpha038": lambda: -rank(along(CLOSE, 10)) * rank(CLOSE / OPEN),
    "alpha046": alpha046,
    "alpha048": alpha048,
    "alpha052": lambda: (
        (lag(least(LOW, 5), 5) - least(LOW, 5))
        * rank((total(RETURNS, 240) - total(RETURNS, 20)) / 220)
        * along(VOLUME, 5)
    ),
    "alpha056": lambda: (
        -rank(total(RETURNS, 10) / total(total(RETURNS, 2), 3)) * rank(RETURNS * CAP)
    ),
    "alpha057": lambda: -(CLOSE - VWAP) / decay(rank(place_of_most(CLOSE, 30)), 2),
    "alpha059": lambda: -along(decay(corr(within(VWAP, "industry"), VOLUME, 4), 16), 8),
    "alpha060": lambda: scale(rank(place_of_most(CLOSE, 10))) - 2 * scale(rank(place_in_range())),
    "alpha061": lambda: below(rank(VWAP - least(VWAP, 16)), rank(corr(VWAP, adv(180), 17))),
    "alpha062": alpha062,
    "alpha067": lambda: (
        -power(
            rank(HIGH - least(HIGH, 2)),
            rank(corr(within(VWAP, "sector"), within(adv(20), "subindustry"), 6)),
        )
    ),
    "alpha069": lambda: (
        -power(
            rank(most(delta(within(VWAP, "industry"), 2), 4)),
            along(corr(mixed(CLOSE, 0.490655, VWAP), adv(20), 4), 9),
        )
    ),
    "alpha070": lambda: (
        -power(rank(delta(VWAP, 1)), along(corr(within(CLOSE, "industry"), adv(50), 17), 17))
    ),
    "alpha079": lambda: below(
        rank(delta(within(mixed(CLOSE, 0.60733, OPEN), "sector"), 1)),
        rank(corr(along(VWAP, 3), along(adv(150), 9), 14)),
    ),
    "alpha080": lambda: (
        -power(
            rank(np.sign(delta(within(mixed(OPEN, 0.868128, HIGH), "industry"), 4))),
            along(corr(HIGH, adv(10), 5), 5),
        )
    ),
    "alpha081": alpha081,
    "alpha082": lambda: (
        -np.minimum(
            rank(decay(delta(OPEN, 1), 14)),
            along(decay(corr(within(VOLUME, "sector"), OPEN, 17), 6), 13),
        )
    ),
    "alpha084": lambda: power(along(VWAP - most(VWAP, 15), 20), delta(CLOSE, 4)),
    "alpha087": lambda: (
        -np.maximum(
            rank(decay(delta(mixed(CLOSE, 0.369701, VWAP), 1), 2)),
            along(decay(np.abs(corr(within(adv(81), "industry"), CLOSE, 13)), 4), 14),
        )
    ),
    "alpha090": lambda: (
        -power(
            rank(CLOSE - most(CLOSE, 4)),
            along(corr(within(adv(40), "subindustry"), LOW, 5), 3),
        )
    ),
    "alpha091": lambda: (
        rank(decay(corr(VWAP, adv(30), 4), 2))
        - along(decay(decay(corr(within(CLOSE, "industry"), VOLUME, 9), 16), 3), 4)
    ),
    "alpha092": lambda: np.minimum(
        along(decay(below((HIGH + LOW) / 2 + CLOSE, LOW + OPEN), 14), 18),
        along(decay(corr(rank(LOW), rank(adv(30)), 7), 6), 6),
    ),
    "alpha093": lambda: (
        along(decay(corr(within(VWAP, "industry"), adv(81), 17), 19), 7)
        / rank(decay(delta(mixed(CLOSE, 0.524434, VWAP), 2), 16))
    ),
    "alpha100": alpha100,
}
"""The printed formulas, read once more."""


def _field(name: str) -> np.ndarray:
    return adv(int(name[3:])) if name.startswith("adv") else getattr(M, name)


@pytest.mark.parametrize("name", READINGS)
def test_agrees_with_a_second_reading(name: str) -> None:
    alpha = alpha101()[name]
    fields = {field: _field(field) for field in alpha.fields}
    got = on_arrays(alpha, engine="oracle", **fields)
    want = READINGS[name]()
    assert np.isfinite(want).mean() > 0.05
    np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-9, equal_nan=True)
