"""Style descriptors of trading: liquidity, and what is special about Chinese shares.

Turnover is shares traded over shares free to trade, both as reported. A suspended session has no
volume; windows want at least two thirds of their sessions. Limits are compared as quoted.
"""

from __future__ import annotations

from workbench.factor.library.style_descriptor import BARRA, Descriptor

__all__ = ["FORMULAS"]

_TURNOVER = "raw_volume / float_shares"
_FLOAT = "Float shares of the vendor; Barra divides by all shares outstanding."
_NO_TRADE = "nan_mask(isnan(raw_volume) | raw_volume == 0, listed == 0)"
_BOUNCE = "covariance(returns, delay(returns, 1), 63, min_periods=42)"
_PAIR_LOW, _PAIR_HIGH = "ts_min(low, 2)", "ts_max(high, 2)"
_SPREAD_BETA = "ts_sum(log(high / low) ** 2, 2)"
_SPREAD_ALPHA = (
    f"((sqrt(2 * {_SPREAD_BETA}) - sqrt({_SPREAD_BETA})) / 0.171572875254 - "
    f"log({_PAIR_HIGH} / {_PAIR_LOW}) / 0.414213562373)"
)
_SPREAD = f"2 * (exp({_SPREAD_ALPHA}) - 1) / (1 + exp({_SPREAD_ALPHA}))"


def _largest(count: int) -> str:
    """Mean of the largest daily returns of 21 traded sessions: order statistics are quantiles."""
    ranks = [f"ts_quantile(returns, 21, {1 - place / 20:g}, sessions=traded)"
             for place in range(count)]  # fmt: skip
    return f"({' + '.join(ranks)}) / {count}"


_LIQUIDITY = (
    Descriptor(
        name="stom",
        published=f"STOM: log of a month's turnover, 21 sessions. {BARRA}.",
        reading="Log of the sum of daily turnover.",
        defects=f"{_FLOAT} Missing sessions count as no turnover.",
        text=f"log(ts_sum({_TURNOVER}, 21, min_periods=14))",
        theme="liquidity", unit="log", direction=-1,
    ),
    Descriptor(
        name="stoq",
        published=f"STOQ: log of the mean monthly turnover of a quarter. {BARRA}.",
        reading="Log of a third of the sum over 63 sessions.",
        defects=_FLOAT,
        text=f"log(ts_sum({_TURNOVER}, 63, min_periods=42) / 3)",
        theme="liquidity", unit="log", direction=-1,
    ),
    Descriptor(
        name="stoa",
        published=f"STOA: log of the mean monthly turnover of a year. {BARRA}.",
        reading="Log of a twelfth of the sum over 252 sessions.",
        defects=_FLOAT,
        text=f"log(ts_sum({_TURNOVER}, 252, min_periods=168) / 12)",
        theme="liquidity", unit="log", direction=-1,
    ),
    Descriptor(
        name="amihud",
        published="Mean of |return| over traded value: Amihud (2002), JFM 5, 31-56.",
        reading="252 sessions, returns a million CNY traded.",
        defects="At a limit little trades and the ratio explodes; prices' limits cut the return.",
        text="1000000 * ts_mean(abs(returns) / amount, 252, min_periods=168)",
        theme="liquidity", unit="fraction a million CNY", direction=1,
    ),
    Descriptor(
        name="zero_returns",
        published="Share of sessions without a move: Lesmond, Ogden & Trzcinka (1999), RFS 12.",
        reading="Sessions with a return of exactly 0 among 252; suspended ones are left out.",
        defects="A coarse tick makes zeros of small moves in cheap shares.",
        text="ts_mean(returns == 0, 252, min_periods=168)",
        theme="liquidity", unit="fraction of sessions", direction=1,
    ),
    Descriptor(
        name="zero_trades",
        published="Share of sessions without a trade: Liu (2006), JFE 82, 631-671.",
        reading="Listed sessions of 252 without volume, mostly suspensions in China.",
        defects="Without the paper's small term in turnover, so that most shares tie at 0.",
        text=f"ts_mean({_NO_TRADE}, 252, min_periods=168)",
        theme="liquidity", unit="fraction of sessions", direction=1,
    ),
    Descriptor(
        name="dollar_volume",
        published="Log of traded value: Brennan, Chordia & Subrahmanyam (1998), JFE 49, 345-373.",
        reading="Log of the mean of 21 sessions.",
        defects="Mostly size.",
        text="log(ts_mean(amount, 21, min_periods=14))",
        theme="liquidity", unit="log CNY", direction=-1,
    ),
    Descriptor(
        name="turnover_vol",
        published="Variability of turnover: Chordia, Subrahmanyam & Anshuman (2001), JFE 59, 3-32.",
        reading="Log of the deviation of daily turnover over 63 sessions.",
        defects="The paper takes 36 months of monthly turnover.",
        text=f"log(stddev({_TURNOVER}, 63, min_periods=42))",
        theme="liquidity", unit="log", direction=-1,
    ),
    Descriptor(
        name="roll_spread",
        published="Effective spread from reversals: Roll (1984), Journal of Finance 39, 1127-1139.",
        reading="Twice the root of minus the covariance of neighbouring returns; 0 if positive.",
        defects="Momentum at price limits hides the spread.",
        text=f"2 * sqrt(maximum(-1 * {_BOUNCE}, 0))",
        theme="liquidity", unit="fraction", direction=1,
    ),
    Descriptor(
        name="high_low_spread",
        published="Spread from highs and lows: Corwin & Schultz (2012), Journal of Finance 67.",
        reading="Mean over 21 sessions of the two-session estimate; negative ones are 0.",
        defects="Without the paper's adjustment for the night; limits cut highs and lows.",
        text=f"ts_mean(maximum({_SPREAD}, 0), 21, min_periods=14)",
        theme="liquidity", unit="fraction", direction=1,
    ),
)  # fmt: skip

