"""Who must have a row on a session: everybody listed who is not suspended for the whole day.

1. `Roster.read` takes the spans of codes from ref.securities and the halts from cn.suspend
2. `Roster.listed` and `Roster.expected` answer for one session
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Roster"]

_SECURITIES = "ref.securities"
_SUSPENSIONS = "cn.suspend"
_FAR = date(9999, 12, 31)
_UNPROVABLE = ("G", "P")


@dataclass(frozen=True)
class Roster:
    """Codes with the spans in which they are listed, and the whole-day suspensions.

    Attributes
    ----------
    codes : ndarray of str
        One entry a span, sorted by code.
    start, stop : ndarray of datetime64[D]
        First day listed; first day not listed any more.
    halts : mapping of date to frozenset of str
        Codes suspended for the whole day.
    """

    codes: NDArray[np.object_]
    start: NDArray[np.datetime64]
    stop: NDArray[np.datetime64]
    halts: Mapping[date, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, cellar: Cellar, first: date, last: date) -> Roster | None:
        """Read what the store knows; None where the securities are not stored.

        Codes that are paused, or not listed yet, prove nothing: whether they had to trade on a
        past day is unknown. They are left out.
        """
        if not cellar.has(_SECURITIES):
            return None
        columns = ["asset", "valid_from", "valid_to", "list_date", "delist_date", "status"]
        rows = cellar.table(_SECURITIES).read(columns)
        spans = spans_of(rows.filter(~pl.col("status").is_in(_UNPROVABLE).fill_null(False)))
        return cls(
            spans["asset"].to_numpy(allow_copy=True).astype(object),
            spans["start"].to_numpy().astype("datetime64[D]"),
            spans["stop"].to_numpy().astype("datetime64[D]"),
            _halts(cellar, first, last),
        )

    def listed(self, day: date) -> tuple[str, ...]:
        """Codes listed on a session, ascending: the listing day counts, the delisting day not."""
        at = np.datetime64(day)
        return tuple(self.codes[(self.start <= at) & (at < self.stop)].tolist())

    def ever(self, first: date, last: date) -> tuple[str, ...]:
        """Codes listed on any day of a window, ascending."""
        held = (self.start <= np.datetime64(last)) & (np.datetime64(first) < self.stop)
        return tuple(sorted(set(self.codes[held].tolist())))

    def expected(self, day: date) -> frozenset[str]:
        """Codes that must have a row on a session."""
        return frozenset(self.listed(day)) - self.halts.get(day, frozenset())


def spans_of(securities: pl.DataFrame) -> pl.DataFrame:
    """Turn rows of ref.securities into (asset, start, stop), stop excluded, sorted by code."""
    start = pl.max_horizontal("valid_from", "list_date")
    after = pl.col("valid_to") + pl.duration(days=1)
    stop = pl.min_horizontal(after, "delist_date").fill_null(_FAR)
    return (
        securities.select("asset", start=start, stop=stop)
        .drop_nulls("start")
        .filter(pl.col("start") < pl.col("stop"))
        .sort("asset", "start")
    )


def _halts(cellar: Cellar, first: date, last: date) -> Mapping[date, frozenset[str]]:
    """Whole-day suspensions: kind S without a span within the day."""
    if not cellar.has(_SUSPENSIONS):
        return MappingProxyType({})
    rows = cellar.table(_SUSPENSIONS).read(
        ["session", "asset", "kind", "timing"], first=first, last=last
    )
    whole = rows.filter(
        (pl.col("kind") == "S") & (pl.col("timing").fill_null("").str.strip_chars() == "")
    )
    days = whole.group_by("session").agg("asset").iter_rows()
    return MappingProxyType({day: frozenset(assets) for day, assets in days})
