"""What all windows along time share: roles of their literals, look-back, NaN rules, sources."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from workbench.factor.operator import Axis, Literal, Role, choice, operator

__all__ = [
    "BRAIN",
    "FLAT",
    "GTJA",
    "PAPER",
    "QLIB",
    "SHAPE",
    "STRICT",
    "DeltaLag",
    "Flag",
    "Freedom",
    "PairWindow",
    "Positive",
    "Power",
    "QuadWindow",
    "Sessions",
    "TripleWindow",
    "history",
    "policy",
    "windowed",
]

PAPER = 'Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, appendix A (arXiv:1601.00991).'
GTJA = "Guotai Junan Securities (2017), short-horizon price-volume factors, appendix of functions."
QLIB = "Yang et al. (2020), Qlib, arXiv:2009.11189; its expression engine, windows made strict."
BRAIN = "WorldQuant BRAIN, public list of operators."
SHAPE = "Joanes and Gill (1998), The Statistician 47, 183-189."
STRICT = (
    "strict: NaN if any value of the window is NaN or the window begins before the data; with "
    "min_periods, NaN if fewer values are there."
)
FLAT = (
    " NaN too where a series is constant, relative to its size: "
    "sum of (x - mean)^2 <= 1e-24 * n * sum of x^2."
)

PairWindow = Annotated[int, Role("window", 2)]
TripleWindow = Annotated[int, Role("window", 3)]
QuadWindow = Annotated[int, Role("window", 4)]
DeltaLag = Annotated[int, Role("lag", 1)]
Freedom = Annotated[int, Role("count", 0)]
Power = Annotated[int, Role("count", 2)]
Flag = Annotated[int, Role("count", 0)]
Positive = Annotated[int, Role("count", 1)]
Sessions = choice("calendar", "traded")


def history(window: int, *literals: Literal) -> int:
    """Sessions before t that a window needs; a window of traded sessions may reach twice as far.

    Examples
    --------
    >>> history(20, 0, "calendar"), history(20, 0, "traded")
    (19, 39)
    """
    return 2 * window - 1 if "traded" in literals else window - 1


def policy(*literals: Literal) -> str:
    """Refuse min_periods together with traded sessions, and more periods than the window has."""
    if "traded" in literals and literals[-2]:
        return "min_periods and sessions=traded exclude each other: a traded window is full."
    if literals[-1] in ("calendar", "traded") and literals[-2] > literals[0]:  # type: ignore[operator]
        return f"min_periods={literals[-2]} exceeds the window of {literals[0]}."
    return ""


windowed = partial(
    operator, axis=Axis.TIME, lookback=history, nan_rule=STRICT, source=PAPER, validate=policy
)
