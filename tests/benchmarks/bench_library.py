"""Whole libraries against KunQuant: each program in a process of its own, one table.

Run ``python tests/benchmarks/bench_library.py [--out FILE] [--quick]``. Alpha101 is the 82 formulas
that KunQuant has, on 1250 x 800; Alpha158 all 158 on 2520 x 5000. The same random prices, float32.
Every factor is reduced to its mean and deviation as soon as it is there (``reduce=``), KunQuant's
results too, after it has made them. CPU seconds of the process: of the first call, which touches
its memory for the first time, and of one more; peak memory of the process, its inputs included.
``start`` is what comes before a first answer: the wall time of a first batch on 50 sessions here,
the compilation there.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peers import available, copy_bandwidth, kunquant_compiled, machine, markdown, prices

SIZES = {"alpha101": (1250, 800), "alpha158": (2520, 5000)}
QUICK = {"alpha101": (400, 100), "alpha158": (400, 200)}
SETTLED = 300  # sessions after which every factor is defined


def with_vwap(fields: dict[str, NDArray]) -> dict[str, NDArray]:
    """Add the mean traded price and the return, as a market delivers them."""
    fields["vwap"] = fields["amount"] / fields["volume"]
    returns = np.full_like(fields["close"], np.nan)
    returns[1:] = fields["close"][1:] / fields["close"][:-1] - 1
    fields["returns"] = returns
    return fields


def statistics(values: NDArray) -> list[float]:
    """Mean and deviation of a factor, without its first sessions."""
    known = values[SETTLED:] if len(values) > SETTLED else values
    known = known[np.isfinite(known)].astype(np.float64)
    return [float(known.mean()), float(known.std())] if known.size else [np.nan, np.nan]


def names_of(library: str) -> list[str]:
    """Names of the factors that both programs have."""
    if library == "alpha158":
        from workbench.factor.library import alpha158

        return list(alpha158("strict"))
    from KunQuant.predefined import Alpha101

    return [function.__name__ for function in Alpha101.all_alpha]


def run_ours(library: str, shape: tuple[int, int], threads: int) -> dict[str, object]:
    """Compute a library with workbench and reduce each factor."""
    from workbench.compute import compute
    from workbench.factor import library as libraries
    from workbench.market import ArraySource, Assets, Market, Sessions

    fields = with_vwap(prices(*shape, seed=1))
    known = libraries.alpha158("strict") if library == "alpha158" else libraries.alpha101()
    factors = {name: known[name] for name in names_of(library)}

    def market(sessions: int) -> Market:
        days = np.datetime64("2015-01-01", "D") + np.arange(sessions).astype("timedelta64[D]")
        assets = Assets([f"{n:06d}.SZ" for n in range(shape[1])])
        cut = {name: values[:sessions] for name, values in fields.items()}
        return Market(ArraySource(Sessions(days), assets, cut), adjust="none", name="random")

    whole = market(shape[0])
    start = time.perf_counter()
    compute({"first": "ts_mean(close, 5)"}, market(50), dtype="float32", threads=threads)
    first = time.perf_counter() - start

    def run() -> dict[str, list[float]]:
        return compute(
            factors,
            whole,
            dtype="float32",
            threads=threads,
            max_bytes=1_000_000_000,
            reduce=lambda panel: statistics(panel.to_numpy()[:, ::97]),
        )

    return timed(run) | {"start": first}


def timed(run: Callable[[], dict[str, list[float]]]) -> dict[str, object]:
    """CPU and wall seconds of the first call and of one more."""
    answer: dict[str, object] = {}
    for title in ("first", "again"):
        cpu, wall = time.process_time(), time.perf_counter()
        answer["values"] = run()
        answer[f"{title} cpu"] = time.process_time() - cpu
        answer[f"{title} wall"] = time.perf_counter() - wall
    return answer


def run_kunquant(library: str, shape: tuple[int, int], threads: int) -> dict[str, object]:
    """Compile KunQuant's definitions into one graph and run it."""
    from KunQuant.predefined import Alpha101, Alpha158

    fields = with_vwap(prices(*shape, seed=1))
    wanted = ("open", "high", "low", "close", "volume", "amount")
    given = {name: fields[name] for name in (*wanted, "vwap")[: 6 + (library == "alpha158")]}

    def build(inputs: Mapping[str, object]) -> Mapping[str, object]:
        if library == "alpha101":
            data = Alpha101.AllData(**{name: inputs[name] for name in wanted})
            return {function.__name__: function(data) for function in Alpha101.all_alpha}
        data = Alpha158.AllData(**{name: inputs[name] for name in wanted})
        shown = [(name.upper(), inputs[name]) for name in ("open", "high", "low", "vwap")]
        settings = {"kbar": {}, "price": {"windows": [0], "feature": shown}, "rolling": {}}
        values, names = data.build(settings)
        return dict(zip(names, values, strict=True))

    start = time.perf_counter()
    run = kunquant_compiled(build, given, threads)
    compiled = time.perf_counter() - start
    return timed(lambda: {name: statistics(values[:, ::97]) for name, values in run().items()}) | {
        "start": compiled
    }


