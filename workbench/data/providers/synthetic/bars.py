"""From latent prices to bars as an exchange would print them, session by session.

1. on an ex-rights day the reference is ``(close - cash) / (1 + bonus)`` on the tick, and the
   adjustment factor grows by ``close / reference``; else it is the previous traded close
2. the dated rulebook turns the reference into limit prices
3. the latent price, divided by the factor, is rounded to the tick and held within the limits; a
   move that does not fit waits for the next session
4. a session that opens and closes on the same limit has one price
5. a suspended share has no bar: its next bar refers to the last traded close
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel
from workbench.data.providers.synthetic.paths import Paths
from workbench.data.providers.synthetic.roster import Roster
from workbench.market.rules import price_limits, round_half_up

__all__ = ["Bars", "ExPlan", "make_bars", "plan_ex_days"]

_EX_RATE = 1 / 235
_BONUS = (0.0, 0.0, 0.0, 0.2, 0.5, 1.0)
_TICK = 0.01
_RANGE = 0.35


@dataclass(frozen=True)
class ExPlan:
    """Dividends, shape (T, N): 0 where there is none.

    Attributes
    ----------
    cash_yield : ndarray
        Cash dividend as a fraction of the close before.
    bonus : ndarray
        New shares for one old share.
    """

    cash_yield: FloatPanel
    bonus: FloatPanel


@dataclass(frozen=True)
class Bars:
    """Traded prices in CNY, shape (T, N); NaN without a bar.

    ``cash`` is the dividend per share in CNY and ``bonus`` the new shares per share, 0 where there
    is none. ``locked_up`` and ``locked_down`` mark sessions with one price, on the limit.
    """

    open: FloatPanel
    high: FloatPanel
    low: FloatPanel
    close: FloatPanel
    pre_close: FloatPanel
    adj_factor: FloatPanel
    up_limit: FloatPanel
    down_limit: FloatPanel
    cash: FloatPanel
    bonus: FloatPanel
    locked_up: BoolPanel
    locked_down: BoolPanel


_PRICES = (
    "open", "high", "low", "close", "pre_close", "adj_factor", "up_limit", "down_limit",
)  # fmt: skip


def plan_ex_days(roster: Roster, seed: int) -> ExPlan:
    """Draw about one ex-rights day a year and share, on sessions with a bar, never on the first."""
    rng = np.random.default_rng([seed, 5])
    shape = roster.listed.shape
    rows = np.arange(shape[0])[:, None]
    grown = rows > roster.listing + np.where(roster.is_new, 20, 0)
    happens = (rng.random(shape) < _EX_RATE) & grown & roster.listed & ~roster.suspended
    happens &= ~roster.st
    bonus = np.where(happens, rng.choice(_BONUS, size=shape), 0.0)
    return ExPlan(np.where(happens, rng.uniform(0.005, 0.03, size=shape), 0.0), bonus)


def make_bars(
    days: NDArray[np.datetime64], roster: Roster, paths: Paths, ex: ExPlan, seed: int
) -> Bars:
    """Print the bars of all sessions."""
    rng = np.random.default_rng([seed, 6])
    shape = roster.listed.shape
    first = round_half_up(np.clip(12 * np.exp(0.7 * rng.standard_normal(shape[1])), 4, 120))
    reach = np.abs(rng.standard_normal((2, *shape))) * _RANGE
    out = {name: np.full(shape, np.nan) for name in _PRICES}
    cash, bonus = np.zeros(shape), np.zeros(shape)
    locked = np.zeros((2, *shape), dtype=np.bool_)
    last, factor, age = first.copy(), np.ones(shape[1]), roster.age
    for row in range(shape[0]):
        quoted = roster.listed[row] & ~roster.suspended[row]
        reference, cash[row], bonus[row] = _reference(last, ex, row, quoted)
        # The ratio first: it is exactly 1 without an event, so the factor stays what it was.
        factor = np.where(quoted, factor * (last / reference), factor)
        down, up = price_limits(reference, roster.boards, roster.st[row], days[row], age[row])
        scale = first / factor
        opens = _traded(scale * np.exp(paths.opens[row]), down, up)
        close = _traded(scale * np.exp(paths.closes[row]), down, up)
        above, below = reach[:, row] * 0.02
        high = np.maximum(_traded(np.maximum(opens, close) * (1 + above), down, up), opens)
        low = np.minimum(_traded(np.minimum(opens, close) * (1 - below), down, up), opens)
        locked[0, row] = quoted & (opens == up) & (close == up)
        locked[1, row] = quoted & (opens == down) & (close == down)
        one_price = locked[:, row].any(axis=0)
        bar = {
            "open": opens,
            "high": np.where(one_price, close, np.maximum(high, close)),
            "low": np.where(one_price, close, np.minimum(low, close)),
            "close": close,
            "pre_close": reference,
            "up_limit": np.where(np.isinf(up), np.nan, up),
            "down_limit": np.where(np.isinf(down), np.nan, down),
        }
        for name, values in bar.items():
            out[name][row, quoted] = values[quoted]
        out["adj_factor"][row, roster.listed[row]] = factor[roster.listed[row]]
        last = np.where(quoted, close, last)
    return Bars(**out, cash=cash, bonus=bonus, locked_up=locked[0], locked_down=locked[1])


def _reference(
    last: NDArray[np.float64], ex: ExPlan, row: int, quoted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return ex-rights reference, cash dividend (three decimals) and bonus of one session."""
    cash = np.where(quoted, np.floor(ex.cash_yield[row] * last * 1000) / 1000, 0.0)
    bonus = np.where(quoted, ex.bonus[row], 0.0)
    reference = round_half_up((last - cash) / (1 + bonus), _TICK)
    return np.where((cash > 0) | (bonus > 0), reference, last), cash, bonus


def _traded(
    price: NDArray[np.float64], down: NDArray[np.float64], up: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the price on the tick, within the limits, at least one tick."""
    on_tick = np.maximum(round_half_up(np.clip(price, 0, 1e6), _TICK), _TICK)
    return np.clip(on_tick, down, up)
