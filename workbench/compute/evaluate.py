"""Compute factors: the market's fields in, panels out.

Steps:

1. read the factors into one job and refuse what the market cannot answer (`job.py`);
2. take what is known already: stored rows (`append.py`), remembered results (`memo.py`);
3. plan the rest together and run it, whole or in parts that fit the memory (`stream.py`);
4. hand back one read-only panel a factor with what it was made of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, FloatPanel
from workbench.compute.anchors import with_rows
from workbench.compute.append import append, tail
from workbench.compute.history import write_history
from workbench.compute.job import Job
from workbench.compute.memo import Memo, as_memo
from workbench.compute.panel_folder import PanelFolder
from workbench.compute.plan import make_plan
from workbench.compute.runner import run_terms
from workbench.compute.stream import Keep, Reduce, deliver
from workbench.errors import DeviceUnavailableError, PlanError, near_names
from workbench.factor.factor import Factor, factor, unknown_field
from workbench.factor.term import Term
from workbench.market import Market, Panel, Sessions

__all__ = ["compute", "on_arrays"]

DTYPES = ("float32", "float64")
DEVICES = ("auto", "cpu", "gpu")

FactorLike = Factor | Term | str
Folder = str | os.PathLike[str]


def compute(
    factors: FactorLike | Mapping[str, FactorLike],
    market: Market,
    *,
    device: str = "auto",
    dtype: str = "float32",
    threads: int | None = None,
    max_bytes: int | None = None,
    out: Folder | None = None,
    reduce: Callable[[Panel], Any] | None = None,
    append_to: Panel | Mapping[str, Panel] | Folder | None = None,
    last: int | None = None,
    memo: Memo | Folder | None = None,
) -> Any:
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
    max_bytes : int, optional
        Memory that the run may take: fields in `dtype`, what is carried between stages, results
        and scratch. The market's own fields are not counted, and the oracle, which serves where no
        kernels are compiled, takes more. With `out` or `reduce` a batch that
        does not fit is computed part by part; no value depends on it.
    out : folder, optional
        Write the results there as memory-mapped files, and return panels over them
        (`read_panels` opens them again).
    reduce : callable, optional
        Panel → anything; called as soon as a panel is ready, and its answers are returned instead.
    append_to : Panel, mapping of str to Panel, or folder, optional
        What was computed before, over the same assets. Only the sessions after it are computed;
        the last stored one is computed again and must have the same bits. A folder that `out`
        wrote is extended in place and knows every session it was made from, so that a revision
        of any of them raises; panels in memory are extended into new ones and are held against
        their last session only.
    last : int, optional
        Only the last so many sessions, bit for bit as in a full run.
    memo : Memo or folder, optional
        Results computed before from the same content by the same engine are taken from there.

    Returns
    -------
    Panel or dict of str to Panel
        Shape (T, N). NaN where a window is incomplete, an input is missing (strict) or the asset
        is outside the estimation mask of a cross-sectional operator. With `reduce`, its answers.

    Raises
    ------
    UnknownFieldError
        A field that the market does not deliver, with a caret and near names.
    InsufficientHistoryError
        The look-back needs more sessions than the market has.
    DeviceUnavailableError
        ``device="gpu"``: this version has no GPU engine.
    StaleResultError
        `append_to` does not fit: another expression, type, universe, other assets, or revised
        history.
    PlanError
        Unknown options, options that exclude each other, or more memory than `max_bytes`.

    Examples
    --------
    >>> import workbench as wb
    >>> market = wb.demo_market(seed=7, sessions=60, assets=40)
    >>> wb.compute("-1 * correlation(rank(open), rank(volume), 10)", market).shape
    (60, 40)
    >>> ranks = wb.compute({"high": "rank(close)"}, market, reduce=lambda panel: panel.coverage)
    >>> sorted(ranks)
    ['high']
    """
    if isinstance(factors, list | tuple | set):
        raise PlanError("For several factors give a mapping of name to factor, not a list.")
    if not isinstance(market, Market):
        raise PlanError(
            f"compute takes a factor, then a Market; the second was {type(market).__name__}."
        )
    _check_options(device, dtype, threads)
    _check_ways(max_bytes, out=out, reduce=reduce, append_to=append_to, last=last, memo=memo)
    single = not isinstance(factors, Mapping)
    named = {"factor": factor(factors)} if single else _read_batch(factors)
    job = Job(named, market, np.dtype(dtype), threads)
    job.check()
    if append_to is not None:
        results = append(job, append_to, max_bytes)
    elif last is not None:
        results = _tail_panels(job, last, max_bytes)
    else:
        results = _whole(job, max_bytes, out, reduce, as_memo(memo))
    return results["factor"] if single else {name: results[name] for name in named}


