"""Operators that are defined by others: written out before anything is planned.

A definition keeps every rule of its operator, and lets its parts be shared with the rest of the
batch: `ts_minmax` and `ts_max` of the same window look for the maximum once. The kernels know what
is left; the oracle has each operator by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbench.factor.operators.warm_up import decay_of, warm_up
from workbench.factor.parameter import Literal
from workbench.factor.term import Call, Constant, Term

__all__ = ["DEFINITIONS", "defined"]

Operands = tuple[Term, ...]
Literals = tuple[Literal, ...]


def _minmax(operands: Operands, literals: Literals) -> Term:
    least, most = (Call(name, operands, literals) for name in ("ts_min", "ts_max"))
    place, width = (Call("subtract", (x, least)) for x in (operands[0], most))
    return Call("divide", (place, width))


def _sumif(operands: Operands, literals: Literals) -> Term:
    x, condition = operands
    return Call("ts_sum", (Call("where", (condition, x, Constant(0.0))),), (*literals, *_CALENDAR))


def _autocorrelation(operands: Operands, literals: Literals) -> Term:
    window, lag, *policy = literals
    return Call("correlation", (*operands, Call("delay", operands, (lag,))), (window, *policy))


def _exponential(name: str) -> Callable[[Operands, Literals], Term]:
    def define(operands: Operands, literals: Literals) -> Term:
        decay, _ = decay_of(*literals[:4])
        return Call(name, operands, (warm_up(decay), decay, *literals[4:]))

    return define


def _sma_cn(operands: Operands, literals: Literals) -> Term:
    n, m, least = literals
    decay = (float(n) - float(m)) / float(n)
    return Call("ewm_mean", operands, (warm_up(decay), decay, 0, 1, least))


_CALENDAR = (0, "calendar")

DEFINITIONS: Mapping[str, Callable[[Operands, Literals], Term]] = MappingProxyType(
    {
        "ts_minmax": _minmax,
        "ts_count": lambda operands, literals: Call("ts_sum", operands, (*literals, *_CALENDAR)),
        "sumif": _sumif,
        "ts_beta": lambda operands, literals: Call(
            "ts_regression", operands, (literals[0], "slope", *literals[1:])
        ),
        "ts_autocorr": _autocorrelation,
        "wma_gtja": lambda operands, literals: Call(
            "decay_exp", operands, (literals[0], 0.9, *literals[1:])
        ),
        "ewma": _exponential("ewm_mean"),
        "ewmvar": _exponential("ewm_var"),
        "ewmcov": _exponential("ewm_cov"),
        "ewmstd": lambda operands, literals: Call(
            "sqrt", (_exponential("ewm_var")(operands, literals),)
        ),
        "sma_cn": _sma_cn,
    }
)
"""Canonical name → (operands, all literals) → the term that the operator stands for."""


def defined(name: str, operands: Operands, literals: Literals) -> Term | None:
    """Return what a call stands for, or None where a kernel knows it.

    Examples
    --------
    >>> from workbench.factor.term import Field
    >>> defined("ts_count", (Call("less", (Field("open"), Field("close"))),), (5,))
    Call(ts_sum, 4 nodes, lookback 4)
    """
    define = DEFINITIONS.get(name)
    return define(operands, literals) if define is not None else None
