"""What a dataset is: its columns and units, its key, and what makes it complete.

A `Dataset` is the contract between vendors, the store and everybody who reads: a provider decodes
into exactly these columns and types, the store keeps them, nothing else is ever in a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["KINDS", "Dataset", "DatasetColumn"]

KINDS = ("day", "time", "text", "number", "whole", "truth")
"""Types of columns: Date, Datetime(us, UTC), String, Float64, Int64, Boolean."""


@dataclass(frozen=True, slots=True)
class DatasetColumn:
    """One column: its name, its kind (one of `KINDS`) and its unit, empty where it has none."""

    name: str
    kind: str
    unit: str = ""


@dataclass(frozen=True)
class Dataset:
    """The contract of one dataset.

    Attributes
    ----------
    name : str
        Such as ``cn.bars_1d``: the market or family, a dot, the table.
    title : str
        One line for people.
    columns : tuple of DatasetColumn
        In the order in which they are stored; exactly these.
    key : tuple of str
        Columns that no two rows share.
    axis : str
        What one unit of updating is: ``session`` (one day of the whole market), ``code`` (one
        asset's whole history), ``code-month`` (one asset, one month), ``month``, ``year``,
        ``group`` (one industry), ``day`` (a span of calendar days), ``whole`` (everything).
    versions : bool
        Rows are never replaced: a changed row is another row (statements and announcements).
    needs : tuple of str
        Datasets that must be up to date first: completeness is proved with them.
    expects : str
        ``traded``: every listed share that is not suspended has a row; ``calendar``: every natural
        day; ``some``: a published session without any row is a gap; ``any``: empty may be true.
    universe : str
        For units by code: ``assets`` (every security ever listed), ``indices`` (asked for), or
        ``none``.
    published : str
        Exchange-local time from which a session may be asked for, ``"17:00"`` or
        ``"next 10:00"`` (the following session).
    first, last : date or None
        Publication began or ended on these days.
    reread : int
        How many latest sessions (days for statements) are fetched again, because vendors revise.
    checks : str
        Which price validators apply: ``bars``, ``factor``, ``basic``, ``limits`` or none.
    market : str
        ``cn`` or ``us``: whose calendar and clock count.
    """

    name: str
    title: str
    columns: tuple[DatasetColumn, ...]
    key: tuple[str, ...]
    axis: str
    versions: bool = False
    needs: tuple[str, ...] = ()
    expects: str = "any"
    universe: str = "none"
    published: str = "00:00"
    first: date | None = None
    last: date | None = None
    reread: int = 0
    checks: str = ""
    market: str = "cn"
    _by_name: Mapping[str, DatasetColumn] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = MappingProxyType({column.name: column for column in self.columns})
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> DatasetColumn:
        """The column of this name."""
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in stored order."""
        return tuple(self._by_name)

    @property
    def day(self) -> str:
        """The column that dates a row: ``session``, ``time``, ``period``, ``start`` …, or empty."""
        for name in ("session", "time", "period", "start", "valid_from"):
            if name in self._by_name:
                return name
        return ""

    @property
    def partitioned(self) -> bool:
        """Whether the table is partitioned by the year of `day`."""
        return self.axis in ("session", "code-month") or self.versions or self.name == "idx.bars_1d"

    @property
    def folder(self) -> str:
        """Place in the store, such as ``cn/bars_1d``."""
        return self.name.replace(".", "/")

    def schema(self) -> dict[str, pl.DataType]:
        """Polars types of the columns, in stored order."""
        import polars as pl

        types: dict[str, pl.DataType] = {
            "day": pl.Date(),
            "time": pl.Datetime("us", "UTC"),
            "text": pl.String(),
            "number": pl.Float64(),
            "whole": pl.Int64(),
            "truth": pl.Boolean(),
        }
        return {column.name: types[column.kind] for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """A frame of this contract without rows."""
        import polars as pl

        return pl.DataFrame(schema=self.schema())
