"""Digests of sessions: any change of a cell, or of its place, is another digest."""

from __future__ import annotations

import numpy as np
import pytest

from tests.compute.toy_market import BATCH, toy_market
from workbench.compute import compute
from workbench.compute.history import row_digests
from workbench.errors import StaleResultError


def test_membership_that_moves_is_another_row() -> None:
    members = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0]], bool)
    assert len(set(row_digests(members).tolist())) == 3


@pytest.mark.parametrize("assets", [1, 16, 64, 128, 1000])
@pytest.mark.parametrize("factor", [2.0, 0.5, -1.0, 1e6])
def test_a_rescaled_row_is_another_row(assets: int, factor: float) -> None:
    row = 10 + np.arange(assets) * 0.37
    first, second = row_digests(np.stack([row, factor * row]))
    assert first != second


def test_no_two_of_many_rows_collide() -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 2, (5000, 40)).astype(np.uint8)
    distinct = len({row.tobytes() for row in rows})
    assert len(set(row_digests(rows).tolist())) == distinct


def test_rows_do_not_depend_on_the_block_they_are_read_in() -> None:
    values = np.random.default_rng(1).normal(size=(700, 300))
    whole = row_digests(values)
    assert (row_digests(values[123:456]) == whole[123:456]).all()
    assert (row_digests(np.asfortranarray(values)) == whole).all()


def test_panels_of_another_history_do_not_share_a_folder(tmp_path) -> None:
    compute({"a": BATCH["a"]}, toy_market(120), out=tmp_path)
    market = toy_market(120)
    volume = market["volume"].values.copy()
    volume[7] *= 2
    with pytest.raises(StaleResultError, match="choose another folder"):
        compute({"b": BATCH["a"]}, market.with_fields({"volume": volume}), out=tmp_path)
    compute({"a": BATCH["a"]}, market.with_fields({"volume": volume}), out=tmp_path)  # replaced
