"""Run a plan: the market's fields in, panels out.

Steps:

1. read the factors, plan them together (`plan.py`), refuse unknown fields and windows longer
   than the sample;
2. choose the engine: the compiled kernels (`cpu.py`), or the oracle where they are missing;
3. lay the fields out in padded rows, encode the steps, run stage by stage;
4. hand back one read-only panel a factor with what it was made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute import cpu
from workbench.compute.oracle import evaluate_terms
from workbench.compute.plan import Plan, make_plan
from workbench.compute.program import run_plan
from workbench.errors import (
    DeviceUnavailableError,
    InsufficientHistoryError,
    OperatorArgumentError,
    PlanError,
    near_names,
)
from workbench.factor.factor import Factor, factor, unknown_field
from workbench.factor.operator import Kind
from workbench.factor.term import Term
from workbench.market import Market, Panel

__all__ = ["compute", "on_arrays"]

DTYPES = ("float32", "float64")
DEVICES = ("auto", "cpu", "gpu")

FactorLike = Factor | Term | str


@overload
def compute(
    factors: FactorLike,
    market: Market,
    *,
    device: str = ...,
    dtype: str = ...,
    threads: int | None = ...,
) -> Panel: ...


@overload
def compute(
    factors: Mapping[str, FactorLike],
    market: Market,
    *,
    device: str = ...,
    dtype: str = ...,
    threads: int | None = ...,
) -> dict[str, Panel]: ...


def compute(
    factors: FactorLike | Mapping[str, FactorLike],
    market: Market,
    *,
    device: str = "auto",
    dtype: str = "float32",
    threads: int | None = None,
) -> Panel | dict[str, Panel]:
    """Compute one factor, or a batch of them in one shared plan.

    Parameters
    ----------
    factors : Factor, str, or mapping of str to Factor or str
        What to compute; a mapping gives a mapping back.
    market : Market
        Fields, and the estimation mask that cross-sections are taken over.
    device : {"auto", "cpu", "gpu"}
        Where to run. ``auto`` takes the CPU; the panel's provenance says what ran.
    dtype : {"float32", "float64"}
        Type of the values; sums are always accumulated in float64.
    threads : int, optional
        Threads over tiles; one a core by default. The result does not depend on it.

    Returns
    -------
    Panel or dict of str to Panel
        Shape (T, N). NaN where a window is incomplete, an input is missing (strict) or the asset
        is outside the estimation mask of a cross-sectional operator.

    Raises
    ------
    UnknownFieldError
        A field that the market does not deliver, with a caret and near names.
    InsufficientHistoryError
        The look-back needs more sessions than the market has.
    DeviceUnavailableError
        ``device="gpu"``: this version has no GPU engine.
    PlanError
        Unknown device or dtype.

    Examples
    --------
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> wb.compute("-1 * correlation(rank(open), rank(volume), 10)", market).shape
    (60, 40)
    """
    if isinstance(factors, list | tuple | set):
        raise PlanError("For several factors give a mapping of name to factor, not a list.")
    if not isinstance(market, Market):
        raise PlanError(
            f"compute takes a factor, then a Market; the second was {type(market).__name__}."
        )
    single = not isinstance(factors, Mapping)
    named = {"factor": factor(factors)} if single else _read_batch(factors)
    _check_options(device, dtype, threads)
    plan = make_plan({name: one.term for name, one in named.items()})
    _check_factors(named, market)
    names = (*plan.fields, *plan.groups)
    arrays = {name: market[name].values for name in names}
    mask = market.mask("estimation").values
    results, engine = _run(plan, named, arrays, mask, np.dtype(dtype), market.shape, threads)
    panels = {
        name: Panel(
            values,
            market.sessions,
            market.assets,
            name=named[name].name or named[name].text,
            provenance=_provenance(named[name], market, engine, dtype),
        )
        for name, values in results.items()
    }
    return panels["factor"] if single else panels


def on_arrays(
    expression: FactorLike,
    /,
    mask: Any = None,
    dtype: str = "float64",
    engine: str = "auto",
    threads: int | None = None,
    **fields: Any,
) -> FloatPanel:
    """Compute an expression on plain arrays: for examples, tests and quick looks.

    Parameters
    ----------
    expression : str or Factor
        What to compute.
    mask : array of bool, shape (T, N), optional
        Who takes part in cross-sections; everyone by default.
    dtype : {"float32", "float64"}
        Type of the result.
    engine : {"auto", "kernels", "oracle"}
        Which engine; ``auto`` takes the kernels where they are compiled.
    **fields : array
        One-dimensional: one asset over time. Two-dimensional: (T, N). Group fields hold codes.

    Returns
    -------
    ndarray
        One- or two-dimensional like the fields.

    Examples
    --------
    >>> on_arrays("ts_mean(x, 3)", x=[3, 1, 4, 1, 5])
    array([       nan,        nan, 2.66666667, 2.        , 3.33333333])
    >>> on_arrays("rank(x)", x=[[30.0, 10.0, 20.0, 20.0]])
    array([[1.   , 0.25 , 0.625, 0.625]])
    """
    one = factor(expression)
    _check_options("cpu", dtype, threads)
    if engine not in ("auto", "kernels", "oracle"):
        raise PlanError(f"engine is 'auto', 'kernels' or 'oracle'; got {engine!r}.")
    plan = make_plan({"factor": one.term})
    for name in (*plan.fields, *plan.groups):
        if name not in fields:
            raise unknown_field(one, name, fields)
    flat = all(np.ndim(values) == 1 for values in fields.values())
    arrays = {name: _column(values, name in plan.groups) for name, values in fields.items()}
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    used = None if mask is None else np.asarray(mask, dtype=bool).reshape(shape)
    results, _ = _run(plan, {"factor": one}, arrays, used, np.dtype(dtype), shape, threads, engine)
    return results["factor"][:, 0] if flat else results["factor"]


def _run(
    plan: Plan,
    named: Mapping[str, Factor],
    arrays: Mapping[str, AnyPanel],
    mask: BoolPanel | None,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    threads: int | None,
    engine: str = "auto",
) -> tuple[dict[str, FloatPanel], str]:
    """Values of each factor, and the name of the engine that made them."""
    if engine != "oracle" and cpu.load() is not None:
        workers = threads or cpu.default_threads()
        return run_plan(plan, arrays, mask, dtype, shape, workers), f"cpu:{cpu.chosen_variant()}"
    if engine == "kernels":
        raise PlanError("The compiled kernels are not installed; `workbench doctor` says why.")
    needed = {name: arrays[name] for name in (*plan.fields, *plan.groups)}
    if not needed:
        needed = {"_": np.zeros(shape)}
    # The oracle reads what the kernels would read: values rounded to the storage type first.
    rounded = {
        name: values if name in plan.groups else values.astype(dtype).astype(np.float64)
        for name, values in needed.items()
    }
    with np.errstate(all="ignore"):
        values = evaluate_terms({name: one.term for name, one in named.items()}, rounded, mask)
        cast = {name: array.astype(dtype) for name, array in values.items()}
    return {n: np.where(np.isinf(array), np.nan, array) for n, array in cast.items()}, "oracle"


def _read_batch(factors: Mapping[str, FactorLike]) -> dict[str, Factor]:
    """Factors by name; an empty batch is refused."""
    if not factors:
        raise PlanError("There is nothing to compute: the mapping of factors is empty.")
    return {name: factor(one) for name, one in factors.items()}


def _check_options(device: str, dtype: str, threads: int | None) -> None:
    """Refuse options that do not exist, by name."""
    for what, given, known in (("device", device, DEVICES), ("dtype", dtype, DTYPES)):
        if given not in known:
            raise PlanError(
                f"{what} is one of {', '.join(known)}; got {given!r}."
                f"{near_names(str(given), known)}"
            )
    if device == "gpu":
        raise DeviceUnavailableError(
            "This version computes on the CPU only. Use device='auto' or 'cpu'."
        )
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise PlanError(f"threads is a positive whole number or None; got {threads!r}.")


def _check_factors(named: Mapping[str, Factor], market: Market) -> None:
    """Refuse unknown fields, groups taken for numbers, and windows longer than the sample."""
    for one in named.values():
        for name in sorted(one.fields):
            if name not in market:
                raise unknown_field(one, name, market.fields)
        if one.term.kinds == frozenset({Kind.GROUP}):
            raise OperatorArgumentError(
                f"{one.text!r} is a classification, not a number; a factor must be a number."
            )
        if one.lookback >= len(market.sessions):
            raise InsufficientHistoryError(
                f"{one.text!r} needs {one.lookback + 1} sessions (look-back {one.lookback}); this "
                f"market has {len(market.sessions)}. Shorten the window or load more history."
            )


def _provenance(one: Factor, market: Market, engine: str, dtype: str) -> dict[str, Any]:
    """What a panel was made of."""
    return {
        "expression": one.text,
        "lookback": one.lookback,
        "engine": engine,
        "device": "cpu",
        "dtype": dtype,
        "market": dict(market.provenance),
    }


def _column(values: Any, group: bool) -> AnyPanel:
    """An array of shape (T, N) out of whatever came."""
    array = np.asarray(values)
    if array.ndim not in (1, 2):
        raise PlanError(f"A field has one or two dimensions; got shape {array.shape}.")
    array = array[:, None] if array.ndim == 1 else array
    return array.astype(np.int32) if group else array.astype(np.float64)