def _whole(
    job: Job,
    max_bytes: int | None,
    out: Folder | None,
    reduce: Callable[[Panel], Any] | None,
    memo: Memo | None,
) -> dict[str, Any]:
    """All sessions: kept, written into a folder, or reduced."""
    if out is not None:
        folder = PanelFolder(out)
        try:
            deliver(job, folder, max_bytes, memo)
            others = set(folder.names) - set(job.factors)
            write_history(folder.path, job, beside=bool(others))
            folder.commit(job.market.sessions, job.market.assets)
        except BaseException:
            folder.discard()
            raise
        return folder.read_all(list(job.factors))
    sink = Keep() if reduce is None else Reduce(reduce)
    deliver(job, sink, max_bytes, memo)
    return sink.results


def _tail_panels(job: Job, last: int, max_bytes: int | None) -> dict[str, Panel]:
    """The last sessions alone."""
    last = min(last, len(job.market.sessions))
    days = Sessions(job.market.sessions.values[-last:])
    rows = tail(job, list(job.factors), last, max_bytes)
    return {name: job.panel(name, values, days) for name, values in rows.items()}


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
    term = with_rows(one.term, None)
    plan = make_plan({"factor": term})
    for name in (*plan.fields, *plan.groups):
        if name not in fields:
            raise unknown_field(one, name, fields)
    flat = all(np.ndim(values) == 1 for values in fields.values())
    arrays = {name: _column(values, name in plan.groups) for name, values in fields.items()}
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    used = None if mask is None else np.asarray(mask, dtype=bool).reshape(shape)
    kind = np.dtype(dtype)
    results = run_terms(plan, {"factor": term}, arrays, used, kind, shape, threads, engine)
    return results["factor"][:, 0] if flat else results["factor"]


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
    if threads is not None and (not isinstance(threads, int) or not 1 <= threads <= 1024):
        raise PlanError(f"threads is a whole number from 1 to 1024, or None; got {threads!r}.")


def _check_ways(max_bytes: int | None, **ways: Any) -> None:
    """Refuse bounds that are none, and ways of delivery that exclude each other."""
    for what, number in (("max_bytes", max_bytes), ("last", ways["last"])):
        if number is not None and (not isinstance(number, int) or number < 1):
            raise PlanError(f"{what} is a positive whole number or None; got {number!r}.")
    taken = [name for name in ("out", "reduce", "append_to", "last") if ways[name] is not None]
    if len(taken) > 1:
        raise PlanError(
            f"{' and '.join(f'{name}=' for name in taken)} exclude each other; choose one. "
            "append_to=folder extends the files that out=folder wrote."
        )
    if ways["memo"] is not None and taken and taken[0] in ("append_to", "last"):
        raise PlanError(f"memo= remembers whole results; {taken[0]}= makes parts. Choose one.")


def _column(values: Any, group: bool) -> AnyPanel:
    """An array of shape (T, N) out of whatever came."""
    array = np.asarray(values)
    if array.ndim not in (1, 2):
        raise PlanError(f"A field has one or two dimensions; got shape {array.shape}.")
    array = array[:, None] if array.ndim == 1 else array
    return array.astype(np.int32) if group else array.astype(np.float64)
