"""A plan as the machine reads it: buffers laid out, steps encoded, stages run.

Every panel has the same pitch; the columns behind the last asset hold NaN (-1 for groups), so
kernels always work on whole vectors. Encoding of a step: see `cpu.INSTRUCTION`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel
from workbench.compute import cpu
from workbench.compute.memory import padded_columns
from workbench.compute.plan import Operand, Plan, Stage, Step
from workbench.factor.operator import OPERATORS

__all__ = ["encode", "run_plan", "tile_of"]

_REAL_PARAMETER = 3
# Half of a common 1 MiB second-level cache: the other half is for whoever shares the core.
_CACHE = 512 * 1024
_LEAST_LANES = 8


def run_plan(
    plan: Plan,
    arrays: Mapping[str, AnyPanel],
    mask: BoolPanel | None,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    threads: int,
) -> dict[str, FloatPanel]:
    """Run all stages with the compiled kernels.

    Parameters
    ----------
    plan : Plan
        What to run.
    arrays : mapping of str to array of shape (T, N)
        Fields and group codes by name.
    mask : array of bool, shape (T, N), or None
        Who takes part in cross-sections.
    dtype : dtype
        float32 or float64.
    shape : (T, N)
        Of every panel.
    threads : int
        Workers over tiles.

    Returns
    -------
    dict of str to array of shape (T, N)
        Views of padded panels, without the padding.
    """
    sessions, columns = shape
    pitch = padded_columns(columns, cpu.LANES, dtype.itemsize)
    panels = [cpu.pad(arrays[name], dtype, pitch) for name in plan.fields]
    panels += [np.empty((sessions, pitch), dtype) for _ in range(plan.panel_count - len(panels))]
    groups = [cpu.pad(arrays[name], np.dtype(np.int32), pitch) for name in plan.groups]
    chosen = None if mask is None else cpu.pad(mask, np.dtype(np.uint8), pitch)
    for stage in plan.stages:
        cpu.run_stage(
            stage.axis,
            encode(stage.steps),
            panels,
            groups=groups,
            mask=chosen,
            columns=columns,
            slots=stage.slots,
            tile=tile_of(stage, sessions, pitch, dtype.itemsize, threads),
            threads=threads,
        )
    return {name: panels[number][:, :columns] for name, number in plan.outputs.items()}


def encode(steps: tuple[Step, ...]) -> AnyPanel:
    """Steps as an array of `cpu.INSTRUCTION`."""
    opcodes = cpu.opcodes()
    program = np.zeros(len(steps), cpu.INSTRUCTION)
    for row, step in zip(program, steps, strict=True):
        row["opcode"] = opcodes[step.operator]
        row["out"] = _address(step.out)
        read = [operand for operand in step.operands if operand.place != "group"]
        for position, operand in enumerate(read):
            row["lags"][position] = operand.lag
            if operand.place == "constant":
                row["inputs"][position] = cpu.FIRST_CONSTANT - position
                row["real"][position] = operand.value
            else:
                row["inputs"][position] = _address(operand)
        groups = [operand.number for operand in step.operands if operand.place == "group"]
        literals = list(zip(_literal_roles(step.operator), step.parameters, strict=True))
        whole = [int(value) for role, value in literals if role != "real"]
        for position, value in enumerate((*groups, *whole)):
            row["integer"][position] = value
        for role, value in literals:
            if role == "real":
                row["real"][_REAL_PARAMETER] = value
    return program


def tile_of(stage: Stage, sessions: int, pitch: int, itemsize: int, threads: int) -> int:
    """Columns (time stages) or rows (section stages) of a tile whose buffers fit the cache.

    At least two tiles a thread where the panel is large enough, so that no thread idles.
    """
    read = {(o.place, o.number) for step in stage.steps for o in (*step.operands, step.out)}
    buffers = sum(place in ("panel", "slot") for place, _ in read)
    lanes = cpu.LANES
    length, across = (sessions, pitch) if stage.axis == "time" else (pitch, sessions)
    fits = _CACHE // max(1, length * itemsize * buffers)
    share = -(-across // (2 * threads))
    if stage.axis == "time":
        # A row of a narrow tile is a cache line or two, which defeats the hardware's prefetcher:
        # measured, 8 groups of lanes beat a tile that fits the cache exactly.
        return max(lanes, min(max(fits, _LEAST_LANES * lanes), share) // lanes * lanes)
    return max(1, min(fits, share))


def _literal_roles(operator: str) -> list[str]:
    """Roles of the parameters that are written as numbers; a copy has none."""
    if operator not in OPERATORS:
        return []
    return [p.role for p in OPERATORS[operator].parameters if not p.is_operand]


def _address(operand: Operand) -> int:
    """Buffer number as the kernels count: panels from 0 up, slots from -1 down."""
    return operand.number if operand.place == "panel" else -1 - operand.number
