"""Run a plan: fields laid out in padded rows, steps encoded, stages run one after the other.

Every panel has the same pitch; the columns behind the last asset hold NaN (-1 for groups), so
kernels always work on whole vectors. Time and section stages go to the compiled kernels
(`program.py` encodes them), stages of the user's operators to Python. Where no kernels are
compiled, `run_terms` lets the oracle serve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute import cpu
from workbench.compute.memory import Pool, padded_columns
from workbench.compute.oracle import evaluate_terms
from workbench.compute.plan import Operand, Plan, Stage
from workbench.compute.program import encode, tile_of
from workbench.compute.user_operators import apply
from workbench.errors import PlanError
from workbench.factor.term import Term

__all__ = ["engine_name", "run_bytes", "run_plan", "run_terms"]


def engine_name(engine: str = "auto") -> str:
    """Who would compute: ``cpu:<variant>`` or ``oracle``.

    Raises
    ------
    PlanError
        Kernels are asked for and not installed.
    """
    if engine != "oracle" and cpu.load() is not None:
        return f"cpu:{cpu.chosen_variant()}"
    if engine == "kernels":
        raise PlanError("The compiled kernels are not installed; `workbench doctor` says why.")
    return "oracle"


def run_terms(
    plan: Plan,
    terms: Mapping[str, Term],
    arrays: Mapping[str, AnyPanel],
    mask: BoolPanel | None,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    threads: int | None,
    engine: str = "auto",
    pool: Pool | None = None,
) -> dict[str, FloatPanel]:
    """Values of each term by the engine that is there; arguments as in `run_plan`."""
    if engine_name(engine) != "oracle":
        workers = threads or cpu.default_threads()
        return run_plan(plan, arrays, mask, dtype, shape, workers, pool)
    # The oracle reads what the kernels would read: values rounded to the storage type first.
    rounded = {
        name: arrays[name]
        if name in plan.groups and name not in plan.fields
        else arrays[name].astype(dtype).astype(np.float64)
        for name in (*plan.fields, *plan.groups)
    } or {"_": np.zeros(shape)}
    with np.errstate(all="ignore"):
        values = evaluate_terms(terms, rounded, mask)
        cast = {name: array.astype(dtype) for name, array in values.items()}
    first = 0 if plan.last is None else -plan.last
    return {n: np.where(np.isinf(array), np.nan, array)[first:] for n, array in cast.items()}


def run_plan(
    plan: Plan,
    arrays: Mapping[str, AnyPanel],
    mask: BoolPanel | None,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    threads: int,
    pool: Pool | None = None,
    watch: Callable[[Stage], None] | None = None,
) -> dict[str, FloatPanel]:
    """Run all stages with the compiled kernels.

    Parameters
    ----------
    plan : Plan
        What to run.
    arrays : mapping of str to array
        Fields and group codes by name, (T, N), or the last rows of them that the plan reads.
    mask : array of bool, shape (T, N), or None
        Who takes part in cross-sections.
    dtype : dtype
        float32 or float64.
    shape : (T, N)
        Of the sample.
    threads : int
        Workers over tiles.
    pool : Pool, optional
        Where the memory of panels comes from, and goes back to.
    watch : callable, optional
        Told of every stage before it runs.

    Returns
    -------
    dict of str to array of shape (T, N), or (last, N)
        Views of padded panels, without the padding.
    """
    sessions, columns = shape
    pitch = padded_columns(columns, cpu.LANES, dtype.itemsize)
    heights = [min(rows, sessions) for rows in plan.heights]
    panels = [
        cpu.pad(arrays[name][-rows:], dtype, pitch)
        for name, rows in zip(plan.fields, heights, strict=False)
    ]
    for rows in heights[len(panels) :]:
        size = (rows, pitch)
        panels.append(np.empty(size, dtype) if pool is None else pool.take(size, dtype))
    groups = [
        cpu.pad(arrays[name][-min(rows, sessions) :], np.dtype(np.int32), pitch)
        for name, rows in zip(plan.groups, plan.group_heights, strict=True)
    ]
    sections = [min(stage.rows, sessions) for stage in plan.stages if stage.axis == "section"]
    chosen = None
    if mask is not None and sections:
        chosen = cpu.pad(mask[-max(sections) :], np.dtype(np.uint8), pitch)
    for stage in plan.stages:
        rows = min(stage.rows, sessions)
        if watch is not None:
            watch(stage)
        if stage.axis == "python":
            _run_python(stage, _window(panels, rows), _codes(groups, rows), mask, columns, dtype)
            continue
        cpu.run_stage(
            stage.axis,
            encode(stage.steps),
            _window(panels, rows),
            groups=_codes(groups, rows),
            mask=None if chosen is None or stage.axis == "time" else chosen[-rows:],
            columns=columns,
            slots=stage.slots,
            tile=tile_of(stage, rows, pitch, dtype.itemsize, threads),
            threads=threads,
        )
    last = sessions if plan.last is None else min(plan.last, sessions)
    return {name: panels[number][-last:, :columns] for name, number in plan.outputs.items()}


def run_bytes(plan: Plan, shape: tuple[int, int], dtype: np.dtype[Any], threads: int) -> int:
    """Memory that `run_plan` takes at its peak, in bytes, results included."""
    sessions, columns = shape
    item = dtype.itemsize
    pitch = padded_columns(columns, cpu.LANES, item)
    scratch = 0
    for stage in plan.stages:
        rows = min(stage.rows, sessions)
        if stage.axis == "python":
            # Operands and result in float64, and as much again for what the function makes.
            widest = max(len(step.operands) for step in stage.steps)
            scratch = max(scratch, 2 * (widest + 1) * rows * columns * 8)
            continue
        tile = tile_of(stage, rows, pitch, item, threads)
        across = tile * (rows if stage.axis == "time" else pitch) * item
        scratch = max(scratch, threads * (stage.slots * across + 8 * pitch * 8))
    return plan.bytes(sessions, pitch, item) + sessions * pitch + scratch


def _window(panels: Sequence[AnyPanel], rows: int) -> list[AnyPanel]:
    """The last `rows` rows of every panel; one that is shorter is not read, and another stands in.

    The kernels want panels of one shape.
    """
    stand_in = next((panel[-rows:] for panel in panels if len(panel) >= rows), None)
    return [panel[-rows:] if len(panel) >= rows else stand_in for panel in panels]


def _codes(groups: Sequence[AnyPanel], rows: int) -> list[AnyPanel]:
    """The last `rows` rows of every group; one that stands still, or is not read, gives one row."""
    return [codes[-rows:] if len(codes) >= rows else codes[:1] for codes in groups]


def _run_python(
    stage: Stage,
    panels: Sequence[AnyPanel],
    groups: Sequence[AnyPanel],
    mask: BoolPanel | None,
    columns: int,
    dtype: np.dtype[Any],
) -> None:
    """Steps that are functions of the user, one after the other, over whole panels."""
    rows = len(panels[0])

    def read(operand: Operand) -> AnyPanel:
        if operand.place == "group":
            return groups[operand.number][:, :columns]
        if operand.place == "constant":
            values = np.full((rows, columns), dtype.type(operand.value))
        else:
            values = panels[operand.number][:, :columns]
        if not operand.lag:
            return values
        lagged = np.full(values.shape, np.nan, dtype)
        lagged[operand.lag :] = values[: max(rows - operand.lag, 0)]
        return lagged

    for step in stage.steps:
        seen = None if mask is None else mask[-rows:]
        values = apply(step.operator, [read(o) for o in step.operands], step.parameters, seen)
        out = panels[step.out.number]
        with np.errstate(over="ignore"):
            out[:, :columns] = values
        out[:, :columns][np.isinf(out[:, :columns])] = np.nan
        out[:, columns:] = np.nan
