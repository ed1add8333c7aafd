"""How numbers are written: digits, per cents, headings.

1. `COLUMNS` says for each column of a study what it is called and how it is written.
2. `write` writes one value; `write_table` a whole frame of text, ready for any medium.

A missing value is written as an en dash, never as 0 and never as an empty cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

__all__ = ["COLUMNS", "MISSING", "Column", "write", "write_table"]

MISSING = "–"


@dataclass(frozen=True)
class Column:
    """Heading and way of writing of one column.

    Parameters
    ----------
    heading : str
        What the reader sees, unit included.
    style : {"number", "percent", "count", "text"}
        How the values are written; see `write`.
    """

    heading: str
    style: str


COLUMNS: Mapping[str, Column] = {
    "horizon": Column("Horizon (sessions)", "count"),
    "quantile": Column("Quantile", "count"),
    "lag": Column("Lag (sessions)", "count"),
    "rank_ic": Column("Rank IC", "number"),
    "mean": Column("Mean", "number"),
    "std": Column("Std", "number"),
    "icir": Column("ICIR", "number"),
    "icir_annual": Column("ICIR, annual", "number"),
    "t_newey_west": Column("t (NW)", "number"),
    "p_value": Column("p", "number"),
    "t_cosine": Column("t (cosine)", "number"),
    "p_cosine": Column("p (cosine)", "number"),
    "lags": Column("Lags", "count"),
    "n": Column("N", "count"),
    "n_effective": Column("N effective", "count"),
    "hit_rate": Column("Hit rate", "percent"),
    "spread": Column("Spread, annual", "percent"),
    "spread_t": Column("t of spread", "number"),
    "monotonicity": Column("Monotonicity", "number"),
    "annual_return": Column("Return, annual", "percent"),
    "annual_volatility": Column("Volatility, annual", "percent"),
    "turnover": Column("Turnover", "percent"),
    "coverage": Column("Coverage", "percent"),
    "cumulative_ic": Column("Cumulative rank IC", "number"),
    "cumulative_t": Column("Cumulative t", "number"),
}


def write(value: object, style: str = "number") -> str:
    """Write one value as text.

    Parameters
    ----------
    value : object
        A number or anything with a text form.
    style : {"number", "percent", "count", "text"}
        ``number`` and ``percent`` show four significant digits, ``percent`` of the value times
        one hundred; ``count`` rounds to a whole number; ``text`` is ``str(value)``.

    Returns
    -------
    str
        The text; NaN, None and infinities give an en dash.

    Examples
    --------
    >>> write(0.0312345), write(0.0312345, "percent"), write(1234.4, "count")
    ('0.03123', '3.123%', '1,234')
    >>> write(float("nan"))
    '–'
    """
    if style == "text":
        return str(value)
    if value is None or not math.isfinite(number := float(value)):  # type: ignore[arg-type]
        return MISSING
    if style == "count":
        return f"{round(number):,}"
    if style == "percent":
        return f"{_significant(number * 100)}%"
    return _significant(number)


def _significant(number: float) -> str:
    """Four significant digits; exponents only below 1e-4 and from 1e4 plain whole numbers."""
    return f"{number:,.0f}" if abs(number) >= 1e4 else f"{number:#.4g}".rstrip(".")


def write_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Write a frame of a study as text, index included.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns and index names are looked up in `COLUMNS`; an unknown one keeps its name and is
        written as a number where it holds numbers, as text otherwise.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, index turned into leading columns, every cell a str.

    Examples
    --------
    >>> frame = pd.DataFrame({"hit_rate": [0.5]}, index=pd.Index([5], name="horizon"))
    >>> write_table(frame).to_dict("records")
    [{'Horizon (sessions)': '5', 'Hit rate': '50.00%'}]
    """
    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    written: dict[str, list[str]] = {}
    for name in flat.columns:
        values = flat[name]
        numeric = pd.api.types.is_numeric_dtype(values.dtype)
        column = COLUMNS.get(str(name), Column(str(name), "number"))
        written[column.heading] = [write(v, column.style if numeric else "text") for v in values]
    return pd.DataFrame(written)
