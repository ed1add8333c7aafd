"""Coverage against counting names one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.evaluation.coverage import coverage_table, label_coverage
from workbench.evaluation.forward_returns import forward_returns
from workbench.market import Market, Panel


def test_equals_counting(market: Market) -> None:
    member = np.ones(market.shape, dtype=bool)
    member[:, 30:] = False
    member[20] = False
    narrow = market.with_universe(Panel(member, market.sessions, market.assets))
    factor = np.where(market["noise"].values > 1, np.nan, market["noise"].values)
    labels = {h: forward_returns(narrow, h).values for h in (1, 5)}
    universe, estimation = narrow.mask("universe").values, narrow.mask("estimation").values
    index = pd.DatetimeIndex(market.sessions.values.astype("datetime64[ns]"), name="session")
    table = coverage_table(factor, labels, universe, estimation, index)
    bar = np.isfinite(market["close"].values)
    for t in range(90):
        names = [i for i in range(40) if member[t, i] and bar[t, i]]
        spoken = [i for i in names if np.isfinite(factor[t, i])]
        assert table["universe"].iloc[t] == sum(member[t])
        assert table["estimation"].iloc[t] == len(names)
        assert table["factor"].iloc[t] == len(spoken)
        for h in (1, 5):
            labelled = [i for i in spoken if np.isfinite(labels[h][t, i])]
            assert table[f"label_{h}"].iloc[t] == len(labelled)
            if names:
                assert table[f"share_{h}"].iloc[t] == len(labelled) / len(names)
        if names:
            assert table["share"].iloc[t] == len(spoken) / len(names)
    assert table[["share", "share_1", "share_5"]].iloc[20].isna().all()
    expected = table["share_5"].iloc[: 90 - 6].mean()
    assert label_coverage(table, 5, 1) == pytest.approx(expected)
    assert (table["label_5"].iloc[90 - 6 :] == 0).all()
