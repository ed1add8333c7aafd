"""What the conformance suite feeds: one call of every operator, and panels that tempt it to err.

1. ``call_of`` turns a row of the operator table into a call over plainly named fields;
2. ``fields_of`` draws inputs for those names: numbers, truth values, group codes;
3. ``SCENES`` are the situations in which parity is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.factor.operator import Operator
from workbench.factor.term import Call, Field

__all__ = ["SCENES", "Fields", "call_of", "fields_of", "name_of", "numbers"]

Fields = dict[str, NDArray]
SESSIONS, ASSETS, WINDOW = 40, 23, 5
GROUPS = 4


def name_of(row: Operator) -> str:
    """Test id of an operator."""
    return row.name


def call_of(row: Operator, window: int = WINDOW) -> Call:
    """Call the operator on fields number_0, truth_1, group_2 … (role and place)."""
    operands = tuple(Field(f"{p.role}_{place}") for place, p in enumerate(row.operands))
    literals = tuple(1.5 if p.role == "real" else max(window, p.minimum) for p in row.literals)
    return Call(row.name, operands, literals)


def numbers(rng: np.random.Generator, sessions: int, assets: int) -> NDArray:
    """Numbers of both signs, mostly positive, of magnitudes from cents to hundreds."""
    size = (sessions, assets)
    return rng.lognormal(0.0, 2.0, size) * np.where(rng.random(size) < 0.3, -1.0, 1.0)


def fields_of(
    row: Operator,
    seed: int,
    sessions: int = SESSIONS,
    assets: int = ASSETS,
    change: Callable[[NDArray, np.random.Generator], NDArray] = lambda values, rng: values,
) -> Fields:
    """Inputs for ``call_of(row)``; `change` reshapes the numbers (holes, ties, constants …)."""
    rng = np.random.default_rng([seed, *row.name.encode()])
    fields: Fields = {}
    for place, parameter in enumerate(row.operands):
        name, size = f"{parameter.role}_{place}", (sessions, assets)
        if parameter.role == "group":
            fields[name] = rng.integers(-1, GROUPS, size).astype(np.int32)
        elif parameter.role == "truth":
            fields[name] = rng.choice([0.0, 1.0], size)
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
    "zeros of both signs": {"change": _with_zeros},
    "one asset": {"assets": 1},
    "one session": {"sessions": 1},
    "window is the length": {"sessions": WINDOW},
    "wide": {"sessions": 7, "assets": 301, "change": _holes},
}
