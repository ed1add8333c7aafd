"""Qlib's Alpha158: 9 shapes of the bar, 4 prices and 29 rolling families over 5 windows.

The text of each formula is Qlib's own and is read by `workbench.factor.profiles.qlib`: with the
profile ``qlib`` as Qlib computes it (windows take what they find, comparisons with NaN are false),
with ``qlib_strict`` by this language's rules (a window with a hole is NaN). Both give ordinary
factors in which everything is explicit. The 1e-12 that Qlib adds to divisors is kept in both; it
is in the unit of what it is added to (currency, shares). What Qlib does and we do not is said in
`workbench.factor.profiles.qlib`.

The names are Qlib's. ``MIN5`` is the family that Qlib's configuration calls LOW; ``LOW0`` is a
price. The set that is usually meant, without prices of earlier sessions and without volumes, is
the one here.

Source: Yang et al. (2020), "Qlib: An AI-oriented Quantitative Investment Platform",
arXiv:2009.11189; github.com/microsoft/qlib, ``qlib/contrib/data/loader.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from workbench.errors import OperatorArgumentError
from workbench.factor.factor import Factor
from workbench.factor.library.formula import Formula, mapping_of

__all__ = ["FORMULAS", "alpha158", "read_as"]

WINDOWS = (5, 10, 20, 30, 60)

_BAR = (
    ("KMID", "($close-$open)/$open", "Body of the bar over the open."),
    ("KLEN", "($high-$low)/$open", "Range of the bar over the open."),
    ("KMID2", "($close-$open)/($high-$low+1e-12)", "Body over range; 0 where high equals low."),
    ("KUP", "($high-Greater($open, $close))/$open", "Upper shadow over the open."),
    ("KUP2", "($high-Greater($open, $close))/($high-$low+1e-12)", "Upper shadow over range."),
    ("KLOW", "(Less($open, $close)-$low)/$open", "Lower shadow over the open."),
    ("KLOW2", "(Less($open, $close)-$low)/($high-$low+1e-12)", "Lower shadow over range."),
    ("KSFT", "(2*$close-$high-$low)/$open", "Close above the middle of the range, over the open."),
    ("KSFT2", "(2*$close-$high-$low)/($high-$low+1e-12)", "The same over range, -1 … 1."),
    ("OPEN0", "$open/$close", "Open over close."),
    ("HIGH0", "$high/$close", "High over close."),
    ("LOW0", "$low/$close", "Low over close."),
    ("VWAP0", "$vwap/$close", "Vwap over close."),
)

_GAINS = "Sum(Greater({x}-Ref({x}, 1), 0), {d})"
_LOSSES = "Sum(Greater(Ref({x}, 1)-{x}, 0), {d})"
_MOVED = "(Sum(Abs({x}-Ref({x}, 1)), {d})+1e-12)"
_SIGNED = "Abs($close/Ref($close, 1)-1)*$volume"
_UP, _DOWN = "Mean($close>Ref($close, 1), {d})", "Mean($close<Ref($close, 1), {d})"


def _moves(x: str) -> list[str]:
    """Gains, losses and their difference over all moves of `x`, the window left open."""
    parts = (f"{_GAINS}/{_MOVED}", f"{_LOSSES}/{_MOVED}", f"({_GAINS}-{_LOSSES})/{_MOVED}")
    return [part.format(x=x, d="{d}") for part in parts]


_SUMP, _SUMN, _SUMD = _moves("$close")
_VSUMP, _VSUMN, _VSUMD = _moves("$volume")
_RSV = "($close-Min($low, {d}))/(Max($high, {d})-Min($low, {d})+1e-12)"
_CORD = "Corr($close/Ref($close,1), Log($volume/Ref($volume, 1)+1), {d})"

_ROLLING = (
    ("ROC", "Ref($close, {d})/$close", "Close {d} sessions ago over close: 1 / (1 + return)."),
    ("MA", "Mean($close, {d})/$close", "Mean close of {d} sessions over close."),
    ("STD", "Std($close, {d})/$close", "Deviation of close over close."),
    ("BETA", "Slope($close, {d})/$close", "Slope of close a session, over close."),
    ("RSQR", "Rsquare($close, {d})", "How straight the close moved, 0 … 1."),
    ("RESI", "Resi($close, {d})/$close", "Close above its own line of {d} sessions, over close."),
    ("MAX", "Max($high, {d})/$close", "Highest high over close."),
    ("MIN", "Min($low, {d})/$close", "Lowest low over close."),
    ("QTLU", "Quantile($close, {d}, 0.8)/$close", "Upper fifth of the closes over close."),
    ("QTLD", "Quantile($close, {d}, 0.2)/$close", "Lower fifth of the closes over close."),
    ("RANK", "Rank($close, {d})", "Share of the closes that this one is not below."),
    ("RSV", _RSV, "Place of the close between lowest low and highest high."),
    ("IMAX", "IdxMax($high, {d})/{d}", "Place of the highest high in the window; 1 is today."),
    ("IMIN", "IdxMin($low, {d})/{d}", "Place of the lowest low in the window; 1 is today."),
    ("IMXD", "(IdxMax($high, {d})-IdxMin($low, {d}))/{d}", "High later than low, in windows."),
    ("CORR", "Corr($close, Log($volume+1), {d})", "Close against the logarithm of volume."),
    ("CORD", _CORD, "Return against the growth of volume."),
    ("CNTP", _UP, "Share of sessions that rose."),
    ("CNTN", _DOWN, "Share of sessions that fell."),
    ("CNTD", f"{_UP}-{_DOWN}", "Share that rose less share that fell."),
    ("SUMP", _SUMP, "Gains over all moves of close, as in RSI."),
    ("SUMN", _SUMN, "Losses over all moves of close; 1 - SUMP."),
    ("SUMD", _SUMD, "Gains less losses over all moves of close."),
    ("VMA", "Mean($volume, {d})/($volume+1e-12)", "Mean volume over volume."),
    ("VSTD", "Std($volume, {d})/($volume+1e-12)", "Deviation of volume over volume."),
    (
        "WVMA",
        f"Std({_SIGNED}, {{d}})/(Mean({_SIGNED}, {{d}})+1e-12)",
        "Deviation over mean of absolute return times volume.",
    ),
    ("VSUMP", _VSUMP, "Gains over all moves of volume."),
    ("VSUMN", _VSUMN, "Losses over all moves of volume; 1 - VSUMP."),
    ("VSUMD", _VSUMD, "Gains less losses over all moves of volume."),
)

# What Qlib builds from the signs: in its engine `>` is the operator Gt.
_SIGNS = {
    "$close>Ref($close, 1)": "Gt($close, Ref($close, 1))",
    "$close<Ref($close, 1)": "Lt($close, Ref($close, 1))",
}
_COUNTED = (
    "A session without a known move (the first, or after a suspension) counts as one that did "
    "not move; with strict windows it is NaN."
)


def _formula(name: str, published: str, reading: str) -> Formula:
    text = published
    for sign, call in _SIGNS.items():
        text = text.replace(sign, call)
    changed = text != published
    return Formula(
        name=name,
        published=published,
        reading=reading,
        defects=_COUNTED if changed else "",
        text=text if changed else "",
        profile="qlib",
    )


FORMULAS: tuple[Formula, ...] = tuple(_formula(*row) for row in _BAR) + tuple(
    _formula(f"{name}{window}", text.format(d=window), reading.format(d=window))
    for name, text, reading in _ROLLING
    for window in WINDOWS
)
"""The 158 formulas in Qlib's order, read by the profile ``qlib``."""


