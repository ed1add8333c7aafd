"""What somebody asks of one table, checked: columns, codes, window, and the rows that answer it.

1. `TableRequest.columns` and `codes` refuse unknown names with near ones
2. `TableRequest.window` and `sessions` follow the calendar where the table follows sessions
3. `TableRequest.rows` reads the pinned version: a share under every code it held, each on its
   own days; a universe keeps the members of each session
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.data.assembly.fields import index_codes
from workbench.data.assembly.universes import member_rows
from workbench.data.cellar import Cellar
from workbench.data.dataset import Dataset
from workbench.data.point_in_time import Securities, SessionCalendar, calendar, securities
from workbench.data.point_in_time.provisional import has_securities
from workbench.data.reading.window import REGIONS, Region, Window, window
from workbench.errors import (
    BadValueError,
    EmptyUniverseError,
    NotCoveredError,
    SchemaError,
    near_names,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TableRequest"]

_DATED = ("session", "time", "period")
"""Day columns that a window selects by; `start` or `valid_from` begin a span, they date nothing."""


@dataclass(frozen=True)
class TableRequest:
    """One request on one table.

    Attributes
    ----------
    cellar : Cellar
        Pinned.
    dataset : Dataset
        Contract of the table.
    notes : list of str
        What a reader should know, collected on the way.
    """

    cellar: Cellar
    dataset: Dataset
    notes: list[str] = field(default_factory=list)

    @property
    def region(self) -> Region:
        """Whose calendar and clock count."""
        return REGIONS[self.dataset.market]

    @cached_property
    def follows_sessions(self) -> bool:
        """Whether the rows' days are sessions, and the store's calendar is known."""
        return self.region.sessions in self.dataset.needs and self.dataset.day in (
            "session", "time",
        )  # fmt: skip

    @cached_property
    def calendar(self) -> SessionCalendar:
        """Sessions of the region."""
        return calendar(self.cellar, self.region.name)

    @cached_property
    def securities(self) -> Securities:
        """Securities of the region."""
        return securities(self.cellar, self.region.name)

    def columns(self, fields: Iterable[str] | None) -> list[str]:
        """Key columns, then the fields asked for, in stored order."""
        names = self.dataset.names
        if fields is None:
            return list(names)
        wanted = [fields] if isinstance(fields, str) else list(fields)
        for name in wanted:
            if name not in names:
                raise SchemaError(
                    f"{self.dataset.name} has no field {name!r}.{near_names(str(name), names)} "
                    f"It has: {', '.join(names)}."
                )
        return [name for name in names if name in self.dataset.key or name in wanted]

    def codes(self, assets: Iterable[str]) -> list[str]:
        """What the user means, as codes: each exists, none is ambiguous."""
        if "asset" not in self.dataset:
            raise BadValueError(f"{self.dataset.name} has no assets; leave assets=… away.")
        given = [assets] if isinstance(assets, str) else list(assets)
        if not given:
            raise EmptyUniverseError("assets is empty; name at least one, or leave it away.")
        if self.dataset.name == "idx.bars_1d":
            return [code for name in given for code in index_codes(name)]
        if self.dataset.name.startswith("user."):
            return [str(name) for name in given]
        return [self.securities.normalise(name) for name in given]

    def window(self, start: object, end: object, snap: str | None) -> Window:
        """The days asked for; an open end is the table's own."""
        if (start is not None or end is not None) and self.dataset.day not in _DATED:
            raise BadValueError(
                f"{self.dataset.name} is not a table of days; leave start and end away."
            )
        known = self.calendar if self.follows_sessions else None
        asked = window(
            start, end, now=self.cellar.clock(), region=self.region, known=known, snap=snap
        )
        table = self.cellar.table(self.dataset.name)
        if self.dataset.day not in _DATED or table.first is None or table.last is None:
            return asked
        first, last = asked.first or table.first, asked.last or table.last
        if first > last:
            raise NotCoveredError(
                f"{self.dataset.name} holds {table.first} to {table.last}, nothing of the days "
                f"asked for. Fetch them with `workbench data update {self.dataset.name} "
                f"--start {asked.first or last}`."
            )
        return Window(first, last)

    def sessions(self, span: Window) -> NDArray[np.datetime64] | None:
        """Sessions of the window, None for tables that do not follow them."""
        if not self.follows_sessions or span.first is None or span.last is None:
            return None
        days = self.calendar.between(span.first, span.last)
        if not len(days):
            raise EmptyUniverseError(
                f"No session lies between {span.first} and {span.last}; widen the window."
            )
        return days

    def rows(
        self,
        span: Window,
        codes: list[str] | None,
        columns: list[str],
        universe: str | Sequence[str] | None,
        days: NDArray[np.datetime64] | None,
        on_gap: str = "raise",
    ) -> pl.DataFrame:
        """Rows of the window and the assets, in stored order."""
        own = "asset" in self.dataset and not self.dataset.name.startswith(("user.", "idx."))
        values = None
        if codes is not None:
            values = {"asset": self._every_code(codes) if own else codes}
        found = self._stored(span, columns, values)
        if own and self.dataset.day in ("session", "time") and self._codes_have_days(codes):
            found = self._on_their_days(found, codes)
        if codes is not None and found.is_empty():
            raise NotCoveredError(
                f"{self.dataset.name} has no row of {', '.join(codes[:5])} in the window. Fetch "
                f"it with `workbench data update {self.dataset.name}`, or check the listing days."
            )
        if universe is None or universe == "all":
            return found
        if days is None or "asset" not in self.dataset or self.dataset.day != "session":
            raise BadValueError(
                f"{self.dataset.name} has no session and asset that a universe could select by."
            )
        kept, notes = member_rows(self.cellar, self.securities, universe, days, found, on_gap)
        self.notes.extend(notes)
        return kept

    def _stored(
        self, span: Window, columns: list[str], values: dict[str, list[str]] | None
    ) -> pl.DataFrame:
        """Rows between two days; of minute bars, days at the exchange."""
        import polars as pl

        table = self.cellar.table(self.dataset.name)
        if self.dataset.day not in _DATED:
            return table.read(columns, values=values)
        if self.dataset.day != "time" or span.first is None or span.last is None:
            return table.read(columns, first=span.first, last=span.last, values=values)
        more = timedelta(days=1)  # the table's days are UTC
        rows = table.read(columns, first=span.first - more, last=span.last + more, values=values)
        there = pl.col("time").dt.convert_time_zone(self.region.zone).dt.date()
        return rows.filter(there.is_between(span.first, span.last))

    def groups(self, codes: list[str]) -> list[tuple[str, ...]]:
        """All codes of each share asked for; an index is looked for under those given."""
        if self.dataset.universe == "indices":
            return [(code,) for code in codes]
        return [tuple(self._every_code([code])) for code in codes]

    def _every_code(self, codes: list[str]) -> list[str]:
        import polars as pl

        ids = [self.securities.identity(code) for code in codes]
        held = self.securities.intervals.filter(pl.col("security_id").is_in(ids))
        return sorted({*held["asset"]})

    def _codes_have_days(self, codes: list[str] | None) -> bool:
        """Whether it is known when a code was valid.

        Of Chinese shares it always is, where any code is known. Days of American tickers are
        told from monthly lists: they part what one share had, they are no proof against a row.
        """
        return codes is not None or (self.region.name == "cn" and has_securities(self.cellar))

    def _on_their_days(self, rows: pl.DataFrame, codes: list[str] | None) -> pl.DataFrame:
        """Rows of each security under the code that was valid on the day.

        Codes that are no security's (funds, B shares) are left alone.
        """
        import polars as pl

        held = self.securities.intervals
        if codes is not None:
            ids = [self.securities.identity(code) for code in codes]
            held = held.filter(pl.col("security_id").is_in(ids))
        held = held.select(
            "asset",
            _from=pl.col("valid_from").fill_null(date.min),
            _to=pl.col("valid_to").fill_null(date.max),
        )
        day = pl.col(self.dataset.day)
        if self.dataset.day == "time":
            day = day.dt.convert_time_zone(self.region.zone).dt.date()
        first, last = rows.select(day.min().alias("first"), day.max().alias("last")).row(0)
        if first is None:
            return rows
        always = (pl.col("_from") <= first) & (pl.col("_to") >= last)
        doubtful = held.group_by("asset").agg(always.any()).filter(~pl.col("_from"))["asset"]
        numbered = (
            rows.select("asset", _day=day)
            .with_row_index("_row")
            .filter(pl.col("asset").is_in(doubtful.implode()))
        )
        inside = pl.col("_day").is_between("_from", "_to")
        valid = numbered.join(held, on="asset").filter(inside)["_row"].unique()
        lost = numbered.filter(~pl.col("_row").is_in(valid.implode()))["_row"]
        if lost.is_empty():
            return rows
        self.notes.append(f"{len(lost)} rows under codes that were not valid on the day left out.")
        return (
            rows.with_row_index("_row").filter(~pl.col("_row").is_in(lost.implode())).drop("_row")
        )
