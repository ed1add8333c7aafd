"""Style descriptors against definitions written out in NumPy, one asset and session at a time."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from workbench.compute.evaluate import on_arrays
from workbench.factor import factor, to_text
from workbench.factor.library.style import FORMULAS, style
from workbench.market.derived import simple_returns

SESSIONS, ASSETS = 800, 24
CHECKED = (778, 785, 792, 799)
THEMES = {"size", "beta", "volatility", "momentum", "liquidity", "value", "growth", "quality",
          "leverage", "surprise", "lottery", "flow"}  # fmt: skip
ROWS = {row.name: row for row in FORMULAS}


def make_world(seed: int = 5) -> dict[str, np.ndarray]:
    """Bars with suspensions, a late listing and closes at the limit; figures that never miss."""
    rng = np.random.default_rng(seed)
    shape = (SESSIONS, ASSETS)
    index = 3000 * np.exp(np.cumsum(rng.normal(0, 0.01, SESSIONS)))
    move = np.clip(rng.normal(0, 0.03, shape), -0.1, 0.1)
    move[rng.random(shape) < 0.02] = 0.0
    raw = 10 * np.exp(np.cumsum(np.log1p(move), axis=0))
    factors = np.where(np.arange(SESSIONS)[:, None] < 770, 1.0, 1.25) * np.ones(shape)
    before = np.vstack([raw[:1], raw[:-1]])
    made = {
        "raw_close": raw, "raw_up_limit": before * 1.1, "raw_down_limit": before * 0.9,
        "close": raw * factors, "open": before * factors * rng.uniform(0.99, 1.01, shape),
        "raw_volume": rng.integers(1, 900, shape) * 1e3,
    }  # fmt: skip
    made["raw_up_limit"][move > 0.05] = raw[move > 0.05]
    made["raw_down_limit"][move < -0.05] = raw[move < -0.05]
    top, bottom = np.maximum(made["open"], made["close"]), np.minimum(made["open"], made["close"])
    made |= {"high": top * 1.01, "low": bottom * 0.99, "amount": made["raw_volume"] * raw}
    gone = rng.random(shape) < 0.02
    gone[735:766, 3] = gone[788:, 5] = gone[:640, 7] = True
    for values in made.values():
        values[gone] = np.nan
    listed = np.ones(shape)
    listed[:640, 7] = 0.0
    made |= {"returns": simple_returns(made["close"]), "listed": listed}
    made["log_return"] = np.log1p(made["returns"])
    made["benchmark_close"] = np.repeat(index[:, None], ASSETS, axis=1)
    made["float_shares"] = np.full(shape, 1e7) * np.arange(1, ASSETS + 1)
    issued = 1.5 + (np.arange(SESSIONS)[:, None] > 600) * rng.uniform(0, 1, ASSETS)
    made["cap"] = made["raw_close"] * made["float_shares"] * issued
    made["industry"] = np.tile(np.arange(ASSETS) % 3, (SESSIONS, 1)).astype(np.int32)
    known = {name for row in style().values() for name in row.fields}
    for name in sorted(known - set(made)):
        made[name] = 1e7 * rng.uniform(1, 9, shape)
    return made


@pytest.fixture(scope="module")
def given() -> dict[str, np.ndarray]:
    return make_world()


def computed(name: str, given: dict[str, np.ndarray]) -> np.ndarray:
    row = style()[name]
    return on_arrays(row, **{field: given[field] for field in row.fields})


# What a descriptor is, for asset `i` on session `t` of the fields `w`: plain words in NumPy.


def last(x, t, i, count):
    """The last `count` values up to t."""
    return x[t - count + 1 : t + 1, i]


def price(w, t, i):
    """Last close within 21 sessions."""
    seen = last(w.close, t, i, 21)
    seen = seen[np.isfinite(seen)]
    return seen[-1] if len(seen) else np.nan


def ret(w, t, i, newer, older):
    return price(w, t - newer, i) / price(w, t - older, i) - 1


def both(w, t, i, count):
    """Returns of the asset and the market on the sessions that have both, and their ages."""
    asset = last(w.returns, t, i, count)
    index = w.benchmark_close[:, i]
    market = (index[1:] / index[:-1] - 1)[t - count : t]
    ok = np.isfinite(asset)
    return asset[ok], market[ok], (count - 1 - np.arange(count))[ok]


def fitted(w, t, i, count, half_life=None, below=None):
    """Slope, residuals and weights of a regression on the market."""
    asset, market, age = both(w, t, i, count)
    if below is not None:
        asset, market, age = asset[market < below], market[market < below], age[market < below]
    weight = np.ones(len(asset)) if half_life is None else 0.5 ** (age / half_life)
    root = np.sqrt(weight)
    design = np.column_stack([np.ones(len(asset)), market])
    found = np.linalg.lstsq(design * root[:, None], asset * root, rcond=None)[0]
    return found[1], asset - design @ found, weight


def spread_of_residual(w, t, i):
    _, left, weight = fitted(w, t, i, 252, 63)
    return np.sqrt(np.average(left**2, weights=weight))


def weighted_deviation(w, t, i):
    asset, _, age = both(w, t, i, 252)
    weight = 0.5 ** (age / 42)
    return np.sqrt(np.average((asset - np.average(asset, weights=weight)) ** 2, weights=weight))


def residual_deviation(w, t, i):
    asset, _, _ = both(w, t, i, 21)
    _, left, _ = fitted(w, t, i, 21)
    return np.sqrt((left**2).sum() / (len(asset) - 1)) if len(asset) >= 15 else np.nan


def monthly_range(w, t, i):
    paths = [np.log(price(w, t, i) / price(w, t - 21 * month, i)) for month in range(1, 13)]
    return np.max(paths) - np.min(paths)


def weighted_past_return(w, t, i):
    seen = last(w.log_return, t - 21, i, 504)
    age = np.arange(503, -1, -1)[np.isfinite(seen)]
    return np.average(seen[np.isfinite(seen)], weights=0.5 ** (age / 126))


def below_high(w, t, i):
    return price(w, t, i) / np.nanmax(last(w.high, t, i, 252))


def smooth(w, t, i):
    asset, _, _ = both(w, t, i, 252)
    return np.sign(ret(w, t, i, 0, 252)) * (np.mean(asset < 0) - np.mean(asset > 0))


def industry_return(w, t, i):
    same = np.flatnonzero(w.industry[t] == w.industry[t, i])
    own = ret(w, t, i, 0, 126)
    return np.nanmean([ret(w, t, j, 0, 126) for j in same]) if np.isfinite(own) else np.nan


def turnover(w, t, i, count):
    seen = last(w.raw_volume / w.float_shares, t, i, count)
    seen = seen[np.isfinite(seen)]
    return seen if len(seen) * 3 >= count * 2 else np.array([np.nan])


def illiquidity(w, t, i):
    return 1e6 * np.nanmean(np.abs(last(w.returns, t, i, 252)) / last(w.amount, t, i, 252))


def no_trade(w, t, i):
    member = last(w.listed, t, i, 252) == 1
    return np.isnan(last(w.raw_volume, t, i, 252))[member].mean() if member.sum() >= 168 else np.nan


def bounce(w, t, i):
    now, before = last(w.returns, t, i, 63), last(w.returns, t - 1, i, 63)
    ok = np.isfinite(now) & np.isfinite(before)
    return 2 * np.sqrt(max(-np.cov(now[ok], before[ok])[0, 1], 0.0)) if ok.sum() >= 42 else np.nan


def corwin_schultz(w, t, i):
    found = []
    for day in range(t - 20, t + 1):
        high, low = last(w.high, day, i, 2), last(w.low, day, i, 2)
        if np.isnan(high).any():
            continue
        beta, gamma = (np.log(high / low) ** 2).sum(), np.log(high.max() / low.min()) ** 2
        root = 3 - 2 * np.sqrt(2)
        alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / root - np.sqrt(gamma / root)
        found.append(max(2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha)), 0.0))
    return np.mean(found) if len(found) >= 14 else np.nan


def largest(w, t, i, count):
    seen = last(w.returns, t, i, 42)
    traded = seen[np.isfinite(seen)]
    whole = len(traded) >= 21 and np.isfinite(seen[-1])
    return np.sort(traded[-21:])[-count:].mean() if whole else np.nan


def skewed(w, t, i):
    seen = last(w.returns, t, i, 63)
    seen = seen[np.isfinite(seen)]
    n, centred = len(seen), seen - seen.mean()
    plain = (centred**3).mean() / (centred**2).mean() ** 1.5
    return plain * np.sqrt(n * (n - 1)) / (n - 2) if n >= 42 else np.nan


def nights(w, t, i):
    logs = np.log(last(w.open, t, i, 21) / last(w.close, t - 1, i, 21))
    return np.nansum(logs) if np.isfinite(logs).sum() >= 14 else np.nan


def at_the_limit(w, t, i):
    close, limit = last(w.raw_close, t, i, 21), last(w.raw_up_limit, t, i, 21)
    return float((close >= limit).sum()) if np.isfinite(close).sum() >= 14 else np.nan


def cubed_size(w, t, i):
    size = np.log(w.cap[t])
    ok = np.isfinite(size)
    z = (size[ok] - size[ok].mean()) / size[ok].std(ddof=1)
    root = w.cap[t][ok] ** 0.25
    design = np.column_stack([np.ones(len(z)), z])
    found = np.linalg.lstsq(design * root[:, None], z**3 * root, rcond=None)[0]
    left = np.full(len(size), np.nan)
    left[ok] = z**3 - design @ found
    return left[i]


def mean_of_year(w, item, t, i):
    return (getattr(w, f"{item}_latest")[t, i] + getattr(w, f"{item}_q_5")[t, i]) / 2


def enterprise(w, t, i):
    debt = sum(
        getattr(w, f"balance_{item}_latest")[t, i]
        for item in ("st_borr", "non_cur_liab_due_1y", "lt_borr", "bond_payable", "minority_int")
    )
    value = w.cap[t, i] + debt - w.balance_money_cap_latest[t, i]
    return (w.income_total_profit_ttm[t, i] + w.income_fin_exp_ttm[t, i]) / value


TRUTH = {
    "lncap": lambda w, t, i: np.log(w.cap[t, i]),
    "nlsize": cubed_size,
    "beta": lambda w, t, i: fitted(w, t, i, 252, 63)[0],
    "beta_ols": lambda w, t, i: fitted(w, t, i, 252)[0],
    "downside_beta": lambda w, t, i: fitted(w, t, i, 252, below=0.0)[0],
    "hsigma": spread_of_residual,
    "dastd": weighted_deviation,
    "cmra": monthly_range,
    "ivol": residual_deviation,
    "rstr": weighted_past_return,
    "mom_12_1": lambda w, t, i: ret(w, t, i, 21, 252),
    "reversal_1m": lambda w, t, i: ret(w, t, i, 0, 21),
    "reversal_long": lambda w, t, i: ret(w, t, i, 252, 756),
    "seasonal": lambda w, t, i: ret(w, t, i, 231, 252),
    "high_52w": below_high,
    "smoothness": smooth,
    "mom_industry": industry_return,
    "stom": lambda w, t, i: np.log(turnover(w, t, i, 21).sum()),
    "stoq": lambda w, t, i: np.log(turnover(w, t, i, 63).sum() / 3),
    "stoa": lambda w, t, i: np.log(turnover(w, t, i, 252).sum() / 12),
    "abnormal_turnover": lambda w, t, i: (
        turnover(w, t, i, 21).mean() / turnover(w, t, i, 252).mean() - 1
    ),
    "amihud": illiquidity,
    "zero_trades": no_trade,
    "roll_spread": bounce,
    "high_low_spread": corwin_schultz,
    "max1": lambda w, t, i: largest(w, t, i, 1),
    "max5": lambda w, t, i: largest(w, t, i, 5),
    "skewness": skewed,
    "overnight": nights,
    "limit_ups": at_the_limit,
    "issuance": lambda w, t, i: (
        np.log(w.cap[t, i] / w.cap[t - 252, i]) - np.log(w.close[t, i] / w.close[t - 252, i])
    ),
    "margin": lambda w, t, i: (
        w.financing_balance[t, i] / (w.raw_close[t, i] * w.float_shares[t, i])
    ),
    "ebit_ev": enterprise,
    "roe": lambda w, t, i: (
        w.income_n_income_attr_p_ttm[t, i]
        / mean_of_year(w, "balance_total_hldr_eqy_exc_min_int", t, i)
    ),
    "accruals": lambda w, t, i: (
        (w.income_n_income_ttm[t, i] - w.cashflow_n_cashflow_act_ttm[t, i])
        / mean_of_year(w, "balance_total_assets", t, i)
    ),
    "earnings_variability": lambda w, t, i: (
        last(w.income_n_income_attr_p_ttm, t, i, 756).std(ddof=1)
        / abs(last(w.income_n_income_attr_p_ttm, t, i, 756).mean())
    ),
}
LATE = 7
"""Listed at 640: where a year is wanted, the definitions above do not count its sessions."""


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_equals_the_definition(name, given):
    found = computed(name, given)
    w = SimpleNamespace(**given)
    columns = [i for i in range(ASSETS) if i != LATE or name in ("lncap", "stom", "max5")]
    with np.errstate(invalid="ignore"):
        expected = np.array([[TRUTH[name](w, t, i) for i in columns] for t in CHECKED])
    assert np.isfinite(expected).mean() > 0.5
    np.testing.assert_allclose(found[np.ix_(CHECKED, columns)], expected, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_says_everything_and_is_computed(name, given):
    row, read = ROWS[name], style()[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert row.theme in THEMES
    assert row.unit
    assert row.direction in (-1, 0, 1)
    for told in (row.published, row.reading, row.defects):
        assert told.endswith(".")
        assert len(told) > 10
    assert read.name == name
    assert factor(to_text(read.term)) == read
    assert read.lookback < SESSIONS - 20
    values = computed(name, given)[CHECKED[0] :]
    assert np.isfinite(values).mean() > 0.4
    assert len(np.unique(values[np.isfinite(values)])) > 3


def test_nothing_sees_the_future(given):
    cut = 785
    rng = np.random.default_rng(0)
    later = {name: values.copy() for name, values in given.items()}
    for name, values in later.items():
        if name == "industry":
            values[cut:] = rng.permutation(ASSETS) % 3
        else:
            values[cut:] = np.where(rng.random(values[cut:].shape) < 0.1, np.nan, 3.0)
    for name in style():
        here, there = computed(name, given), computed(name, later)
        np.testing.assert_array_equal(here[:cut], there[:cut], err_msg=name)


def test_the_shelf():
    assert len(style()) == len(ROWS) >= 50
    assert {row.theme for row in FORMULAS} == THEMES
    with pytest.raises(TypeError):
        style()["beta"] = factor("close")
    with pytest.raises(KeyError):
        style()["gamma"]
