"""Compiled kernels on the CPU: find them, feed them, run one operator or one stage.

`load` imports the extension once; `pad` gives an array the pitch the kernels expect;
`run_stage` runs a list of instructions over panels in place; `single` runs one operator over
whole arrays. Where the extension is absent, `load` returns None and warns once: the NumPy
oracle then serves. The C++ sources are in ``workbench/compute/kernels``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.compute.literals import MOST, complete, setting_of
from workbench.compute.padding import LANES, pad
from workbench.compute.threads import default_threads
from workbench.errors import ComputeError, KernelsMissingWarning, PlanError, near_names
from workbench.factor.operator import OPERATORS, Axis

__all__ = [
    "FIRST_CONSTANT",
    "FIRST_GROUP",
    "INSTRUCTION",
    "LANES",
    "VARIANT_VARIABLE",
    "chosen_variant",
    "default_threads",
    "find",
    "load",
    "opcodes",
    "pad",
    "run_stage",
    "single",
    "variants",
    "write_literals",
]

MOST_OPERANDS = 8
"""Operands of one instruction at most."""

INSTRUCTION = np.dtype(
    [
        ("opcode", "i4"),
        ("out", "i4"),
        ("operands", "i4"),
        ("grouped", "i4"),
        ("inputs", "i4", (MOST_OPERANDS,)),
        ("lags", "i4", (MOST_OPERANDS,)),
        ("constants", "f8", (MOST_OPERANDS,)),
        ("window", "i4"),
        ("min_periods", "i4"),
        ("traded", "i4"),
        ("integer", "i4", (MOST,)),
        ("real", "f8", (MOST,)),
    ],
    align=True,
)
"""One instruction of a stage; the C++ struct of the same name has the same layout."""

FIRST_CONSTANT = -1000
"""Operand id of ``constants[0]``; ``constants[k]`` is ``FIRST_CONSTANT - k``."""

FIRST_GROUP = -2000
"""Operand id of the first group array, then downwards."""

VARIANT_VARIABLE = "WORKBENCH_CPU_VARIANT"
"""Environment variable that overrides the chosen instruction set (for tests)."""

_LEAST_TILE = 8 * LANES  # columns: a row of fewer is a cache line or two, which no prefetcher sees
_L2_SHARE = 256 * 1024  # bytes one operand of a tile may take, so that a few fit a core's L2


@cache
def find() -> tuple[ModuleType | None, str]:
    """Look for the compiled kernels without a word: the module, or None and the reason."""
    try:
        from workbench.compute import _kernels
    except ImportError as error:
        return None, _absence(error)
    if _kernels.variants():
        return _kernels, ""
    return None, "this CPU runs none of the compiled variants"


@cache
def load() -> ModuleType | None:
    """Import the compiled kernels.

    Returns
    -------
    module or None
        None when the extension was not built or this CPU can run none of its variants. The
        first such call warns with `KernelsMissingWarning`; results then come from the oracle,
        which is slower and equal.
    """
    module, reason = find()
    if module is not None:
        return module
    warnings.warn(
        f"Compiled kernels are not available ({reason}). The NumPy oracle serves instead: same "
        "values, slower. `workbench doctor` tells how to gain speed.",
        KernelsMissingWarning,
        stacklevel=2,
    )
    return None


def _absence(error: ImportError) -> str:
    """Why the extension is not there, as far as the folder tells."""
    if (Path(__file__).parent / "kernels" / "CMakeLists.txt").exists():
        # An installed package leaves the build file out: these are the sources themselves.
        return (
            "workbench was imported from its source folder, where nothing is compiled: start "
            'Python elsewhere, or install with `pip install -e ".[test]"`'
        )
    return str(error)


def _kernels() -> ModuleType:
    module = load()
    if module is None:
        raise ComputeError(
            "The compiled kernels were asked for and are not installed. Use the oracle engine, "
            "or run `workbench doctor` to see how to build them."
        )
    return module


@cache
def opcodes() -> dict[str, int]:
    """Opcode of every operator the kernels know, by canonical name.

    Raises
    ------
    ComputeError
        The kernels are not installed.
    """
    return dict(_kernels().opcodes())


@cache
def variants() -> tuple[str, ...]:
    """Instruction sets this CPU can run, best last; empty without kernels.

    All of them give the same bits; they differ in speed only.
    """
    module = load()
    return tuple(module.variants()) if module is not None else ()


def chosen_variant() -> str:
    """Instruction set in use: ``$WORKBENCH_CPU_VARIANT`` or the best one.

    Raises
    ------
    ComputeError
        The kernels are not installed, or the variable names a variant this CPU cannot run.
    """
    _kernels()
    name = os.environ.get(VARIANT_VARIABLE)
    if not name:
        return variants()[-1]
    if name not in variants():
        raise ComputeError(
            f"${VARIANT_VARIABLE} must be one of {', '.join(variants())}, got {name!r}."
            f"{near_names(name, variants())}"
        )
    return name


def run_stage(
    axis: str,
    instructions: NDArray,
    panels: Sequence[NDArray],
    *,
    columns: int,
    groups: Sequence[NDArray] = (),
    mask: NDArray | None = None,
    slots: int = 0,
    tile: int | None = None,
    threads: int | None = None,
    variant: str | None = None,
) -> None:
    """Run one stage; results are written into `panels`.

    Parameters
    ----------
    axis
        ``"time"`` (elementwise and window operators, tiles of columns) or ``"section"``
        (elementwise and cross-sectional operators, tiles of rows).
    instructions
        One-dimensional array of `INSTRUCTION`. An operand id >= 0 is a panel, -1 - k is scratch
        slot k, `FIRST_CONSTANT` - k is the instruction's ``constants[k]``, `FIRST_GROUP` - k is
        ``groups[k]``. Operand i at row t reads row t - ``lags[i]``; rows before the first are NaN.
        Literals stand as `workbench.compute.literals` says.
    panels
        Arrays (T, pitch) of one float dtype, see `pad`. Those written must be writable.
    columns
        Number of assets N; pad columns of results are NaN.
    groups
        int32 codes (T or 1, pitch), -1 for none.
    mask
        bool or uint8 (T, pitch): columns outside take no part in a cross-section.
    slots, tile, threads
        Scratch slots; columns or rows of a tile; threads. They never change a result.
    variant
        Instruction set, by default `chosen_variant`.

    Raises
    ------
    ValueError
        Shapes, dtypes, ids or opcodes that do not fit together.
    ComputeError
        The kernels are not installed.
    """
    module = _kernels()
    if not panels or panels[0].ndim != 2:
        raise PlanError("run_stage expects at least one panel, all of shape (T, pitch).")
    dtype = np.dtype(panels[0].dtype)
    if tile is None:
        tile = _tile(axis, panels[0].shape, dtype.itemsize)
    module.run_stage(
        variant if variant is not None else chosen_variant(),
        dtype.name,
        axis,
        instructions,
        list(panels),
        list(groups),
        mask,
        columns,
        slots,
        tile,
        threads if threads is not None else default_threads(),
    )


def _tile(axis: str, shape: tuple[int, int], itemsize: int) -> int:
    rows, pitch = shape
    if axis == "time":
        return max(_LEAST_TILE, _L2_SHARE // max(1, rows * itemsize) // LANES * LANES)
    return max(1, _L2_SHARE // max(1, pitch * itemsize))


def single(
    operator: str,
    arrays: Sequence[ArrayLike],
    *literals: float | str,
    mask: ArrayLike | None = None,
    dtype: str = "float64",
    tile: int | None = None,
    threads: int | None = None,
    variant: str | None = None,
) -> NDArray:
    """Run one operator over whole arrays.

    Parameters
    ----------
    operator
        Canonical name, such as ``"ts_mean"``.
    arrays
        Operands: (T, N) arrays or single numbers; integer arrays, (T, N) or (1, N), are groups.
    *literals
        Window and so on, in the order of the declaration; those with defaults may be left out.
    mask
        (T, N) truth values for cross-sections; all true when absent.
    dtype
        ``"float32"`` or ``"float64"``, the storage type. Sums are double in both.
    tile, threads, variant
        As in `run_stage`.

    Returns
    -------
    ndarray
        (T, N) of `dtype`.

    Raises
    ------
    PlanError
        Unknown operator, or operands whose shapes differ.

    Examples
    --------
    >>> single("ts_sum", [[[1.0], [2.0], [3.0]]], 2)[:, 0]
    array([nan,  3.,  5.])
    """
    if operator not in opcodes():
        raise PlanError(
            f"The kernels have no operator {operator!r}.{near_names(operator, opcodes())}"
        )
    code = np.zeros(1, dtype=INSTRUCTION)
    write_literals(code[0], operator, complete(operator, literals))
    operands = [np.asarray(array) for array in arrays]
    shapes = {one.shape for one in operands if one.ndim and one.dtype.kind not in "iu"}
    if not shapes:  # nothing but groups
        shapes = {np.broadcast_shapes(*(one.shape for one in operands))} - {()}
    if len(shapes) != 1:
        raise PlanError("Operands must be (T, N) arrays of one shape, at least one of them.")
    panels, groups = _operands(code, operands, dtype)
    rows, columns = shapes.pop()
    panels.append(np.empty((rows, -(-columns // LANES) * LANES), dtype=dtype))
    code["out"] = len(panels) - 1
    row = OPERATORS.get(operator)
    run_stage(
        "section" if row is not None and row.axis is Axis.SECTION else "time",
        code,
        panels,
        columns=columns,
        groups=groups,
        mask=None if mask is None else pad(mask, "bool"),
        tile=tile,
        threads=threads,
        variant=variant,
    )
    result = panels[-1]
    return result if columns == result.shape[1] else result[:, :columns].copy()


def write_literals(row: np.void, operator: str, parameters: Sequence[float | str]) -> None:
    """Write opcode and literals of a call into one instruction."""
    setting = setting_of(operator, parameters)
    row["opcode"] = opcodes()[operator]
    for name in ("window", "min_periods", "traded"):
        row[name] = getattr(setting, name)
    row["integer"][: len(setting.integer)] = setting.integer
    row["real"][: len(setting.real)] = setting.real


def _operands(
    code: NDArray, arrays: Sequence[NDArray], dtype: str
) -> tuple[list[NDArray], list[NDArray]]:
    """Write the operand ids of a call over plain arrays; return its panels and groups."""
    panels: list[NDArray] = []
    groups: list[NDArray] = []
    code["operands"] = len(arrays)
    for position, operand in enumerate(arrays):
        if operand.ndim == 0:
            code["inputs"][0, position] = FIRST_CONSTANT - position
            code["constants"][0, position] = float(operand)
        elif operand.dtype.kind in "iu":
            code["inputs"][0, position] = FIRST_GROUP - len(groups)
            groups.append(pad(operand, "int32"))
        else:
            code["inputs"][0, position] = len(panels)
            panels.append(pad(operand, dtype))
    return panels, groups
