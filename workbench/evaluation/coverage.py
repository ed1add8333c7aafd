"""Coverage: about how much of the universe the factor speaks, session by session."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.arrays import BoolPanel, FloatPanel

__all__ = ["coverage_table", "label_coverage"]


def coverage_table(
    factor: FloatPanel,
    labels: Mapping[int, FloatPanel],
    universe: BoolPanel,
    estimation: BoolPanel,
    index: pd.DatetimeIndex,
) -> pd.DataFrame:
    """Names in the universe, with a bar, with a factor value and with each forward return.

    Returns
    -------
    DataFrame
        Index ``session``; counts ``universe``, ``estimation`` (universe and quoted),
        ``factor`` (of those, with a finite factor) and ``label_<h>`` (of those, with a forward
        return over h sessions); then the shares of the estimation names ``share`` and
        ``share_<h>``, NaN on a session without any.
    """
    spoken = estimation & np.isfinite(factor)
    counts = {
        "universe": universe.sum(axis=1),
        "estimation": estimation.sum(axis=1),
        "factor": spoken.sum(axis=1),
    }
    for horizon, returns in labels.items():
        counts[f"label_{horizon}"] = (spoken & np.isfinite(returns)).sum(axis=1)
    table = pd.DataFrame(counts, index=index)
    names = table["estimation"].where(table["estimation"] > 0)
    table["share"] = table["factor"] / names
    for horizon in labels:
        table[f"share_{horizon}"] = table[f"label_{horizon}"] / names
    return table


def label_coverage(table: pd.DataFrame, horizon: int, delay: int) -> float:
    """Mean share of estimation names with factor and forward return.

    Over the sessions whose exit lies inside the sample; the last ``delay + horizon`` sessions
    cannot have a forward return and do not count.
    """
    return float(table[f"share_{horizon}"].iloc[: len(table) - delay - horizon].mean())
