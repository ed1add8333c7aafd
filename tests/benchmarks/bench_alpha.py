"""Ten factors of Alpha101 against pandas and KunQuant in one run.

Run ``python tests/benchmarks/bench_alpha.py [sessions] [assets]``. Three programs compute the same
ten factors in float32 from the same random prices: `workbench.compute.compute` with one plan for
all ten, plain pandas written factor by factor, and KunQuant's own definitions compiled into one
graph (compilation not counted). Largest differences from ours are printed beside the times.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peers import Panels, kunquant_runner, largest_difference, markdown, median_ms, prices

from workbench.compute import compute, cpu
from workbench.factor.library import alpha101
from workbench.market import ArraySource, Assets, Market, Sessions

NAMES = ("001", "003", "004", "006", "012", "013", "016", "033", "040", "101")
ALPHAS = tuple(f"alpha{name}" for name in NAMES)
LONGEST = 30  # sessions after which every factor is defined

Batch = Callable[[], dict[str, NDArray]]


def workbench_batch(fields: Panels) -> Batch:
    """All ten in one plan on one thread."""
    sessions, assets = fields["close"].shape
    days = np.datetime64("2015-01-01") + np.arange(sessions).astype("timedelta64[D]")
    names = Assets([f"{n:06d}.SZ" for n in range(assets)])
    market = Market(ArraySource(Sessions(days), names, fields), adjust="none", name="random")
    factors = {name: alpha101()[name] for name in ALPHAS}

    def run() -> dict[str, NDArray]:
        panels = compute(factors, market, dtype="float32", threads=1)
        return {name: panel.to_numpy() for name, panel in panels.items()}

    return run


def pandas_batch(fields: Panels) -> Batch:
    """Return the published formulas in pandas, one by one as users write them."""
    import pandas as pd

    open_, high, low, close, volume = (
        pd.DataFrame(fields[name]) for name in ("open", "high", "low", "close", "volume")
    )

    def rank(x: pd.DataFrame) -> pd.DataFrame:
        return x.rank(axis=1, pct=True)

    def alpha001() -> pd.DataFrame:
        returns = close.pct_change(fill_method=None)
        inner = close.where(returns >= 0, returns.rolling(20).std())
        inner = (inner.abs() ** 2 * np.sign(inner)).where(returns.notna())
        return rank(inner.rolling(5).apply(np.argmax, raw=True) + 1) - 0.5

    formulas: dict[str, Callable[[], pd.DataFrame]] = {
        "alpha001": alpha001,
        "alpha003": lambda: -rank(open_).rolling(10).corr(rank(volume)),
        "alpha004": lambda: -rank(low).rolling(9).rank(pct=True),
        "alpha006": lambda: -open_.rolling(10).corr(volume),
        "alpha012": lambda: np.sign(volume.diff()) * -close.diff(),
        "alpha013": lambda: -rank(rank(close).rolling(5).cov(rank(volume))),
        "alpha016": lambda: -rank(rank(high).rolling(5).cov(rank(volume))),
        "alpha033": lambda: rank(-(1 - open_ / close)),
        "alpha040": lambda: -rank(high.rolling(10).std()) * high.rolling(10).corr(volume),
        "alpha101": lambda: (close - open_) / ((high - low) + 0.001),
    }
    return lambda: {name: formula().to_numpy() for name, formula in formulas.items()}


def kunquant_batch(fields: Panels) -> Batch:
    """Compile KunQuant's own definitions of the ten into one graph."""
    from KunQuant.predefined import Alpha101

    def build(inputs: dict[str, object]) -> dict[str, object]:
        data = Alpha101.AllData(**inputs)
        return {name: getattr(Alpha101, name)(data) for name in ALPHAS}

    return kunquant_runner(build, fields)


def main() -> None:
    """Measure, compare and print the two tables."""
    sessions, assets = (int(one) for one in (sys.argv[1:] or ("1250", "800")))
    fields = prices(sessions, assets, seed=1)
    batches = {"workbench": workbench_batch(fields), "pandas": pandas_batch(fields)}
    if importlib.util.find_spec("KunQuant") is not None:
        batches["KunQuant"] = kunquant_batch(fields)
    results = {name: batch() for name, batch in batches.items()}
    repeats = {"workbench": 9, "pandas": 1, "KunQuant": 9}
    spent = {name: median_ms(batch, repeats[name]) for name, batch in batches.items()}
    rows = [[name, ms, f"{ms / spent['workbench']:.1f}x"] for name, ms in spent.items()]
    title = (
        f"Ten Alpha101 factors, {sessions} x {assets} float32, CPU milliseconds on one thread "
        f"({cpu.chosen_variant()})"
    )
    sys.stdout.write(markdown(title, ["program", "ms", "times ours"], rows) + "\n\n")
    ours = results.pop("workbench")
    rows = [
        [alpha]
        + [
            f"{largest_difference(ours[alpha][LONGEST:], result[alpha][LONGEST:]):.1e}"
            for result in results.values()
        ]
        for alpha in ALPHAS
    ]
    sys.stdout.write(
        markdown("Largest difference from workbench", ["factor", *results], rows) + "\n"
    )


if __name__ == "__main__":
    main()