def read_as(formulas: tuple[Formula, ...], profile: str) -> tuple[Formula, ...]:
    """Return Qlib's formulas for one of the two ways of reading them.

    Raises
    ------
    OperatorArgumentError
        The profile is neither ``qlib`` nor ``strict``.
    """
    if profile == "qlib":
        return formulas
    if profile == "strict":
        return tuple(replace(row, profile="qlib_strict") for row in formulas)
    raise OperatorArgumentError(
        f"profile is 'qlib' (windows take what they find) or 'strict', got {profile!r:.40}."
    )


def alpha158(profile: str = "qlib") -> Mapping[str, Factor]:
    """Return Alpha158.

    Parameters
    ----------
    profile : {"qlib", "strict"}
        As Qlib computes it, or with strict windows.

    Returns
    -------
    mapping of str to Factor
        ``KMID`` … ``VSUMD60``, read-only; a formula is parsed when it is asked for.

    Raises
    ------
    OperatorArgumentError
        Another profile.

    Examples
    --------
    >>> alpha158()["MA5"].text
    'ts_mean(close, 5, min_periods=1) / close'
    >>> alpha158("strict")["MA5"].text
    'ts_mean(close, 5) / close'
    """
    return _library(profile)


@cache
def _library(profile: str) -> Mapping[str, Factor]:
    return mapping_of(read_as(FORMULAS, profile))
