"""KunQuant's graphs said in our language, with its habits and without them.

A habit is a way that runs through KunQuant's definitions and differs from ours; `reading` can
leave habits out one by one, which shows which of them matter to a factor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.factor import OPERATORS, Factor, factor

__all__ = ["HABITS", "operations", "phrase", "reading"]

LINE = "WindowedLinearRegression"
LINES = {"Slope": "ts_slope", "RSqaure": "ts_rsquare", "Resi": "ts_resid"}


@dataclass(frozen=True)
class Habit:
    """A way of KunQuant's that differs from ours, and the operations that carry it."""

    reason: str
    operations: frozenset[str]


HABITS = {
    "rank": Habit("ts_rank counts 1 … d", frozenset({"TsRank"})),
    "fill": Habit("NaN is filled", frozenset({"SetInfOrNanToValue"})),
    "test": Habit(
        "comparisons with NaN are false",
        frozenset({"LessThan", "LessEqual", "GreaterThan", "GreaterEqual", "Equals"})
        | {"LessThanConst", "GreaterThanConst"},
    ),
    "extreme": Habit("max and min pass over a NaN", frozenset({"Max", "Min"})),
    "clip": Habit("a clipped NaN is the upper bound", frozenset({"Clip"})),
    "line": Habit(
        "lines are drawn through windows cut short", frozenset({f"{LINE}{out}" for out in LINES})
    ),
    "adv": Habit("adv is of shares, not of value", frozenset({"adv"})),
}


def _sure(test: Factor) -> Factor:
    """A test that is false where nothing is known, as KunQuant's are."""
    return OPERATORS["fillna"](test, 0) > 0


def _call(name: str) -> Callable[..., Factor]:
    return lambda op, *x: OPERATORS[name](*x)


def _windowed(name: str, times: bool = False) -> Callable[..., Factor]:
    def build(op: Any, *x: Factor) -> Factor:
        found = OPERATORS[name](*x, op.attrs["window"])
        return found * op.attrs["window"] if times else found

    return build


def _constant(name: str) -> Callable[..., Factor]:
    def build(op: Any, x: Factor) -> Factor:
        pair = (x, op.attrs["value"])
        return OPERATORS[name](*(reversed(pair) if op.attrs.get("swap") else pair))

    return build


def _constants(op: Any) -> list[float]:
    return [op.attrs["value"]] if "value" in op.attrs else []


def _power(op: Any, x: Factor, y: Factor) -> Factor:
    """KunQuant's power is exp(y log x), but for constant exponents."""
    return x**y


def _quantile(op: Any, x: Factor) -> Factor:
    return OPERATORS["ts_quantile"](x, op.attrs["window"], op.attrs["q"])


EXTREMES = {"Max": "maximum", "Min": "minimum"}
TESTS = {
    "LessThan": "less",
    "LessEqual": "less_equal",
    "GreaterThan": "greater",
    "GreaterEqual": "greater_equal",
    "Equals": "equal",
    "LessThanConst": "less",
    "GreaterThanConst": "greater",
}
SAYINGS: dict[str, Callable[..., Any]] = {
    "Input": lambda op: factor(op.attrs["name"]),
    "ConstantOp": lambda op: op.attrs["value"],
    "Add": _call("add"),
    "Sub": _call("subtract"),
    "Mul": _call("multiply"),
    "Div": _call("divide"),
    "AddConst": _constant("add"),
    "SubConst": _constant("subtract"),
    "MulConst": _constant("multiply"),
    "DivConst": _constant("divide"),
    "Max": _call("maximum"),
    "Min": _call("minimum"),
    "Pow": _power,
    "Abs": _call("abs"),
    "Sign": _call("sign"),
    "Log": _call("log"),
    "And": _call("and"),
    "Or": _call("or"),
    "Not": _call("not"),
    "Select": _call("where"),
    "SetInfOrNanToValue": lambda op, x: OPERATORS["fillna"](x, op.attrs["value"]),
    "Rank": _call("rank"),
    "Scale": _call("scale"),
    "BackRef": _windowed("delay"),
    "WindowedSum": _windowed("ts_sum"),
    "WindowedAvg": _windowed("ts_mean"),
    "WindowedProduct": _windowed("ts_product"),
    "WindowedMin": _windowed("ts_min"),
    "WindowedMax": _windowed("ts_max"),
    "WindowedStddev": _windowed("stddev"),
    "WindowedCorrelation": _windowed("correlation"),
    "WindowedCovariance": _windowed("covariance"),
    "WindowedQuantile": _quantile,
    "TsArgMax": _windowed("ts_argmax"),
    "TsArgMin": _windowed("ts_argmin"),
    "TsRank": _windowed("ts_rank", times=True),
    "DecayLinear": _windowed("decay_linear"),
}


def operations(graph: Any) -> list[Any]:
    """The operations of a graph, operands before their users."""
    order: dict[int, Any] = {}
    stack = [(graph, False)]
    while stack:
        op, done = stack.pop()
        if done:
            order[id(op)] = op
        elif id(op) not in order:
            stack.append((op, True))
            stack.extend((below, False) for below in op.inputs)
    return list(order.values())


def reading(graph: Any, without: frozenset[str] = frozenset()) -> Factor:
    """Say a KunQuant graph in our language, without some habits."""
    found: dict[int, Any] = {}
    for op in operations(graph):
        operands = [found[id(below)] for below in op.inputs]
        found[id(op)] = phrase(op, type(op).__name__, operands, without)
    return factor(found[id(graph)])


def phrase(op: Any, kind: str, operands: list[Any], without: frozenset[str] = frozenset()) -> Any:
    """Say one operation of KunQuant with our operators."""
    if kind == "TsRank" and "rank" in without:
        return OPERATORS["ts_rank"](*operands, op.attrs["window"])
    if kind == "SetInfOrNanToValue" and "fill" in without:
        return operands[0]
    if kind in TESTS and "test" in without:
        return OPERATORS[TESTS[kind]](*operands, *_constants(op))
    if kind in EXTREMES and "extreme" not in without:
        # The machine's instruction gives its second operand where either is NaN.
        return OPERATORS["fillna"](OPERATORS[EXTREMES[kind]](*operands), operands[1])
    if kind == "Clip":
        bound = op.attrs["value"]
        clipped = OPERATORS["clip"](*operands, -bound, bound)
        return clipped if "clip" in without else OPERATORS["fillna"](clipped, bound)
    if kind.startswith(LINE):
        least = 0 if "line" in without else 1
        word = LINES[kind.removeprefix(LINE)]
        return OPERATORS[word](*operands, op.attrs["window"], min_periods=least)
    if kind == "WindowedAvg" and "adv" in without and operands[0] == factor("volume"):
        return factor(f"adv{op.attrs['window']}")
    if kind in TESTS:
        return _sure(OPERATORS[TESTS[kind]](*operands, *_constants(op)))
    return SAYINGS[kind](op, *operands)
