"""Whether a session's reference prices follow the closes before them.

The exchange's `pre_close` is yesterday's close but for the few shares that go ex-right. Where it
left the last close by a tenth for a third of the shares at once, the answer is of another scale:
adjusted prices, or a split that never was. Each value alone would be possible, so no check of a row
can tell.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from workbench.data.update.assess import Answer

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset

__all__ = ["Reference", "moved_reference"]

_MOVED = 0.1
_SHARE = 1 / 3
_ENOUGH = 10


def moved_reference(before: pl.DataFrame, rows: pl.DataFrame) -> str:
    """Say how far the references left the closes before, empty where they did not.

    Parameters
    ----------
    before : DataFrame
        ``asset`` and ``close`` of the session before.
    rows : DataFrame
        ``asset`` and ``pre_close`` of a session.

    Examples
    --------
    >>> names = [f"{n:06d}.SZ" for n in range(20)]
    >>> before = pl.DataFrame({"asset": names, "close": [10.0] * 20})
    >>> moved_reference(before, pl.DataFrame({"asset": names, "pre_close": [10.0] * 20}))
    ''
    >>> moved_reference(before, pl.DataFrame({"asset": names, "pre_close": [5.0] * 20}))[:40]
    'reference prices left the closes before '
    """
    ratio = (
        rows.select("asset", "pre_close")
        .join(before.select("asset", "close"), on="asset")
        .filter((pl.col("pre_close") > 0) & (pl.col("close") > 0))
        .select(pl.col("pre_close") / pl.col("close"))
        .to_series()
    )
    moved = int(((ratio - 1.0).abs() > _MOVED).sum())
    if len(ratio) < _ENOUGH or moved <= _SHARE * len(ratio):
        return ""
    return (
        f"reference prices left the closes before by more than a tenth for {moved} of {len(ratio)} "
        f"shares (the middle one stands at {ratio.median():.3f} of it): adjusted prices, or those "
        "of another day; update with force to accept"
    )


class Reference:
    """Judges sessions of one dataset in order, each against the last one that may be stored."""

    def __init__(self, cellar: Cellar, dataset: Dataset, *, force: bool) -> None:
        self._cellar = cellar
        self._dataset = dataset
        self._off = force or not (dataset.checks == "bars" and "pre_close" in dataset)
        self._closes: dict[date, pl.DataFrame] = {}

    def judged(self, answer: Answer, before: date | None) -> Answer:
        """The answer, refused where its references moved; accepted ones are remembered.

        `before` is the session before; where nothing is stored of it, nothing can be compared.
        """
        day = answer.unit.first
        if self._off or day is None or answer.frame.is_empty():
            return answer
        wrong = "" if before is None else moved_reference(self._closed(before), answer.frame)
        if wrong:
            none = self._dataset.empty()
            return replace(
                answer, frame=none, state="", trouble="quarantined", detail=wrong, doubt=True
            )
        self._closes[day] = answer.frame.select("asset", "close")
        return answer

    def _closed(self, day: date) -> pl.DataFrame:
        """Closes of one session: of this run, or as stored."""
        if day not in self._closes:
            name = self._dataset.name
            stored = self._dataset.empty()
            if self._cellar.store.exists(name):
                table = self._cellar.store.snapshot(name)
                stored = table.read(columns=["asset", "close"], first=day, last=day)
            self._closes[day] = stored.select("asset", "close")
        return self._closes[day]
