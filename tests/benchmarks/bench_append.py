"""One new session for every factor of the library, against computing everything again.

Run ``python tests/benchmarks/bench_append.py [sessions] [assets] [threads]``. A folder holds the
results up to yesterday; the market has one session more. Measured, in wall time: the full run,
``append_to=folder``, ``append_to=panels`` and ``last=1``; the rows appended are compared with the
full run bit for bit. Factors whose fields the random market lacks are left out and counted; where
the library has fewer than 450, its windows are lengthened to make more.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
from peers import markdown, prices

from workbench.compute import compute
from workbench.factor import Factor, factor, library
from workbench.market import ArraySource, Assets, Market, Sessions

COUNT = 450
LAST_NUMBER = re.compile(r"(?<=, )(\d+)\)")


def whole_library() -> dict[str, Factor]:
    """Alpha101, Alpha158 and Alpha191: 450 published factors."""
    return {
        f"{shelf}.{name}": one
        for shelf in ("alpha101", "alpha158", "alpha191")
        for name, one in getattr(library, shelf)().items()
    }


def batch(market: Market) -> tuple[dict[str, Factor], int, int]:
    """At least `COUNT` factors for this market; how many are published, and how many left out."""
    published = whole_library()
    known = {name: one for name, one in published.items() if all(f in market for f in one.fields)}
    factors, longer = dict(known), 0
    while known and len(factors) < COUNT:
        longer += 1
        for name, one in known.items():
            text = LAST_NUMBER.sub(lambda found, k=longer: f"{int(found[1]) + k})", one.text)
            if text != one.text and len(factors) < COUNT:
                factors[f"{name}+{longer}"] = factor(text)
    return factors, len(known), len(published) - len(known)


def random_market(sessions: int, assets: int) -> Callable[[int], Market]:
    """Cut a random market after any session."""
    fields = {name: values.astype(float) for name, values in prices(sessions, assets, 1).items()}
    rng = np.random.default_rng(2)
    fields |= {
        "adj_factor": np.ones((sessions, assets)),
        "shares": np.full((sessions, assets), 1e8),
    }
    groups = ("sector", "industry", "subindustry")
    codes = {g: np.broadcast_to(rng.integers(0, 30, assets), (sessions, assets)) for g in groups}
    fields |= {name: values.astype(np.int32) for name, values in codes.items()}
    labels = {name: [f"group {n}" for n in range(30)] for name in groups}
    days = np.datetime64("2015-01-01") + np.arange(sessions).astype("timedelta64[D]")
    names = Assets([f"{n:06d}.SZ" for n in range(assets)])

    def cut(rows: int) -> Market:
        held = {name: values[:rows] for name, values in fields.items()}
        return Market(ArraySource(Sessions(days[:rows]), names, held, labels), name="random")

    return cut


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Measure, compare and print the table."""
    given = [int(one) for one in sys.argv[1:]]
    sessions, assets, threads = (given + [1250, 5000, 2][len(given) :])[:3]
    cut = random_market(sessions + 1, assets)
    yesterday = cut(sessions)
    factors, published, left_out = batch(yesterday)
    with tempfile.TemporaryDirectory() as folder:
        full = seconds(
            lambda: compute(factors, yesterday, threads=threads, max_bytes=4 << 30, out=folder)
        )
        spent = {"full run, into a folder": full}
        some = dict(list(factors.items())[::9])
        held = compute(some, yesterday, threads=threads, max_bytes=8 << 30)
        want = compute(some, cut(sessions + 1), threads=threads, last=1)
        for number in (1, 2, 3):
            today = cut(sessions + 1)
            spent[f"last=1, {number}. time"] = seconds(
                lambda today=today: compute(factors, today, threads=threads, last=1)
            )
        today = cut(sessions + 1)
        spent["append_to=folder"] = seconds(
            lambda: compute(factors, today, threads=threads, append_to=folder)
        )
        today = cut(sessions + 1)
        grown = {}
        spent[f"append_to={len(some)} panels, copied once"] = seconds(
            lambda: grown.update(compute(some, today, threads=threads, append_to=held))
        )
        whole = compute(some, today, threads=threads, max_bytes=8 << 30)
        for name, panel in whole.items():
            np.testing.assert_array_equal(grown[name].values, panel.values)
            np.testing.assert_array_equal(want[name].values[-1], panel.values[-1])
    title = (
        f"{len(factors)} factors ({published} published, {left_out} left out for want of fields), "
        f"{assets} assets, one session after {sessions}, {threads} threads, seconds of wall time"
    )
    rows = [[what, took, f"{full / took:.0f}x"] for what, took in spent.items()]
    sys.stdout.write(markdown(title, ["way", "s", "faster than in full"], rows) + "\n")


if __name__ == "__main__":
    main()
