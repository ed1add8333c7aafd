"""The tape: what the exchange shows on each session, laid out once in integers.

Prices are raw (as traded) in 0.0001 CNY, 0 where there is none. Row t holds only what is known
on session t: before the open the reference price, limits, listing and adjustment factor; then
the price of the fill; then the close.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.backtest.money import IntArray, price_units
from workbench.backtest.rulebook import TradingRules
from workbench.errors import BacktestError, near_names
from workbench.market.assets import Assets
from workbench.market.market import Market
from workbench.market.sessions import Sessions

__all__ = ["FILLS", "Tape", "tape"]

SEASONED = 10_000
"""Sessions since listing of an asset that was listed when the market begins."""


@dataclass(frozen=True, eq=False, repr=False)
class Tape:
    """Arrays of shape (T, N) that a simulation reads row by row.

    Attributes
    ----------
    fill : array of int64
        Price at which an order would be filled; 0 without trading.
    floor, ceiling : array of int64
        Lowest and highest price an order could have met: the fill itself at the open or close,
        the session's low and high for its average price. A buyer is locked out when even the
        floor is at the upper limit, a seller when even the ceiling is at the lower one.
    close, reference : array of int64
        Close, and the ex-right reference price of the session.
    up_limit, down_limit : array of int64
        Limit prices; 0 where there is no limit or none is known.
    vendor_limits : array of bool
        True where the source gave the limits, False where the rulebook did.
    ratio : array of float64
        Shares on session t for one share on t − 1: 1 without a corporate action.
    listed, quoted : array of bool
        Masks of the market.
    warned : array of bool
        Risk-warned (ST) shares.
    age : array of int64
        Sessions since listing, -1 while not listed.
    """

    sessions: Sessions
    assets: Assets
    fill_name: str
    fill: IntArray
    floor: IntArray
    ceiling: IntArray
    close: IntArray
    reference: IntArray
    up_limit: IntArray
    down_limit: IntArray
    vendor_limits: BoolPanel
    ratio: FloatPanel
    listed: BoolPanel
    quoted: BoolPanel
    warned: BoolPanel
    age: IntArray


@dataclass(frozen=True)
class FillPrice:
    """Fields behind a way of filling: the price, the lowest and the highest an order could meet."""

    price: str
    floor: str
    ceiling: str


FILLS = {
    "next_open": FillPrice("open", "open", "open"),
    "next_close": FillPrice("close", "close", "close"),
    "next_vwap": FillPrice("vwap", "low", "high"),
}
"""Ways of filling: always in the session after the decision."""


def tape(market: Market, fill: str, rules: TradingRules) -> Tape:
    """Lay out a market for a simulation.

    Parameters
    ----------
    market : Market
        Needs raw close and the prices behind `fill`; uses ``pre_close``, ``adj_factor``,
        ``up_limit``, ``down_limit``, ``is_st`` and ``listed`` where there are any.
    fill : {"next_open", "next_close", "next_vwap"}
        At which price of the next session orders are filled.
    rules : TradingRules
        Gives price limits where the source has none.

    Raises
    ------
    BacktestError
        If `fill` is unknown or the market lacks a price it needs.
    """
    if fill not in FILLS:
        known = ", ".join(map(repr, FILLS))
        hint = near_names(str(fill), FILLS)
        raise BacktestError(f"`fill` is one of {known}; got {fill!r}.{hint}")
    listed, quoted = market.mask("listed").values, market.mask("quoted").values
    trading = listed & quoted
    way = FILLS[fill]
    prices = {name: _raw(market, name, fill) for name in {way.price, way.floor, way.ceiling}}
    units = {name: np.where(trading, price_units(raw), 0) for name, raw in prices.items()}
    close = _raw(market, "close", fill)
    ratio = _share_ratio(market)
    reference = _reference(market, close, ratio)
    warned, age = _risk_warned(market), _sessions_since_listing(market, listed)
    up, down, vendor = _limits(market, reference, warned, age, rules)
    return Tape(
        sessions=market.sessions,
        assets=market.assets,
        fill_name=way.price,
        fill=units[way.price],
        floor=units[way.floor],
        ceiling=units[way.ceiling],
        close=np.where(quoted, price_units(close), 0),
        reference=price_units(reference),
        up_limit=up,
        down_limit=down,
        vendor_limits=vendor,
        ratio=ratio,
        listed=listed,
        quoted=quoted,
        warned=warned,
        age=age,
    )


def _raw(market: Market, name: str, fill: str) -> FloatPanel:
    """Find a price as traded; an average price not delivered is amount ÷ volume."""
    if f"raw_{name}" in market:
        return market[f"raw_{name}"].values
    if name == "vwap" and "amount" in market and "raw_volume" in market:
        amount, volume = market["amount"].values, market["raw_volume"].values
        average = np.full(amount.shape, np.nan)
        np.divide(amount, volume, out=average, where=volume > 0)
        return average
    raise BacktestError(
        f"fill={fill!r} needs the field {name!r}, which this market lacks; "
        f"it has {', '.join(market.fields)}."
    )


def _share_ratio(market: Market) -> FloatPanel:
    """Divide each adjustment factor by the last one known before; 1 where nothing happened."""
    ratio = np.ones(market.shape)
    if "adj_factor" not in market:
        return ratio
    factor = market["adj_factor"].values
    if (factor <= 0).any():
        row, column = map(int, np.argwhere(factor <= 0)[0])
        raise BacktestError(
            f"Adjustment factors are positive; {market.assets[column]} has {factor[row, column]} "
            f"on {market.sessions[row]}. Correct the source."
        )
    known = factor[0].copy()
    for row in range(1, len(factor)):
        today = factor[row]
        moved = np.isfinite(today) & np.isfinite(known) & (np.abs(today / known - 1.0) > 1e-9)
        ratio[row, moved] = today[moved] / known[moved]
        known = np.where(np.isfinite(today), today, known)
    return ratio


def _reference(market: Market, close: FloatPanel, ratio: FloatPanel) -> FloatPanel:
    """Find reference prices in CNY: ``pre_close``, else last close over ratio; NaN if none."""
    derived = np.full(close.shape, np.nan)
    last = np.full(close.shape[1], np.nan)
    for row in range(len(close)):
        last = last / ratio[row]
        derived[row] = np.floor(last * 100 + 0.5 + 1e-6) / 100
        last = np.where(np.isfinite(close[row]), close[row], last)
    if "raw_pre_close" not in market:
        return derived
    given = market["raw_pre_close"].values
    return np.where(given > 0, given, derived)


def _limits(
    market: Market,
    reference: FloatPanel,
    warned: BoolPanel,
    age: IntArray,
    rules: TradingRules,
) -> tuple[IntArray, IntArray, BoolPanel]:
    """Up and down limits in price units, and where the source gave them."""
    down, up = rules.price_limits(market, reference, warned, age)
    given = np.zeros(market.shape, dtype=bool)
    if rules.limited and "raw_up_limit" in market and "raw_down_limit" in market:
        vendor_up, vendor_down = market["raw_up_limit"].values, market["raw_down_limit"].values
        given = np.isfinite(vendor_up) & np.isfinite(vendor_down)
        up, down = np.where(given, vendor_up, up), np.where(given, vendor_down, down)
    return price_units(up), price_units(down), given


def _risk_warned(market: Market) -> BoolPanel:
    """Mark ST shares, shape (T, N); nobody without the field ``is_st``."""
    if "is_st" not in market:
        return np.zeros(market.shape, dtype=bool)
    return market["is_st"].values > 0


def _sessions_since_listing(market: Market, listed: BoolPanel) -> IntArray:
    """0 on the listing session, counting up; -1 when not listed, shape (T, N).

    An asset listed on the first row is taken as seasoned: its listing lies before the data. So is
    every asset of a market without listing days: a first bar is no listing (the share may have
    been suspended before), and a new listing's wider band would let sealed orders fill.
    """
    if "listed" not in market.source_fields:
        return np.where(listed, SEASONED, -1)
    rows = np.arange(len(listed))[:, None]
    first = np.argmax(listed, axis=0)
    age = np.where(first == 0, SEASONED, rows - first)
    return np.where(listed, age, -1)
