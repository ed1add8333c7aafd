"""How exact every operator is: kernels against the float64 oracle, on real and on hard data.

``python tests/benchmarks/accuracy.py [PANEL.parquet] [--out FILE.md]``; without a path the panel
cn300_2017_2020 is looked for in ``$WORKBENCH_SHARED_DATA/panels``.

Each operator is called as the conformance suite calls it, on prices and volumes of the panel and
on four scenes that tempt a program to err. Both engines get the inputs rounded to the storage
type, so the figures are of the operators and not of the storage.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.cases import CASES, FORMS, Case
from workbench.compute import cpu
from workbench.compute.evaluate import on_arrays
from workbench.compute.oracle import evaluate_term
from workbench.compute.oracle.missing import finite
from workbench.factor.operator import Axis, Operator

SESSIONS, ASSETS, GROUPS = 330, 60, 7
DTYPES = ("float32", "float64")
Fields = dict[str, NDArray]
Change = Callable[[NDArray, np.random.Generator], NDArray]


def real_series(path: Path) -> list[NDArray]:
    """Adjusted close, volume, daily return and range of the fullest stocks, (T, N) each."""
    names = ("close", "vol", "high", "low", "adj_factor")
    rows = pd.read_parquet(path, columns=["trade_date", "ts_code", *names])
    wide = {k: rows.pivot(index="trade_date", columns="ts_code", values=k) for k in names}
    fullest = wide["close"].notna().sum().sort_values(ascending=False, kind="stable").index
    kept = {k: one[fullest[:ASSETS]].to_numpy(float)[-SESSIONS:] for k, one in wide.items()}
    close = kept["close"] * kept["adj_factor"]
    returns = np.full(close.shape, np.nan)
    returns[1:] = close[1:] / close[:-1] - 1
    return [close, kept["vol"], returns, kept["high"] / kept["low"] - 1]


def _spikes(values: NDArray, rng: np.random.Generator) -> NDArray:
    return np.where(rng.random(values.shape) < 0.01, 1e12, values)


def _plateaus(values: NDArray, rng: np.random.Generator) -> NDArray:
    steps = np.arange(len(values)) // 12 * 12
    return values[steps]


def _ties(values: NDArray, rng: np.random.Generator) -> NDArray:
    low, high = np.nanmin(values), np.nanmax(values)
    return np.round((values - low) / (high - low) * 6)


def _holes(values: NDArray, rng: np.random.Generator) -> NDArray:
    return np.where(rng.random(values.shape) < 0.1, np.nan, values)


SCENES: dict[str, Change] = {
    "real": lambda values, rng: values,
    "holes": _holes,
    "spikes of 1e12": _spikes,
    "constant windows": _plateaus,
    "ties": _ties,
}


def fields_of(case: Case, series: list[NDArray], change: Change) -> Fields:
    """Inputs by the names of the call: series in turn, truths and groups drawn."""
    rng = np.random.default_rng([7, *case.name.encode()])
    fields: Fields = {}
    for place, operand in enumerate(case.call.operands):
        shape = series[0].shape
        if operand.name.startswith("group"):
            fields[operand.name] = rng.integers(-1, GROUPS, shape).astype(np.int32)
        elif operand.name.startswith("truth"):
            fields[operand.name] = rng.choice([0.0, 1.0], shape)
        else:
            fields[operand.name] = change(series[place % len(series)], rng)
    return fields


def errors(case: Case, fields: Fields, dtype: str) -> tuple[float, float, int]:
    """Largest absolute and relative error, and cells that are missing in one engine only."""
    stored = {n: v.astype(dtype) if v.dtype.kind == "f" else v for n, v in fields.items()}
    got = on_arrays(case.call, engine="kernels", dtype=dtype, **stored).astype(np.float64)
    with np.errstate(all="ignore"):
        want = evaluate_term(case.call, stored)
        seen = finite(want.astype(dtype)).astype(np.float64)
    apart = int((np.isnan(got) != np.isnan(seen)).sum())
    known = ~np.isnan(got) & ~np.isnan(seen)
    if not known.any():
        return 0.0, 0.0, apart
    off, size = np.abs(got - want)[known], np.abs(want)[known]
    # What cancels to nearly nothing keeps the rounding of its parts: no more than the median's.
    floor = max(np.median(size), 1e-9 * size.max(), np.finfo(float).tiny)
    return float(off.max()), float((off / np.maximum(size, floor)).max()), apart


def kind_of(row: Operator) -> str:
    """The class an operator is listed under."""
    if row.axis is Axis.ELEMENT:
        return "Elementwise"
    if row.axis is Axis.SECTION:
        return "Across assets"
    return "Along time"


def measured(series: list[NDArray]) -> Iterator[dict[str, object]]:
    """One row an operator: the worst of its forms, scene by scene and type by type."""
    by_name: dict[str, list[Case]] = {}
    for case in (*CASES, *FORMS):
        by_name.setdefault(case.row.name, []).append(case)
    for name, cases in by_name.items():
        row: dict[str, object] = {"operator": name, "kind": kind_of(cases[0].row)}
        worst = {dtype: (-1.0, "") for dtype in DTYPES}
        for dtype in DTYPES:
            absolute, apart = 0.0, 0
            for scene, change in SCENES.items():
                for case in cases:
                    off, share, holes = errors(case, fields_of(case, series, change), dtype)
                    if scene == "real":
                        absolute = max(absolute, off)
                        row[f"{dtype} real"] = max(share, float(row.get(f"{dtype} real", 0.0)))
                    worst[dtype] = max(worst[dtype], (share, scene))
                    apart += holes
            row |= {f"{dtype} absolute": absolute, f"{dtype} apart": apart}
            row |= {f"{dtype} worst": worst[dtype][0], f"{dtype} scene": worst[dtype][1]}
        yield row


HEAD = """# Accuracy of the operators, {date}