_CHINA = (
    Descriptor(
        name="abnormal_turnover",
        published="Turnover of a month over that of a year: Liu, Stambaugh & Yuan (2019), JFE 134.",
        reading="Mean of 21 sessions over mean of 252, less 1.",
        defects="The paper's year is 250 sessions.",
        text=(
            f"ts_mean({_TURNOVER}, 21, min_periods=14) / "
            f"ts_mean({_TURNOVER}, 252, min_periods=168) - 1"
        ),
        theme="lottery", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="max1",
        published="Largest daily return of a month: Bali, Cakici & Whitelaw (2011), JFE 99.",
        reading="Largest of the last 21 traded sessions, within 42; NaN while suspended.",
        defects="Price limits cap it: many shares tie at 10% or 20%.",
        text=_largest(1).replace(" / 1", ""),
        theme="lottery", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="max5",
        published="Mean of the five largest daily returns of a month: Bali et al. (2011), JFE 99.",
        reading="Of the last 21 traded sessions, within 42; NaN while suspended.",
        defects="Price limits cap it, less than max1.",
        text=_largest(5),
        theme="lottery", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="skewness",
        published="Skewness of daily returns: Boyer, Mitton & Vorkink (2010), RFS 23, 169-202.",
        reading="Total skewness of 63 sessions, as realised.",
        defects="The paper forecasts idiosyncratic skewness; this is what was.",
        text="skew(returns, 63, min_periods=42)",
        theme="lottery", unit="none", direction=-1,
    ),
    Descriptor(
        name="overnight",
        published="Return from close to open: Lou, Polk & Skouras (2019), JFE 134, 192-213.",
        reading="Sum of the logs over 21 sessions; adjusted prices hold the dividend.",
        defects="The open of Chinese shares is an auction that few trade in.",
        text="ts_sum(log(open / delay(close, 1)), 21, min_periods=14)",
        theme="momentum", unit="log",
    ),
    Descriptor(
        name="intraday",
        published="Return from open to close: Lou, Polk & Skouras (2019), JFE 134, 192-213.",
        reading="Sum of the logs over 21 sessions.",
        defects="T+1 keeps buyers of the day from selling: it differs from other markets.",
        text="ts_sum(log(close / open), 21, min_periods=14)",
        theme="momentum", unit="log",
    ),
    Descriptor(
        name="tug_of_war",
        published="Overnight less intraday return: Lou, Polk & Skouras (2019), JFE 134, 192-213.",
        reading="Both as sums of logs over 21 sessions.",
        defects="Each part of the day persists in its own part; close to close they offset.",
        text=(
            "ts_sum(log(open / delay(close, 1)), 21, min_periods=14) - "
            "ts_sum(log(close / open), 21, min_periods=14)"
        ),
        theme="momentum", unit="log",
    ),
    Descriptor(
        name="limit_ups",
        published="Closes at the upper limit: Chen, Gao, He, Jiang & Xiong (2019), JoE 208.",
        reading="Sessions among 21 whose close as quoted is the limit as quoted.",
        defects="Sessions without a limit (new listings) are left out; a touch is not counted.",
        text="ts_sum(raw_close >= raw_up_limit, 21, min_periods=14)",
        theme="lottery", unit="sessions", direction=-1,
    ),
    Descriptor(
        name="limit_downs",
        published="Closes at the lower limit, as limit_ups.",
        reading="Sessions among 21 whose close as quoted is the lower limit as quoted.",
        defects="Who cannot sell at the limit sells later: part of the fall is still to come.",
        text="ts_sum(raw_close <= raw_down_limit, 21, min_periods=14)",
        theme="lottery", unit="sessions", direction=-1,
    ),
    Descriptor(
        name="large_orders",
        published="Net buying by the largest orders: vendors' money flow, from 2010 on.",
        reading="Value bought less sold by extra large orders over value traded, 21 sessions.",
        defects="Vendors classify orders each in their own way; institutions split theirs.",
        text=(
            "ts_sum(buy_extra_large_amount - sell_extra_large_amount, 21, min_periods=14) / "
            "ts_sum(amount, 21, min_periods=14)"
        ),
        theme="flow", unit="fraction",
    ),
    Descriptor(
        name="northbound",
        published="Change of holdings through Stock Connect over a month.",
        reading="Change of the share of issued capital over 20 sessions.",
        defects="Daily figures ended on 2024-08-20; the vendor's gaps stay gaps.",
        text="delta(share_of_issued, 20)",
        theme="flow", unit="fraction",
    ),
    Descriptor(
        name="margin",
        published="Financing balance over float value: leverage of small investors.",
        reading="Balance published this morning, of the session before, over raw close and float.",
        defects="Only shares admitted to margin trading have a balance.",
        text="financing_balance / (raw_close * float_shares)",
        theme="flow", unit="fraction",
    ),
)  # fmt: skip

FORMULAS: tuple[Descriptor, ...] = (*_LIQUIDITY, *_CHINA)
"""Descriptors of liquidity and of Chinese shares."""
