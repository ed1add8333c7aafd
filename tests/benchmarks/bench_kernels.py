"""Single operators against pandas, bottleneck and KunQuant in one run.

Run ``python tests/benchmarks/bench_kernels.py [sessions] [assets]``. Each row is one operator on
one float32 panel; every library starts from, and returns, a plain (T, N) array.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peers import kunquant_runner, largest_difference, markdown, median_ms, prices

from workbench.compute import cpu

Run = Callable[[], NDArray]


def ours(operator: str, operands: list[NDArray], window: int) -> Run:
    """Run the kernel on one thread, with padding and all."""
    return lambda: cpu.single(operator, operands, window, dtype="float32", threads=1)


def pandas_runs(open_: NDArray, volume: NDArray) -> dict[str, Run]:
    """Return the same four operators in pandas."""
    import pandas as pd

    x, y = pd.DataFrame(open_), pd.DataFrame(volume)
    return {
        "ts_mean": lambda: x.rolling(20).mean().to_numpy(),
        "correlation": lambda: x.rolling(10).corr(y).to_numpy(),
        "ts_rank": lambda: x.rolling(10).rank(pct=True).to_numpy(),
        "rank": lambda: x.rank(axis=1, pct=True).to_numpy(),
    }


def bottleneck_runs(open_: NDArray) -> dict[str, Run]:
    """Return what bottleneck has: no rolling correlation; its ranks are rescaled to ours."""
    if importlib.util.find_spec("bottleneck") is None:
        return {}
    import bottleneck

    return {
        "ts_mean": lambda: bottleneck.move_mean(open_, 20, axis=0),
        "ts_rank": lambda: (bottleneck.move_rank(open_, 10, axis=0) * 4.5 + 5.5) / 10,
        "rank": lambda: bottleneck.rankdata(open_, axis=1) / open_.shape[1],
    }


def kunquant_runs(open_: NDArray, volume: NDArray) -> dict[str, Run]:
    """Compile each operator with KunQuant."""
    if importlib.util.find_spec("KunQuant") is None:
        return {}
    from KunQuant import Op, ops

    graphs = {
        "ts_mean": lambda f: ops.WindowedAvg(f["x"], 20),
        "correlation": lambda f: ops.WindowedCorrelation(f["x"], 10, f["y"]),
        "ts_rank": lambda f: ops.TsRank(f["x"], 10),
        "rank": lambda f: Op.Rank(f["x"]),
    }
    runs: dict[str, Run] = {}
    for name, graph in graphs.items():
        fields = {"x": open_, "y": volume} if name == "correlation" else {"x": open_}
        run = kunquant_runner(lambda f, graph=graph: {"out": graph(f)}, fields)
        scale = 0.1 if name == "ts_rank" else 1.0  # KunQuant counts 1 .. w
        runs[name] = lambda run=run, scale=scale: run()["out"] * np.float32(scale)
    return runs


def main() -> None:
    """Measure, compare and print the table."""
    sessions, assets = (int(one) for one in (sys.argv[1:] or ("1250", "800")))
    fields = prices(sessions, assets, seed=0)
    open_, volume = fields["open"], fields["volume"]
    peers = {
        "pandas": pandas_runs(open_, volume),
        "bottleneck": bottleneck_runs(open_),
        "KunQuant": kunquant_runs(open_, volume),
    }
    rows = []
    for name, label, operands, window in (
        ("ts_mean", "rolling mean, 20", [open_], 20),
        ("correlation", "rolling correlation, 10", [open_, volume], 10),
        ("ts_rank", "ts_rank, 10", [open_], 10),
        ("rank", "cross-sectional rank", [open_], 0),
    ):
        run = ours(name, operands, window)
        mine, reference = median_ms(run, 15), run()
        row: list[object] = [label, mine]
        for runs in peers.values():
            if name not in runs:
                row += ["–", "–"]
                continue
            peer = median_ms(runs[name], 5)
            row += [f"{peer:.3g} ({peer / mine:.1f}x)"]
            row += [f"{largest_difference(reference, runs[name]()):.1e}"]
        rows.append(row)
    columns = ["operator", f"workbench {cpu.chosen_variant()}"]
    columns += [head for peer in peers for head in (peer, "difference")]
    title = f"CPU milliseconds on one thread, {sessions} x {assets} float32, medians"
    sys.stdout.write(markdown(title, columns, rows) + "\n")


if __name__ == "__main__":
    main()