def measured(program: str, library: str, shape: tuple[int, int], threads: int) -> dict[str, object]:
    """Run one program in a process of its own."""
    order = [sys.executable, __file__, "--one", program, library, *map(str, shape), str(threads)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        raise SystemExit(f"{program} failed on {library}.")
    return json.loads(done.stdout.splitlines()[-1])


def one(program: str, library: str, shape: tuple[int, int], threads: int) -> None:
    """Measure inside the process and print JSON."""
    run = run_ours if program == "workbench" else run_kunquant
    answer = run(library, shape, threads)
    answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps(answer) + "\n")


def same(ours: Mapping[str, list[float]], theirs: Mapping[str, list[float]]) -> int:
    """How many factors have the same mean and deviation up to 1e-3 of the deviation."""
    theirs = {name.lower(): pair for name, pair in theirs.items()}
    count = 0
    for name, pair in ours.items():
        other = theirs.get(name.lower(), [np.nan, np.nan])
        close = np.isclose(pair, other, rtol=1e-3, atol=1e-3 * abs(other[1]))
        count += bool(close.all())
    return count


def main() -> None:
    """Measure both programs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.one:
        program, library, sessions, assets, threads = options.one
        one(program, library, (int(sessions), int(assets)), int(threads))
        return
    rows = []
    for library, shape in (QUICK if options.quick else SIZES).items():
        answers = {"workbench, 1 thread": measured("workbench", library, shape, 1)}
        answers["workbench, 2 threads"] = measured("workbench", library, shape, 2)
        if available("KunQuant"):
            answers["KunQuant, 1 thread"] = measured("KunQuant", library, shape, 1)
        mine = answers["workbench, 1 thread"]
        for program, answer in answers.items():
            equal = same(mine["values"], answer["values"])
            times = [answer[key] for key in ("first cpu", "again cpu", "again wall", "start")]
            ratios = [answer[key] / mine[key] for key in ("first cpu", "again cpu")]
            rows.append(
                [f"{library} {shape[0]} x {shape[1]}", program]
                + [f"{one:.2f}" for one in times]
                + [f"{ratio:.1f}x" for ratio in ratios]
                + [f"{answer['peak'] / 1e9:.2f}", f"{equal} of {len(mine['values'])}"]
            )
    columns = ["library", "program", "CPU s, first call", "CPU s, again", "wall s, again"]
    columns += ["start s", "first, times ours", "again, times ours", "peak GB", "same statistics"]
    title = "Libraries, float32, factors reduced to statistics"
    text = f"{machine()}; copies {copy_bandwidth() / 1e9:.1f} GB/s.\n\n"
    text += markdown(title, columns, rows) + "\n"
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
