"""A plan as the machine reads it: steps as instructions, and how wide a tile is.

Encoding of a step: see `cpu.INSTRUCTION`. Who lays out the buffers and runs the stages is
`runner.py`.
"""

from __future__ import annotations

import numpy as np

from workbench.arrays import AnyPanel
from workbench.compute import cpu
from workbench.compute.plan import Operand, Stage, Step
from workbench.factor.operator import OPERATORS
from workbench.factor.term import Call

__all__ = ["encode", "tile_of"]

# Half of a common 1 MiB second-level cache: the other half is for whoever shares the core.
_CACHE = 512 * 1024
_LEAST_LANES = 8


def encode(steps: tuple[Step, ...]) -> AnyPanel:
    """Steps as an array of `cpu.INSTRUCTION`."""
    program = np.zeros(len(steps), cpu.INSTRUCTION)
    for row, step in zip(program, steps, strict=True):
        cpu.write_literals(row, step.operator, step.parameters)
        row["out"] = _address(step.out)
        row["operands"] = len(step.operands)
        row["grouped"] = _grouped(step)
        for position, operand in enumerate(step.operands):
            row["lags"][position] = operand.lag
            if operand.place == "constant":
                row["inputs"][position] = cpu.FIRST_CONSTANT - position
                row["constants"][position] = operand.value
            else:
                row["inputs"][position] = _address(operand)
    return program


def _grouped(step: Step) -> int:
    """Bit k: operand k is a regressor whose numbers are codes, such as ``bucket(cap, 5)``."""
    if not isinstance(step.term, Call) or step.operator not in OPERATORS:
        return 0
    operands = step.term.operands
    roles = OPERATORS[step.operator].operand_roles(len(operands))
    return sum(
        1 << position
        for position, (role, operand) in enumerate(zip(roles, operands, strict=True))
        if role.role == "regressor" and role.reads_group(operand)
    )


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


def _address(operand: Operand) -> int:
    """Buffer as the kernels count: panels up from 0, slots and groups down from their first."""
    if operand.place == "group":
        return cpu.FIRST_GROUP - operand.number
    return operand.number if operand.place == "panel" else -1 - operand.number
