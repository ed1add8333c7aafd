"""Single operators against KunQuant, polars, bottleneck, pandas and NumPy in one run.

Run ``python tests/benchmarks/bench_operators.py [sessions] [assets] [--out FILE]``. Every program
starts from plain (T, N) arrays of its favourite kind and leaves (T, N) values; compilation is not
counted. Values are compared before times: a peer whose values differ is shown with the difference.
CPU seconds of the process on one thread are the measure; wall seconds on two threads stand beside.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peers import (
    available,
    copy_bandwidth,
    kunquant_runner,
    largest_difference,
    machine,
    markdown,
    median_ms,
    prices,
)

from workbench.compute import cpu
from workbench.compute.memory import padded_columns
from workbench.compute.padding import LANES, pad

Run = Callable[[], NDArray]
OPERATORS: dict[str, tuple[str, tuple[str, ...], tuple[float | str, ...]]] = {
    "add": ("x + y", ("open", "volume"), ()),
    "log": ("logarithm", ("volume",), ()),
    "ts_mean": ("rolling mean, 20", ("open",), (20,)),
    "stddev": ("rolling deviation, 20", ("open",), (20,)),
    "correlation": ("rolling correlation, 20", ("open", "volume"), (20,)),
    "ts_rank": ("ts_rank, 20", ("open",), (20,)),
    "ts_argmax": ("ts_argmax, 20", ("open",), (20,)),
    "ts_max": ("rolling maximum, 20", ("open",), (20,)),
    "decay_linear": ("decay_linear, 20", ("open",), (20,)),
    "ts_slope": ("rolling slope, 20", ("open",), (20,)),
    "ts_quantile": ("rolling 80 % quantile, 60", ("open",), (60, 0.8)),
    "rank": ("cross-sectional rank", ("open",), ()),
    "zscore": ("cross-sectional z-score", ("open",), ()),
}
SECTION = ("rank", "zscore")


class Ours:
    """One operator over padded panels, the result in a panel that is used again."""

    def __init__(self, name: str, fields: dict[str, NDArray], dtype: str, threads: int) -> None:
        _, operands, literals = OPERATORS[name]
        shape = fields["open"].shape
        pitch = padded_columns(shape[1], LANES, np.dtype(dtype).itemsize)
        self.columns, self.threads = shape[1], threads
        self.panels = [pad(fields[field], dtype, pitch) for field in operands]
        self.panels.append(np.empty((shape[0], pitch), dtype))
        self.code = np.zeros(1, cpu.INSTRUCTION)
        cpu.write_literals(self.code[0], name, cpu.complete(name, literals))
        self.code["operands"] = self.code["out"] = len(operands)
        self.code["inputs"][0, : len(operands)] = range(len(operands))
        self.axis = "section" if name in SECTION else "time"

    def __call__(self) -> NDArray:
        cpu.run_stage(self.axis, self.code, self.panels, columns=self.columns, threads=self.threads)
        return self.panels[-1][:, : self.columns]


def numpy_runs(fields: dict[str, NDArray]) -> dict[str, Run]:
    """Plain NumPy: windows as views, one vectorised call."""
    x, y = fields["open"], fields["volume"]

    def windows(d: int) -> NDArray:
        return np.lib.stride_tricks.sliding_window_view(x, d, axis=0)

    def placed(values: NDArray) -> NDArray:
        out = np.full(x.shape, np.nan, np.float32)
        out[len(x) - len(values) :] = values
        return out

    weights = (np.arange(1, 21) / 210).astype(np.float32)
    return {
        "add": lambda: x + y,
        "log": lambda: np.log(y),
        "ts_mean": lambda: placed(windows(20).mean(axis=-1)),
        "stddev": lambda: placed(windows(20).std(axis=-1, ddof=1)),
        "ts_max": lambda: placed(windows(20).max(axis=-1)),
        "ts_argmax": lambda: placed(windows(20).argmax(axis=-1) + 1),
        "decay_linear": lambda: placed(windows(20) @ weights),
        "zscore": lambda: (x - x.mean(1, keepdims=True)) / x.std(1, ddof=1, keepdims=True),
    }


def pandas_runs(fields: dict[str, NDArray]) -> dict[str, Run]:
    """Return the operators in pandas."""
    if not available("pandas"):
        return {}
    import pandas as pd

    x, y = pd.DataFrame(fields["open"]), pd.DataFrame(fields["volume"])
    return {
        "ts_mean": lambda: x.rolling(20).mean().to_numpy(),
        "stddev": lambda: x.rolling(20).std().to_numpy(),
        "correlation": lambda: x.rolling(20).corr(y).to_numpy(),
        "ts_rank": lambda: x.rolling(20).rank(pct=True).to_numpy(),
        "ts_max": lambda: x.rolling(20).max().to_numpy(),
        "ts_quantile": lambda: x.rolling(60).quantile(0.8).to_numpy(),
        "rank": lambda: x.rank(axis=1, pct=True).to_numpy(),
    }


def polars_runs(fields: dict[str, NDArray]) -> dict[str, Run]:
    """Return the operators in polars, one column an asset (its fastest layout for windows)."""
    if not available("polars"):
        return {}
    import polars as pl

    frame = pl.DataFrame(np.asarray(fields["open"]))
    every = pl.all()

    def run(expression: pl.Expr) -> Run:
        return lambda: frame.select(expression).to_numpy()

    return {
        "ts_mean": run(every.rolling_mean(20)),
        "stddev": run(every.rolling_std(20)),
        "ts_max": run(every.rolling_max(20)),
        "ts_quantile": run(every.rolling_quantile(0.8, "linear", window_size=60)),
    }


def bottleneck_runs(fields: dict[str, NDArray]) -> dict[str, Run]:
    """Return what bottleneck has; ranks are rescaled to ours."""
    if not available("bottleneck"):
        return {}
    import bottleneck

    x = fields["open"]
    return {
        "ts_mean": lambda: bottleneck.move_mean(x, 20, axis=0),
        "stddev": lambda: bottleneck.move_std(x, 20, axis=0, ddof=1),
        "ts_max": lambda: bottleneck.move_max(x, 20, axis=0),
        "ts_argmax": lambda: 20 - bottleneck.move_argmax(x, 20, axis=0),
        "ts_rank": lambda: (bottleneck.move_rank(x, 20, axis=0) * 9.5 + 10.5) / 20,
        "rank": lambda: bottleneck.rankdata(x, axis=1) / x.shape[1],
    }


def kunquant_runs(fields: dict[str, NDArray]) -> dict[str, Run]:
    """Compile each operator with KunQuant."""
    if not available("KunQuant"):
        return {}
    from KunQuant import Op, ops

    graphs = {
        "add": lambda f: f["open"] + f["volume"],
        "log": lambda f: ops.Log(f["volume"]),
        "ts_mean": lambda f: ops.WindowedAvg(f["open"], 20),
        "stddev": lambda f: ops.WindowedStddev(f["open"], 20),
        "correlation": lambda f: ops.WindowedCorrelation(f["open"], 20, f["volume"]),
        "ts_rank": lambda f: ops.TsRank(f["open"], 20),
        "ts_argmax": lambda f: ops.TsArgMax(f["open"], 20),
        "ts_max": lambda f: ops.WindowedMax(f["open"], 20),
        "decay_linear": lambda f: ops.DecayLinear(f["open"], 20),
        "ts_slope": lambda f: ops.WindowedLinearRegressionSlope(f["open"], 20),
        "ts_quantile": lambda f: ops.WindowedQuantile(f["open"], 60, 0.8),
        "rank": lambda f: Op.Rank(f["open"]),
    }
    runs: dict[str, Run] = {}
    for name, graph in graphs.items():
        given = {field: fields[field] for field in OPERATORS[name][1]}
        run = kunquant_runner(lambda f, graph=graph: {"out": graph(f)}, given)
        scale = np.float32(0.05 if name == "ts_rank" else 1.0)  # KunQuant counts 1 .. w
        runs[name] = lambda run=run, scale=scale: (
            run()["out"] * scale if scale != 1 else run()["out"]
        )
    return runs


def wall_ms(run: Run, repeats: int) -> float:
    """Median wall milliseconds."""
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1e3


def row_of(
    name: str, fields: dict[str, NDArray], peers: dict[str, dict[str, Run]], floor: float
) -> list[object]:
    """Times of one operator, ours first."""
    single = Ours(name, fields, "float32", 1)
    mine, reference = median_ms(single, 5), single().copy()
    row: list[object] = [OPERATORS[name][0], mine, floor * len(single.panels)]
    row.append(wall_ms(Ours(name, fields, "float32", 2), 5))
    row.append(median_ms(Ours(name, fields, "float64", 1), 3))
    for runs in peers.values():
        if name not in runs:
            row.append("–")
            continue
        difference = largest_difference(reference, runs[name]())
        spent = median_ms(runs[name], 3 if mine * 100 < 5000 else 1)
        row.append(f"{spent:.4g} ({spent / mine:.1f}x; {difference:.0e})")
    return row


def main() -> None:
    """Measure, compare and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sessions", nargs="?", type=int, default=2520)
    parser.add_argument("assets", nargs="?", type=int, default=5000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    fields = prices(options.sessions, options.assets, seed=0)
    bandwidth = copy_bandwidth()
    floor = fields["open"].nbytes / bandwidth * 1e3 / 2
    peers = {
        "KunQuant": kunquant_runs(fields),
        "polars": polars_runs(fields),
        "bottleneck": bottleneck_runs(fields),
        "pandas": pandas_runs(fields),
        "NumPy": numpy_runs(fields),
    }
    rows = [row_of(name, fields, peers, floor) for name in OPERATORS]
    columns = ["operator", f"ours {cpu.chosen_variant()}", "byte floor", "2 threads, wall"]
    columns += ["float64", *peers]
    title = (
        f"CPU milliseconds on one thread, {options.sessions} x {options.assets} float32; of peers "
        "in brackets: times ours; largest relative difference of values"
    )
    text = f"{machine()}; copies {bandwidth / 1e9:.1f} GB/s (read and write counted).\n\n"
    text += markdown(title, columns, rows) + "\n"
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
