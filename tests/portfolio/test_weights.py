"""Weights are whole decisions, frozen, and stand until the next one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.errors import PortfolioError
from workbench.market import Assets, Panel, Sessions
from workbench.portfolio import Weights

DAYS = Sessions(["2019-01-03", "2019-01-04", "2019-01-07", "2019-01-08"])
NAMES = Assets(["000001.SZ", "000002.SZ"])
GAP = [np.nan, np.nan]


def test_decisions_stand_until_the_next():
    weights = Weights(np.array([GAP, [0.5, 0.25], GAP, [0.0, 1.0]]), DAYS, NAMES)
    assert weights.decided.tolist() == [False, True, False, True]
    assert weights.decisions == Sessions(["2019-01-04", "2019-01-08"])
    assert weights.held().values.tolist() == [[0, 0], [0.5, 0.25], [0.5, 0.25], [0, 1]]
    frame = weights.to_pandas()
    assert frame.index.name == "session"
    assert frame.columns.name == "asset"
    assert frame.to_numpy().tolist() == [[0.5, 0.25], [0.0, 1.0]]


def test_weights_are_frozen_and_apart_from_the_caller():
    given = np.full((4, 2), 0.5)
    made_of = {"rule": "by hand"}
    weights = Weights(given, DAYS, NAMES, provenance=made_of)
    given[0, 0] = 9.0
    made_of["rule"] = "changed"
    assert weights.values[0, 0] == 0.5
    assert weights.provenance["rule"] == "by hand"
    with pytest.raises(ValueError, match="read-only"):
        weights.values[0, 0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        weights.name = "other"


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_half_a_decision_is_refused(hole):
    values = np.array([GAP, [0.5, hole], GAP, GAP])
    with pytest.raises(PortfolioError, match=r"2019-01-04 has no finite weight for 000002\.SZ"):
        Weights(values, DAYS, NAMES)


def test_wrong_shape_is_refused():
    with pytest.raises(PortfolioError, match="do not fit"):
        Weights(np.zeros((3, 2)), DAYS, NAMES)


def test_from_panel_keeps_rebalance_rows():
    panel = Panel(np.full((4, 2), 0.5), DAYS, NAMES, name="half each")
    weights = Weights.from_panel(panel, rebalance="weekly")
    assert weights.decided.tolist() == [False, True, False, False]
    assert weights.name == "half each"
    assert weights.provenance["rebalance"] == "weekly"


def test_from_panel_refuses_a_mask():
    with pytest.raises(PortfolioError, match="truth"):
        Weights.from_panel(Panel(np.ones((4, 2), dtype=bool), DAYS, NAMES))


def test_repr_counts():
    weights = Weights(np.array([GAP, [0.5, 0.0], GAP, GAP]), DAYS, NAMES, "mine")
    assert repr(weights) == (
        "Weights(mine: 1 decisions over 4 sessions × 2 assets, 1.0 names held on average)"
    )
    assert "0.0 names" in repr(Weights(np.array([GAP] * 4), DAYS, NAMES))
