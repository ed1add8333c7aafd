"""Tables by session in the vendor's columns and units: one function a table, from cells.

Prices CNY; `vol` hands and `amount` thousands in `daily`; ten thousands in `daily_basic` and
`moneyflow`; shares and CNY in `margin_detail`. NaN stands for the vendor's null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.data.standins.tushare.market import Market
from tests.data.standins.tushare.noise import uniform

__all__ = ["TABLES", "Columns"]

Columns = dict[str, Any]
"""Values by vendor field: arrays or lists of one length."""

Index = NDArray[np.int64]
AFTER_HOURS = date(2026, 7, 6)


def _noise(market: Market, salt: str, at: Index, who: Index) -> NDArray[np.float64]:
    # By calendar day, so that a cell is the same in worlds of another span.
    return uniform(market.seed, salt, market.ordinals[at], who)


def bars(market: Market, at: Index, who: Index) -> Columns:
    """`daily`: open, high and low around reference and close, inside the limits."""
    close, reference = market.close[at, who].astype(float), market.reference[at, who].astype(float)
    opened = np.floor(reference + (close - reference) * _noise(market, "open", at, who) + 0.5)
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    ceiling, floor = _limits(market, at, who)
    reach = 0.012 * close * _noise(market, "reach", at, who)
    high = np.fmax(top, np.fmin(np.floor(top + reach), ceiling))
    low = np.fmin(bottom, np.fmax(np.ceil(bottom - reach), floor))
    shares = volume(market, at, who)
    paid = np.floor(shares * (low + (high - low) * (0.2 + 0.6 * _noise(market, "vwap", at, who))))
    paid = np.clip(paid, shares * low, shares * high)
    change = close - reference
    late = market.ordinals[at] >= AFTER_HOURS.toordinal()
    board = market.boards[who] != "bse"
    after = np.where(late & board, np.floor(shares * 0.01 * _noise(market, "after", at, who)), 0.0)
    none = np.where(late, 0.0, np.nan)
    return {
        "open": opened / 100, "high": high / 100, "low": low / 100, "close": close / 100,
        "pre_close": reference / 100, "change": change / 100,
        "pct_chg": np.round(change / reference * 100, 4),
        "vol": shares / 100, "amount": paid / 100_000,
        "ah_vol": after / 100 + none, "ah_amount": np.round(after * close / 100_000, 5) + none,
    }  # fmt: skip


def volume(market: Market, at: Index, who: Index) -> NDArray[np.float64]:
    """Traded shares, whole."""
    active = np.exp(3.5 * _noise(market, "volume", at, who) - 2.0) / 400
    return np.floor(market.shares[at, who] * 1e4 * active) + 100


def factors(market: Market, at: Index, who: Index) -> Columns:
    """`adj_factor`: of every listed share, halted ones too."""
    return {"adj_factor": market.factor[at, who] / 1e4}


def basics(market: Market, at: Index, who: Index) -> Columns:
    """`daily_basic`: shares and values in ten thousands, ratios in percent, no PE for losses."""
    close = market.close[at, who] / 100
    total = market.shares[at, who].astype(float)
    loose = np.floor(total * (0.5 + 0.5 * uniform(market.seed, "float", who)))
    free = np.floor(loose * 0.7)
    shares = volume(market, at, who)
    earn = uniform(market.seed, "earn", who) * 0.12 - 0.02
    book = 0.3 + uniform(market.seed, "book", who)
    value = np.round(close * total, 4)
    pe = np.where(earn > 0, np.round(1 / np.where(earn > 0, earn, 1), 4), np.nan)
    paid = np.where(earn > 0.03, np.round(earn * 30, 4), np.nan)
    up, down = _limits(market, at, who)
    status = np.where(market.close[at, who] >= up, 1, np.where(market.close[at, who] <= down, 2, 0))
    return {
        "close": close,
        "turnover_rate": np.round(shares / (loose * 1e4) * 100, 4),
        "turnover_rate_f": np.round(shares / (free * 1e4) * 100, 4),
        "volume_ratio": np.round(0.5 + _noise(market, "ratio", at, who), 2),
        "pe": pe, "pe_ttm": np.round(pe * 1.05, 4), "pb": np.round(1 / book, 4),
        "ps": np.round(2 / book, 4), "ps_ttm": np.round(2.1 / book, 4),
        "dv_ratio": paid, "dv_ttm": np.round(paid * 0.9, 4),
        "total_share": total, "float_share": loose, "free_share": free,
        "total_mv": value, "circ_mv": np.round(close * loose, 4),
        "limit_status": status.astype(float),
    }  # fmt: skip


def _limits(market: Market, at: Index, who: Index) -> tuple[NDArray, NDArray]:
    """Upper and lower limit of cells in fen; NaN where there is none."""
    up, down = np.full(len(at), np.nan), np.full(len(at), np.nan)
    for one in np.unique(at):
        mine = at == one
        low, high = market.bands(int(one), market.reference[one].astype(float))
        up[mine], down[mine] = high[who[mine]], low[who[mine]]
    return up, down


def limits(market: Market, at: Index, who: Index) -> Columns:
    """`stk_limit`: null limits on days without them."""
    up, down = _limits(market, at, who)
    return {
        "pre_close": market.reference[at, who] / 100,
        "up_limit": up / 100,
        "down_limit": down / 100,
    }


def flows(market: Market, at: Index, who: Index) -> Columns:
    """`moneyflow`: hands and ten thousands of CNY in four sizes; they add up to the bar."""
    bar = bars(market, at, who)
    hands, money = np.floor(bar["vol"]), bar["amount"] / 10
    made: Columns = {}
    for side in ("buy", "sell"):
        weights = [
            0.1 + _noise(market, f"{side}{size}", at, who) for size in ("sm", "md", "lg", "elg")
        ]
        whole = sum(weights)
        left = hands
        for size, weight in zip(("sm", "md", "lg", "elg"), weights, strict=True):
            part = left if size == "elg" else np.floor(hands * weight / whole)
            left = left - part
            made[f"{side}_{size}_vol"] = part
            made[f"{side}_{size}_amount"] = np.round(money * part / np.maximum(hands, 1), 2)
    tilt = _noise(market, "net", at, who) - 0.5
    made["net_mf_vol"] = np.floor(hands * tilt)
    made["net_mf_amount"] = np.round(money * tilt, 2)
    return made


def margins(market: Market, at: Index, who: Index) -> Columns:
    """`margin_detail`: CNY and shares; names only from 2019-09-10."""
    size = market.shares[at, who] * 1e4
    owed = np.floor(size * 0.3 * (1 + _noise(market, "rzye", at, who)))
    lent = np.floor(size * 1e-4 * _noise(market, "rqyl", at, who))
    value = np.round(lent * market.reference[at, who] / 100, 2)
    named = market.ordinals[at] >= date(2019, 9, 10).toordinal()
    names = [market.stocks[one].name if has else None for one, has in zip(who, named, strict=True)]
    return {
        "name": names, "rzye": owed, "rqye": value, "rzmre": np.floor(owed * 0.05),
        "rqyl": lent, "rzche": np.floor(owed * 0.045), "rqchl": np.floor(lent * 0.1),
        "rqmcl": np.floor(lent * 0.12), "rzrqye": owed + value,
    }  # fmt: skip


def northbound(market: Market, at: Index, who: Index) -> Columns:
    """`hk_hold`: shares and percent."""
    share = np.round(5 * _noise(market, "north", at, who), 2)
    codes = [market.stocks[one].code_on(market.sessions[day]) for day, one in zip(at, who)]  # noqa: B905
    shanghai = [code.endswith(".SH") for code in codes]
    return {
        "code": [
            ("9" if sh else "7") + code[1:5] for code, sh in zip(codes, shanghai, strict=True)
        ],
        "name": [market.stocks[one].name for one in who],
        "vol": np.floor(market.shares[at, who] * 1e4 * share / 100),
        "ratio": share,
        "exchange": ["SH" if sh else "SZ" for sh in shanghai],
    }


TABLES: Mapping[str, Callable[[Market, Index, Index], Columns]] = {
    "daily": bars,
    "adj_factor": factors,
    "daily_basic": basics,
    "stk_limit": limits,
    "moneyflow": flows,
    "margin_detail": margins,
    "hk_hold": northbound,
}
