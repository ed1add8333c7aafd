"""What the conformance suite feeds: calls of every operator, and panels that tempt it to err.

1. ``CASES`` are one plain call of every row of the operator table over plainly named fields, and
   ``FORMS`` the same with other literals: holes skipped, traded sessions, every word of a choice;
2. ``fields_of`` draws inputs for those names: numbers, truth values, group codes;
3. ``SCENES`` are the situations in which parity is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.factor import OPERATORS
from workbench.factor.operator import Literal, Operator, Parameter
from workbench.factor.term import Call, Field

__all__ = ["CASES", "FORMS", "SCENES", "Case", "Fields", "call_of", "fields_of", "numbers"]

Fields = dict[str, NDArray]
SESSIONS, ASSETS, WINDOW = 40, 23, 5
GROUPS = 4
REALS = (0.5, 1.5, 2.5)
SPOKEN: Mapping[str, Mapping[str, Literal]] = {
    "ewma": {"span": 2.0},
    "ewmcov": {"span": 2.0},
    "ewmstd": {"span": 2.0},
    "ewmvar": {"span": 2.0},
    "hump": {"warmup": 5},
    "sma_cn": {"n": 3, "m": 2},
    "trade_when": {"warmup": 5},
    "ts_entropy": {"bins": 3},
    "ts_hurst": {"window": 20},
    "ts_quantile": {"q": 0.3},
    "winsorize_quantile": {"lo": 0.1, "hi": 0.8},
}
"""Literals of operators that take no number of the general kind, or deserve another."""

REGRESSORS = 2
"""Operands given where an operator takes any number of them."""


@dataclass(frozen=True)
class Case:
    """One call of one operator."""

    name: str
    row: Operator
    call: Call


def _literal(parameter: Parameter, reals: Iterator[float], window: int) -> Literal:
    if parameter.default is not None:
        return parameter.default
    if parameter.role == "real":
        return next(reals)
    if parameter.role == "choice":
        return parameter.words[0]
    if parameter.role == "date":
        return 0
    return max(window if parameter.role == "window" else 2, parameter.minimum or 0)


def call_of(row: Operator, window: int = WINDOW, **said: Literal) -> Call:
    """Call the operator on fields number_0, truth_1, group_2 … (role and place)."""
    count = len(row.operands) - 1 + (REGRESSORS if row.operands[-1].variadic else 1)
    roles = row.operand_roles(count)
    operands = tuple(Field(f"{_kind(p)}_{place}") for place, p in enumerate(roles))
    given = dict(SPOKEN.get(row.name, {})) | said
    reals = iter(REALS)
    literals = tuple(
        given[p.name] if p.name in given else _literal(p, reals, window) for p in row.literals
    )
    return Call(row.name, operands, literals)


def _kind(parameter: Parameter) -> str:
    if parameter.name == "w":
        return "weight"
    return "number" if parameter.role == "regressor" else parameter.role


def _forms(row: Operator) -> Iterator[Case]:
    """Other literals of a row, one at a time."""
    for parameter in row.literals:
        if parameter.role == "choice":
            for word in parameter.words[1:]:
                yield Case(f"{row.name}-{word}", row, call_of(row, **{parameter.name: word}))
        if parameter.name == "min_periods":
            yield Case(f"{row.name}-min_periods", row, call_of(row, min_periods=WINDOW - 1))
        if parameter.name in ("ddof", "adjust") and parameter.default == 1:
            said = {parameter.name: 0}
            if parameter.name == "adjust":
                said["ignore_na"] = 1
            yield Case(f"{row.name}-{parameter.name}", row, call_of(row, **said))
        if parameter.name == "ignore_na":
            yield Case(f"{row.name}-ignore_na", row, call_of(row, ignore_na=1))


CASES = tuple(Case(row.name, row, call_of(row)) for row in OPERATORS.values())
FORMS = tuple(case for row in OPERATORS.values() for case in _forms(row))


def numbers(rng: np.random.Generator, sessions: int, assets: int) -> NDArray:
    """Numbers of both signs, mostly positive, of magnitudes from cents to hundreds."""
    size = (sessions, assets)
    return rng.lognormal(0.0, 2.0, size) * np.where(rng.random(size) < 0.3, -1.0, 1.0)


def fields_of(
    call: Call,
    seed: int,
    sessions: int = SESSIONS,
    assets: int = ASSETS,
    change: Callable[[NDArray, np.random.Generator], NDArray] = lambda values, rng: values,
) -> Fields:
    """Inputs for a call; `change` reshapes the numbers (holes, ties, constants …)."""
    rng = np.random.default_rng([seed, *call.operator.encode()])
    fields: Fields = {}
    for operand in call.operands:
        name, size = operand.name, (sessions, assets)
        if name.startswith("group"):
            fields[name] = rng.integers(-1, GROUPS, size).astype(np.int32)
        elif name.startswith("truth"):
            fields[name] = rng.choice([0.0, 1.0], size)
        elif name.startswith("weight"):
            fields[name] = np.abs(numbers(rng, sessions, assets))
        else:
            fields[name] = change(numbers(rng, sessions, assets), rng)
    return fields


def _holes(values: NDArray, rng: np.random.Generator) -> NDArray:
    return np.where(rng.random(values.shape) < 0.1, np.nan, values)


def _empty_session(values: NDArray, rng: np.random.Generator) -> NDArray:
    values[rng.integers(len(values))] = np.nan
    return values


def _constant(values: NDArray, rng: np.random.Generator) -> NDArray:
    # Rows and columns: the whole panel repeats one value whose sums round.
    return np.full(values.shape, 0.1 * rng.integers(1, 9))


def _ties(values: NDArray, rng: np.random.Generator) -> NDArray:
    return rng.integers(-2, 3, values.shape).astype(float)


def _spikes(values: NDArray, rng: np.random.Generator) -> NDArray:
    return np.where(rng.random(values.shape) < 0.02, 1e12, values)


def _with_zeros(values: NDArray, rng: np.random.Generator) -> NDArray:
    return np.where(rng.random(values.shape) < 0.3, np.copysign(0.0, values), values)


def _plain(values: NDArray, rng: np.random.Generator) -> NDArray:
    return values


SCENES: Mapping[str, Mapping[str, object]] = {
    "random": {"change": _plain},
    "holes": {"change": _holes},
    "empty session": {"change": _empty_session},
    "constant": {"change": _constant},
    "ties": {"change": _ties},
    "spikes of 1e12": {"change": _spikes},
    "zeros of both signs": {"change": _with_zeros},
    "one asset": {"assets": 1},
    "one session": {"sessions": 1},
    "window is the length": {"sessions": WINDOW},
    "wide": {"sessions": 7, "assets": 301, "change": _holes},
}
