"""Style descriptors of prices: size, beta, volatility and momentum.

Returns are close to close and adjusted; a suspended session has none. Windows count the market's
sessions and want at least half of them, so that one suspension does not blank a year. The market's
return is that of the benchmark index, not the capitalisation-weighted universe, and no riskless
rate is taken off: daily rates are small against daily returns.
"""

from __future__ import annotations

from workbench.factor.library.style_descriptor import BARRA, PRICE, Descriptor

__all__ = ["FORMULAS"]

_MARKET = "nan_mask(pct_change(benchmark_close, 1), isnan(returns))"
_MONTHS = [f"delay({PRICE}, {21 * month})" for month in range(1, 13)]


def _weighted(x: str, half_life: int, window: int = 252, at_least: int = 126) -> str:
    """Mean of `x` with weights that halve every `half_life` sessions."""
    return f"decay_exp({x}, {window}, {0.5 ** (1 / half_life):.12f}, min_periods={at_least})"


def _covariance(x: str, y: str, half_life: int) -> str:
    """Weighted covariance; both are missing on the same sessions."""
    means = f"{_weighted(x, half_life)} * {_weighted(y, half_life)}"
    return f"({_weighted(f'{x} * {y}', half_life)} - {means})"


def _furthest(pick: str, terms: list[str]) -> str:
    """The largest or smallest of several expressions."""
    whole = terms[0]
    for term in terms[1:]:
        whole = f"{pick}({whole}, {term})"
    return whole


_BETA = f"{_covariance('returns', _MARKET, 63)} / {_covariance(_MARKET, _MARKET, 63)}"
_EXPLAINED = f"({_BETA}) * {_covariance('returns', _MARKET, 63)}"
_NO_RATE = "Benchmark for the market, no riskless rate."
_SKIPPED = "Lags count sessions: a month is 21, a year 252."

_SIZE = (
    Descriptor(
        name="lncap",
        published=f"LNCAP: natural logarithm of market capitalisation. {BARRA}.",
        reading="Raw close times all shares outstanding.",
        defects="Counts shares that cannot trade; see lnfloatcap.",
        text="log(cap)",
        theme="size", unit="log CNY", direction=-1,
    ),
    Descriptor(
        name="lnfloatcap",
        published="Logarithm of the value of shares free to trade: size as MSCI China A weighs it.",
        reading="Raw close times float shares, which the store takes from the vendor.",
        defects="Float excludes locked shares only; strategic holders remain in it.",
        text="log(raw_close * float_shares)",
        theme="size", unit="log CNY", direction=-1,
    ),
    Descriptor(
        name="nlsize",
        published=f"NLSIZE: cube of standardised size, orthogonal to size. {BARRA}.",
        reading=(
            "Residual of the cubed z-score of log cap on that z-score, each session by itself, "
            "weighted by root capitalisation."
        ),
        defects="Standardised around the plain mean, not the capitalisation-weighted; not trimmed.",
        text="weighted_regression_neut(zscore(log(cap)) ** 3, sqrt(cap), zscore(log(cap)))",
        theme="size", unit="cubed standard deviations",
    ),
    Descriptor(
        name="lnprice",
        published="Logarithm of the price of a share: Blume & Husic (1973), JF 28, 283-299.",
        reading="Price as quoted, not adjusted.",
        defects="Jumps with splits and bonus shares, as the price people see does.",
        text="log(raw_close)",
        theme="size", unit="log CNY a share", direction=-1,
    ),
)  # fmt: skip

_RISK = (
    Descriptor(
        name="beta",
        published=f"BETA: slope on the market over 252 sessions, half-life 63. {BARRA}.",
        reading="Weighted covariance over weighted variance; weights halve every 63 sessions.",
        defects=_NO_RATE,
        text=_BETA,
        theme="beta", unit="ratio",
    ),
    Descriptor(
        name="beta_ols",
        published="Slope on the market: Sharpe (1964), Journal of Finance 19, 425-442.",
        reading="Equal weights over 252 sessions, at least 126 of them.",
        defects=f"{_NO_RATE} Stale prices bias it towards 0.",
        text=f"ts_beta(returns, {_MARKET}, 252, min_periods=126)",
        theme="beta", unit="ratio",
    ),
    Descriptor(
        name="downside_beta",
        published="Beta where the market falls: Ang, Chen & Xing (2006), RFS 19, 1191-1239.",
        reading="Sessions with a market return below 0, at least 63 of 252.",
        defects=f"{_NO_RATE} The paper's main cut is the mean of the market, not 0.",
        text=f"ts_beta(nan_mask(returns, {_MARKET} >= 0), {_MARKET}, 252, min_periods=63)",
        theme="beta", unit="ratio", direction=1,
    ),
    Descriptor(
        name="hsigma",
        published=f"HSIGMA: deviation of the residual of the BETA regression. {BARRA}.",
        reading="Root of the weighted variance left after the slope; no small-sample term.",
        defects=f"{_NO_RATE} Rounding may leave nothing where the market explains all: then NaN.",
        text=f"sqrt({_covariance('returns', 'returns', 63)} - {_EXPLAINED})",
        theme="volatility", unit="fraction a session", direction=-1,
    ),
    Descriptor(
        name="dastd",
        published=f"DASTD: deviation of daily returns over 252 sessions, half-life 42. {BARRA}.",
        reading="Root of the weighted variance around the weighted mean.",
        defects="No riskless rate.",
        text=f"sqrt({_covariance('returns', 'returns', 42)})",
        theme="volatility", unit="fraction a session", direction=-1,
    ),
    Descriptor(
        name="cmra",
        published=f"CMRA: range of cumulative log returns over 12 months of 21 sessions. {BARRA}.",
        reading=(
            "Largest less smallest of log(close / close T months ago), T = 1 … 12: the difference "
            "of Z as CNE6 defines it, not of log(1 + Z)."
        ),
        defects="A price missing for 21 sessions at one of the months makes it NaN.",
        text=f"log({_furthest('maximum', _MONTHS)}) - log({_furthest('minimum', _MONTHS)})",
        theme="volatility", unit="log", direction=-1,
    ),
    Descriptor(
        name="ivol",
        published="Idiosyncratic volatility of a month: Ang, Hodrick, Xing & Zhang (2006), JF 61.",
        reading="Deviation of returns times root of one less R squared, 21 sessions.",
        defects="One factor instead of the paper's three; n - 1 instead of n - 2 in the deviation.",
        text=(
            "stddev(returns, 21, min_periods=15) * sqrt(1 - ts_regression(returns, "
            f"{_MARKET}, 21, out=rsquare, min_periods=15))"
        ),
        theme="volatility", unit="fraction a session", direction=-1,
    ),
    Descriptor(
        name="vol_63",
        published="Total volatility: Blitz & van Vliet (2007), JPM 34, 102-113.",
        reading="Deviation of 63 daily returns; the paper takes three years of weeks.",
        defects="Shorter and daily, hence more moved by single events.",
        text="stddev(returns, 63, min_periods=42)",
        theme="volatility", unit="fraction a session", direction=-1,
    ),
    Descriptor(
        name="range_vol",
        published="Volatility from high and low: Parkinson (1980), Journal of Business 53, 61-65.",
        reading="Root of the mean of log(high / low) squared over 4 log 2, 21 sessions.",
        defects="Price limits cut the range; discrete trading makes it too small.",
        text="sqrt(ts_mean(log(high / low) ** 2, 21, min_periods=15) / 2.77258872224)",
        theme="volatility", unit="fraction a session", direction=-1,
    ),
)  # fmt: skip

