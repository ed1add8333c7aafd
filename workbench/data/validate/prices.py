"""Rules of price tables, by the catalogue's word `checks`, and units off by powers of ten.

========= ====================================================================================
bars      prices above 0, high at least low, open and close between them, volume and amount not
          negative, a daily bar traded; told: average price (amount / volume, or the vendor's)
          more than a tick outside the day's range, reference price not above 0
factor    finite and above 0
basic     told: market values more than 0.2 % from close x shares; negative share counts or prices
limits    down below up, both above 0 (0 and 99999.99 mean none), reference between them
========= ====================================================================================

Where most rows of a frame miss by one power of ten the units are wrong, and no row is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.validate.rules import Rule

__all__ = ["NO_LIMIT", "rules_of", "unit_error"]

NO_LIMIT = 99_999.0
"""An up limit from here on says that there is none."""
_TICK = 0.01
_ROUNDED = 1.0
"""Amounts are published to 1 currency unit, volumes to 1 share."""
_VALUE_SHARE = 0.002
_MOST, _FEWEST = 0.8, 3
_NEAR = 0.1
"""Half the distance, in powers of ten, within which a row agrees with a factor."""


def rules_of(dataset: Dataset) -> tuple[Rule, ...]:
    """The rules that the catalogue asks for, none where it asks for none."""
    make = _RULES.get(dataset.checks)
    return () if make is None else make(dataset)


def unit_error(dataset: Dataset, frame: pl.DataFrame) -> str:
    """Why the units of a whole frame are wrong; empty while they look right.

    Two quantities that must be of one size (average price and mid price, market value and close
    x shares) are compared. If 80 % of the rows, and at least 3, miss by the same power of ten, a
    column is in lots, thousands or ten thousands.

    Examples
    --------
    >>> from workbench.data.catalog import dataset
    >>> rows = pl.DataFrame(
    ...     {
    ...         "high": [10.0, 20.0, 5.0],
    ...         "low": [9.0, 18.0, 5.0],
    ...         "volume": [1e4, 2e4, 3e4],
    ...         "amount": [95.0, 380.0, 150.0],
    ...     }
    ... )
    >>> unit_error(dataset("cn.bars_1d"), rows)
    'units: amount / volume is 0.001 times the mid price in 3 of 3 rows'
    """
    for name, ratio in _SIZES.get(dataset.checks, lambda _: {})(dataset).items():
        found = frame.select(ratio.log10()).to_series()
        powers = found.filter(found.is_finite()).to_numpy()
        if len(powers) < _FEWEST:
            continue
        power = float(np.rint(np.median(powers)))
        hits = int((np.abs(powers - power) < _NEAR).sum())
        if power and hits >= max(_FEWEST, _MOST * len(powers)):
            return f"units: {name.format(f'{10.0**power:g}')} in {hits} of {len(powers)} rows"
    return ""


def _average(dataset: Dataset) -> pl.Expr:
    if "vwap" in dataset:
        return pl.col("vwap")
    volume = pl.col("volume")
    return pl.when(volume > 0).then(pl.col("amount") / volume)


def _bars(dataset: Dataset) -> tuple[Rule, ...]:
    high, low, volume = pl.col("high"), pl.col("low"), pl.col("volume")
    price = [pl.col(name) for name in ("open", "high", "low", "close")]
    sound = pl.all_horizontal((one.is_finite() & (one > 0)).fill_null(False) for one in price)
    outside = pl.any_horizontal((one > high) | (one < low) for one in (price[0], price[3]))
    average = _average(dataset)
    slack = _TICK + _ROUNDED * (1.0 + high) / volume
    rules = [
        Rule("prices", "a price is missing, not finite or not above 0", ~sound),
        Rule("range", "high is below low", high < low),
        Rule("inside", "open or close lies outside low to high", outside & (high >= low)),
        Rule("volume", "volume is negative or not finite", ~((volume >= 0) & volume.is_finite())),
        Rule(
            "average",
            "the average price lies more than a tick outside low to high",
            ((average < low - slack) | (average > high + slack)) & (volume > 0),
            removes=False,
        ),
    ]
    if "amount" in dataset:
        amount = pl.col("amount")
        sound = (amount >= 0) & amount.is_finite()
        rules.append(Rule("amount", "amount is negative or not finite", ~sound))
    if dataset.day == "session":
        # A minute without a trade carries its price; a day without one is no bar.
        rules.append(Rule("traded", "a day without volume is no bar", volume == 0))
    if "pre_close" in dataset:
        before = pl.col("pre_close")
        rules.append(
            Rule("reference", "the reference price is not above 0", ~(before > 0), removes=False)
        )
    return tuple(rules)


def _factor(dataset: Dataset) -> tuple[Rule, ...]:
    value = pl.col("adj_factor")
    sound = value.is_finite() & (value > 0)
    return (
        Rule("factor", "the factor is missing, not finite or not above 0",
             ~sound | value.is_null()),
    )  # fmt: skip


def _basic(dataset: Dataset) -> tuple[Rule, ...]:
    found = [
        Rule("close", "close is not above 0", ~(pl.col("close") > 0), removes=False),
        Rule(
            "counts",
            "a count of shares is negative",
            pl.any_horizontal(pl.col("shares") < 0, pl.col("float_shares") < 0),
            removes=False,
        ),
    ]
    for name, ratio in (("total", _value("market_cap", "shares")),
                        ("float", _value("float_market_cap", "float_shares"))):  # fmt: skip
        reason = f"the {name} market value is not close x {name} shares"
        found.append(Rule(name, reason, (ratio - 1.0).abs() > _VALUE_SHARE, removes=False))
    return tuple(found)


def _value(value: str, shares: str) -> pl.Expr:
    own = pl.col("close") * pl.col(shares)
    return pl.when(own > 0).then(pl.col(value) / own)


def _limits(dataset: Dataset) -> tuple[Rule, ...]:
    up, down, before = pl.col("up_limit"), pl.col("down_limit"), pl.col("pre_close")
    limited = (up < NO_LIMIT) & (up > 0)
    return (
        Rule("finite", "a limit is negative or not finite",
             ~(up.is_finite() & down.is_finite() & (up >= 0) & (down >= 0))),
        Rule("order", "the down limit is not below the up limit", (down >= up) & limited),
        Rule("reference", "the reference price lies outside its limits",
             ((before > up) | (before < down)) & limited & (before > 0)),
    )  # fmt: skip


_RULES: Mapping[str, Callable[[Dataset], tuple[Rule, ...]]] = MappingProxyType(
    {"bars": _bars, "factor": _factor, "basic": _basic, "limits": _limits}
)
_SIZES: Mapping[str, Callable[[Dataset], dict[str, pl.Expr]]] = MappingProxyType(
    {
        "bars": lambda dataset: {
            ("vwap" if "vwap" in dataset else "amount / volume")
            + " is {} times the mid price": _average(dataset)
            / ((pl.col("high") + pl.col("low")) / 2)
        },
        "basic": lambda _: {
            "market_cap is {} times close x shares": _value("market_cap", "shares"),
            "float_market_cap is {} times close x float_shares": _value(
                "float_market_cap", "float_shares"
            ),
        },
    }
)