Compiled kernels ({variant}) against the float64 oracle, on {machine}. {forms} calls of {count}
operators (every policy and word of the conformance suite) on adjusted close, volume, return and
range of {assets} stocks over {sessions} sessions of `{panel}`, and on the same with 10% holes,
spikes of 1e12, windows of equal values and ties. Regenerate with
`python tests/benchmarks/accuracy.py`.

*Relative* is the largest |kernel - oracle| over the larger of the value and the median size of the
operator's values. The inputs are rounded to the storage type for both engines, the oracle's result
is not: half a unit of float32 is 6e-8. *Apart*: cells that one engine knows and the other does not.
"""


def table(rows: list[dict[str, object]], kind: str) -> list[str]:
    """Markdown of one class."""
    lines = [
        f"\n## {kind}\n",
        "| operator | float32: absolute, real | relative, real | relative, worst | scene | apart "
        "| float64: absolute, real | relative, real | relative, worst | scene | apart |",
        "| --- |" + " --- |" * 10,
    ]
    for row in sorted((r for r in rows if r["kind"] == kind), key=lambda r: str(r["operator"])):
        cells = [f"`{row['operator']}`"]
        for dtype in DTYPES:
            cells += [f"{row[f'{dtype} {what}']:.1e}" for what in ("absolute", "real", "worst")]
            cells += [str(row[f"{dtype} scene"]), str(row[f"{dtype} apart"])]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panel", nargs="?", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    shared = os.environ.get("WORKBENCH_SHARED_DATA")
    panel = given.panel or (shared and Path(shared) / "panels" / "cn300_2017_2020.parquet")
    if not panel:
        parser.error("give a panel or set $WORKBENCH_SHARED_DATA")
    rows = list(measured(real_series(Path(panel))))
    text = HEAD.format(
        date=pd.Timestamp.now().date(),
        variant=cpu.chosen_variant(),
        machine=platform.machine(),
        forms=len(CASES) + len(FORMS),
        count=len(rows),
        assets=ASSETS,
        sessions=SESSIONS,
        panel=Path(panel).stem,
    )
    kinds = dict.fromkeys(str(row["kind"]) for row in rows)
    text += "\n".join(line for kind in kinds for line in table(rows, kind)) + "\n"
    if given.out:
        given.out.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
