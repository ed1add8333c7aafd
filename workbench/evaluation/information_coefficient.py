"""Information coefficients: how well a factor ordered the returns, session by session.

1. A pair counts if the name is in the mask and both numbers are finite.
2. Rank IC: both sides are ranked over exactly those pairs (average ties), then correlated.
   Pearson IC correlates the numbers themselves.
3. A session with fewer than `minimum_names` pairs, or with a side that does not vary, is NaN.

Sessions are handled in blocks of rows, so that memory stays small beside the panels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel
from workbench.compute.rows import rank_rows

__all__ = ["pearson_ic", "rank_ic", "row_correlation"]

_BLOCK_CELLS = 1 << 19
_DEGENERATE = 1e-12**2


def rank_ic(
    factor: FloatPanel, forward: FloatPanel, mask: BoolPanel, minimum_names: int = 10
) -> NDArray[np.float64]:
    """Spearman correlation of factor and forward returns in each session.

    Parameters
    ----------
    factor, forward : arrays of shape (T, N)
        Factor values and the returns that follow them, on the same rows.
    mask : bool array of shape (T, N)
        Names that count.
    minimum_names : int
        Fewest pairs for which a correlation is given.

    Returns
    -------
    array of shape (T,)
        In [-1, 1]; NaN with too few pairs or with all values of one side equal.

    Examples
    --------
    >>> import numpy as np
    >>> factor = np.array([[1.0, 2.0, 3.0, np.nan]])
    >>> forward = np.array([[0.01, 0.03, 0.02, 0.05]])
    >>> rank_ic(factor, forward, np.ones((1, 4), dtype=bool), minimum_names=3)
    array([0.5])
    """
    result = np.full(factor.shape[0], np.nan)
    for rows in _row_blocks(factor.shape):
        valid = mask[rows] & np.isfinite(factor[rows]) & np.isfinite(forward[rows])
        result[rows] = row_correlation(
            rank_rows(factor[rows], valid), rank_rows(forward[rows], valid), valid, minimum_names
        )
    return result


def pearson_ic(
    factor: FloatPanel, forward: FloatPanel, mask: BoolPanel, minimum_names: int = 10
) -> NDArray[np.float64]:
    """Pearson correlation of factor and forward returns in each session.

    Arguments, NaN rule and result are those of `rank_ic`.
    """
    result = np.full(factor.shape[0], np.nan)
    for rows in _row_blocks(factor.shape):
        valid = mask[rows] & np.isfinite(factor[rows]) & np.isfinite(forward[rows])
        result[rows] = row_correlation(factor[rows], forward[rows], valid, minimum_names)
    return result


def row_correlation(
    x: FloatPanel, y: FloatPanel, valid: BoolPanel, minimum_names: int
) -> NDArray[np.float64]:
    """Pearson correlation of each row of `x` and `y` over the cells in `valid`.

    Two passes, clipped to [-1, 1]. A side whose sum of squares about the mean is at most
    ``1e-24 · n · Σx²`` does not vary: the row is NaN.
    """
    names = valid.sum(axis=1)
    enough = names >= max(minimum_names, 2)
    x_deviation, x_square = _deviations(x, valid, names)
    y_deviation, y_square = _deviations(y, valid, names)
    product = np.einsum("ij,ij->i", x_deviation, y_deviation)
    defined = enough & (x_square > 0) & (y_square > 0)
    result = np.full(x.shape[0], np.nan)
    scale = np.sqrt(x_square[defined]) * np.sqrt(y_square[defined])
    result[defined] = np.clip(product[defined] / scale, -1.0, 1.0)
    return result


def _deviations(
    x: FloatPanel, valid: BoolPanel, names: NDArray[np.integer]
) -> tuple[FloatPanel, NDArray[np.float64]]:
    """Scaled deviations from the row mean (0 outside `valid`) and their sum of squares.

    Each row is divided by its largest magnitude first, so that squares neither overflow nor
    vanish; a correlation does not change by it.
    """
    values = np.where(valid, x, 0.0)
    largest = np.abs(values).max(axis=1, initial=0.0, keepdims=True)
    values /= np.where(largest > 0, largest, 1.0)
    total = np.einsum("ij,ij->i", values, values)
    count = np.maximum(names, 1)
    deviation = np.where(valid, values - (values.sum(axis=1) / count)[:, None], 0.0)
    square = np.einsum("ij,ij->i", deviation, deviation)
    return deviation, np.where(square > _DEGENERATE * count * total, square, 0.0)


def _row_blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Consecutive blocks of rows of about `_BLOCK_CELLS` cells."""
    step = max(1, _BLOCK_CELLS // max(shape[1], 1))
    for start in range(0, shape[0], step):
        yield slice(start, min(start + step, shape[0]))
