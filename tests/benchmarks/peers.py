"""Timing and peers for the benchmarks: CPU process time, medians, one Markdown table.

Everything runs on one thread, because several programs may share the machine; process time
counts the work done, not the waiting. A peer that is not installed is left out and named.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Panels",
    "available",
    "copy_bandwidth",
    "kunquant_compiled",
    "kunquant_runner",
    "largest_difference",
    "machine",
    "markdown",
    "median_ms",
    "prices",
]

Panels = dict[str, NDArray]


def available(module: str) -> bool:
    """Whether a peer is installed."""
    return importlib.util.find_spec(module) is not None


def machine() -> str:
    """Processor, cores and versions of what is compared."""
    names = ("numpy", "pandas", "polars", "bottleneck", "KunQuant")
    versions = [f"{name} {metadata.version(name)}" for name in names if available(name)]
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, " + ", ".join(
        versions
    )


def copy_bandwidth(megabytes: int = 256) -> float:
    """Bytes read and written in a second by one thread copying a large array."""
    source = np.ones(megabytes * 1024 * 1024 // 4, np.float32)
    target = np.empty_like(source)
    return 2e3 * source.nbytes / median_ms(lambda: np.copyto(target, source), 5)


def median_ms(run: Callable[[], object], repeats: int) -> float:
    """Median CPU milliseconds of `repeats` calls, after one call to warm up."""
    if repeats > 1:
        run()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent) * 1e3


def markdown(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """One table; numbers with three figures."""
    shown = [
        [f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows
    ]
    lines = [f"**{title}**", "", "| " + " | ".join(columns) + " |"]
    lines.append("| " + " | ".join(["---"] + ["---:"] * (len(columns) - 1)) + " |")
    lines += ["| " + " | ".join(row) + " |" for row in shown]
    return "\n".join(lines)


def prices(sessions: int, assets: int, seed: int) -> Panels:
    """Random walks with open, high, low, close, volume and amount, float32."""
    rng = np.random.default_rng(seed)
    close = 20 * np.exp(np.cumsum(rng.normal(0, 0.02, size=(sessions, assets)), axis=0))
    open_ = close * np.exp(rng.normal(0, 0.01, size=close.shape))
    high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.005, size=close.shape)))
    low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.005, size=close.shape)))
    volume = np.exp(rng.normal(13, 0.8, size=close.shape))
    fields = {"open": open_, "high": high, "low": low, "close": close, "volume": volume}
    fields["amount"] = volume * (high + low + close) / 3
    return {name: values.astype(np.float32) for name, values in fields.items()}


def kunquant_runner(
    build: Callable[[Mapping[str, object]], Mapping[str, object]], fields: Panels
) -> Callable[[], dict[str, NDArray]]:
    """Compile a KunQuant graph and return a single-threaded call of it."""
    return kunquant_compiled(build, fields, threads=1)


def kunquant_compiled(
    build: Callable[[Mapping[str, object]], Mapping[str, object]], fields: Panels, threads: int
) -> Callable[[], dict[str, NDArray]]:
    """Compile a KunQuant graph with its C++ compiler and return a call of it.

    `build` receives KunQuant inputs by field name and returns KunQuant expressions by name.
    Arrays go in and come out as (T, N), the layout in which users hold them.
    """
    from KunQuant.Driver import KunCompilerConfig
    from KunQuant.jit import cfake
    from KunQuant.Op import Builder, Input, Output
    from KunQuant.runner import KunRunner
    from KunQuant.Stage import Function

    builder = Builder()
    with builder:
        for name, expression in build({name: Input(name) for name in fields}).items():
            Output(expression, name)
    config = KunCompilerConfig(
        partition_factor=4, dtype="float", input_layout="TS", output_layout="TS"
    )
    library = cfake.compileit(
        [("graph", Function(builder.ops), config)], "bench", cfake.CppCompilerConfig()
    )
    module = library.getModule("graph")
    executor = (
        KunRunner.createSingleThreadExecutor()
        if threads == 1
        else KunRunner.createMultiThreadExecutor(threads)
    )
    sessions = len(next(iter(fields.values())))

    def run(keep: object = library) -> dict[str, NDArray]:
        return KunRunner.runGraph(executor, module, fields, 0, sessions)

    return run


def largest_difference(ours: NDArray, theirs: NDArray) -> float:
    """Largest difference relative to the larger magnitude (at least 1) where both are known."""
    ours, theirs = (np.asarray(one, dtype=np.float64) for one in (ours, theirs))
    both = np.isfinite(ours) & np.isfinite(theirs)
    if not both.any():
        return float("nan")
    scale = np.maximum(1, np.maximum(np.abs(ours[both]), np.abs(theirs[both])))
    return float((np.abs(ours[both] - theirs[both]) / scale).max())