_MOMENTUM = (
    Descriptor(
        name="rstr",
        published=f"RSTR: log returns over 504 sessions, half-life 126, lagged by 21. {BARRA}.",
        reading="Weighted mean of log returns; Barra's weighted sum is a multiple of it.",
        defects="No riskless rate.",
        text=f"delay({_weighted('log_return', 126, 504, 252)}, 21)",
        theme="momentum", unit="log a session", direction=1,
    ),
    Descriptor(
        name="mom_12_1",
        published="Return of months -12 to -2: Jegadeesh & Titman (1993), JF 48, 65-91.",
        reading="From 252 to 21 sessions ago, as the UMD factor of Carhart (1997) skips a month.",
        defects=f"{_SKIPPED} Weak in Chinese shares.",
        text=f"delay({PRICE}, 21) / delay({PRICE}, 252) - 1",
        theme="momentum", unit="fraction", direction=1,
    ),
    Descriptor(
        name="reversal_1m",
        published="Return of the last month: Jegadeesh (1990), JF 45, 881-898.",
        reading="21 sessions up to and with this one; winners lose.",
        defects="Holds the bounce between bid and ask; it costs turnover to earn.",
        text=f"{PRICE} / delay({PRICE}, 21) - 1",
        theme="momentum", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="reversal_long",
        published="Return of months -36 to -13: De Bondt & Thaler (1985), JF 40, 793-805.",
        reading="From 756 to 252 sessions ago; winners lose.",
        defects=f"{_SKIPPED} Wants three years of history.",
        text=f"delay({PRICE}, 252) / delay({PRICE}, 756) - 1",
        theme="momentum", unit="fraction", direction=-1,
    ),
    Descriptor(
        name="high_52w",
        published="Price over its highest of 52 weeks: George & Hwang (2004), JF 59, 2145-2176.",
        reading="Adjusted close over the highest adjusted high of 252 sessions.",
        defects="The first sessions of a new listing, at the limit every day, count as highs.",
        text=f"{PRICE} / ts_max(high, 252, min_periods=126)",
        theme="momentum", unit="ratio", direction=1,
    ),
    Descriptor(
        name="seasonal",
        published="Return of the same month a year ago: Heston & Sadka (2008), JFE 87, 418-445.",
        reading="From 252 to 231 sessions ago.",
        defects=f"{_SKIPPED} The lunar new year moves between calendar months.",
        text=f"delay({PRICE}, 231) / delay({PRICE}, 252) - 1",
        theme="momentum", unit="fraction", direction=1,
    ),
    Descriptor(
        name="mom_industry",
        published="Momentum of the industry: Moskowitz & Grinblatt (1999), JF 54, 1249-1290.",
        reading="Equal-weighted mean of six-month returns over the members of the industry.",
        defects="The paper weighs by value.",
        text=f"group_mean({PRICE} / delay({PRICE}, 126) - 1, industry)",
        theme="momentum", unit="fraction", direction=1,
    ),
    Descriptor(
        name="smoothness",
        published="Information discreteness: Da, Gurun & Warachka (2014), RFS 27, 2171-2218.",
        reading="Sign of the year's return times share of falling less rising sessions.",
        defects="Meant beside momentum: smooth winners go on. Flat sessions are neither.",
        text=(
            f"sign({PRICE} / delay({PRICE}, 252) - 1) * (ts_mean(returns < 0, 252, "
            "min_periods=126) - ts_mean(returns > 0, 252, min_periods=126))"
        ),
        theme="momentum", unit="fraction of sessions", direction=-1,
    ),
)  # fmt: skip

FORMULAS: tuple[Descriptor, ...] = (*_SIZE, *_RISK, *_MOMENTUM)
"""Descriptors of size, beta, volatility and momentum."""
