"""Holes: what a window of a table should hold and does not, and what to do about it.

1. `find_holes` compares periods (sessions, months, years) with the rows present at this version
   and with the empties confirmed up to it
2. rows missing inside a session: who must have a row, against the rows of this version; what the
   records of this version count as missing and nobody can name counts as well
3. `Holes.settle` raises, warns or stays silent, as the reader chose
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.reading.window import REGIONS
from workbench.errors import BadValueError, DataGapError, NotCoveredError, near_names

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset

__all__ = ["ON_GAP", "Holes", "checked_on_gap", "find_holes"]

ON_GAP = ("raise", "warn", "ignore")
_SHOWN = 5
_PROOFS = ("ref.securities", "cn.suspend")
"""Without the list of securities nobody knows who must trade; without halts, who must not."""
_UNITS = {"session": "D", "month": "M", "year": "Y"}
"""Length of what one unit of updating covers, by the dataset's axis."""
_WORDS = {"D": "session", "M": "month", "Y": "year"}


@dataclass(frozen=True)
class Holes:
    """What is missing from a window of one dataset.

    Attributes
    ----------
    dataset : str
        Its name.
    first, last : date
        The window.
    asked : int
        Periods in the window.
    absent : tuple of date or str
        What was never fetched: first days of periods, or codes.
    rows : int
        Rows missing from the periods that were fetched.
    examples : tuple of str
        A few of those rows.
    word : str
        What a period is: session, month, year, or a share where rows are fetched by share.
    unproved : int
        Periods of which nobody knows whether they are whole: `proof` was not there to tell.
    proof : str
        The dataset that tells what must be there.
    carried : bool
        Whether something fetched earlier serves on, of which a reader may go on.
    """

    dataset: str
    first: date
    last: date
    asked: int = 0
    absent: tuple[date | str, ...] = ()
    rows: int = 0
    examples: tuple[str, ...] = ()
    word: str = "session"
    unproved: int = 0
    proof: str = "ref.securities"
    carried: bool = False

    def __bool__(self) -> bool:
        return bool(self.absent or self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain figures for a provenance."""
        return {
            "dataset": self.dataset,
            "periods": self.asked,
            "period": self.word,
            "never_fetched": len(self.absent),
            "rows_missing": self.rows,
            "unproved": self.unproved,
        }

    def __str__(self) -> str:
        said = []
        if self.absent:
            days = ", ".join(map(str, self.absent[:_SHOWN]))
            more = " …" if len(self.absent) > _SHOWN else ""
            plural = "" if self.asked == 1 else "s"
            said.append(
                f"{len(self.absent)} of {self.asked} {self.word}{plural} were never fetched "
                f"({days}{more})"
            )
        if self.rows:
            shown = ", ".join(self.examples)
            said.append(f"{self.rows} rows are missing ({shown})" if shown else
                        f"{self.rows} rows are missing")  # fmt: skip
        return f"{self.dataset}: {' and '.join(said) or 'nothing is missing'}"

    @property
    def doubt(self) -> str:
        """What is not proved, in one sentence; empty where all is."""
        if not self.unproved:
            return ""
        plural = "" if self.unproved == 1 else "s"
        return (
            f"{self.dataset}: completeness of {self.unproved} {self.word}{plural} is not proved: "
            f"{self.proof} is not in the store."
        )

    def _command(self) -> str:
        """What fetches the window, or the shares that are absent."""
        base = f"workbench data update {self.dataset}"
        codes = {name.partition("/")[0] for name in self.absent if isinstance(name, str)}
        if codes:
            more = "" if len(codes) <= _SHOWN else ",…"
            return f"`{base} --codes {','.join(sorted(codes)[:_SHOWN])}{more}`"
        return f"`{base} --start {self.first} --end {self.last}`"

    def settle(self, on_gap: str) -> str | None:
        """Raise, warn or stay silent; the sentence for the provenance where something is missing.

        Raises
        ------
        NotCoveredError
            If nothing of the window was ever fetched, whatever `on_gap` is.
        DataGapError
            If something is missing and `on_gap` is ``"raise"``.
        """
        if not self:
            return None
        command = self._command()
        if self.absent and len(self.absent) == self.asked and not self.carried:
            raise NotCoveredError(
                f"{self.dataset} holds nothing from {self.first} to {self.last} "
                f"({self.asked} {self.word}s). Fetch it with {command}."
            )
        sentence = f"{self}."
        if on_gap == "raise":
            raise DataGapError(
                f"{sentence} Fetch them with {command}, or read on with on_gap='warn' or 'ignore': "
                "what is missing then stays missing (NaN)."
            )
        if on_gap == "warn":
            warnings.warn(f"{sentence} They stay missing (NaN).", stacklevel=4)
        return sentence


def checked_on_gap(on_gap: object) -> str:
    """`on_gap` if it is one of ``raise``, ``warn``, ``ignore``; else `BadValueError`."""
    if not isinstance(on_gap, str) or on_gap not in ON_GAP:
        raise BadValueError(
            f"on_gap should be one of {', '.join(ON_GAP)}, got {on_gap!r}."
            f"{near_names(str(on_gap), ON_GAP)}"
        )
    return on_gap


def find_holes(
    cellar: Cellar,
    dataset: Dataset,
    sessions: NDArray[np.datetime64],
    codes: Sequence[str] | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Holes:
    """What a table lacks on some sessions.

    Parameters
    ----------
    cellar : Cellar
        Pinned: rows are looked for at this version, and so are the records of what was settled.
    dataset : Dataset
        A table whose units are sessions, months or years; others have no holes in time.
    sessions : ndarray of datetime64[D], shape (T,)
        Sessions asked for.
    codes : sequence of str, optional
        Only rows of these codes count as missing. What nobody can name always counts.
    parts : mapping of str to sequence of str, optional
        Only these values of one column count as rows, and units whose keys begin with them:
        ``{"index": codes}`` of a table that is fetched index by index.

    Raises
    ------
    NotCoveredError
        If there is no such table, or nothing was ever published in the window.
    """
    unit = _UNITS.get(dataset.axis)
    days = _published(dataset, sessions)
    if unit is None or not len(days):
        return Holes(dataset.name, sessions[0].item(), sessions[-1].item())
    first, last = days[0].item(), days[-1].item()
    settled = _settled(cellar, dataset.name, first, last, parts)
    wanted = _wanted(cellar, dataset, days, unit)
    span = wanted[0].astype("datetime64[D]").item() if len(wanted) else first
    held = _held(cellar, dataset, min(span, first), last, unit, parts)
    present = _days(dataset, held).astype(f"datetime64[{unit}]")
    absent = np.setdiff1d(wanted, np.union1d(present, _empty(settled, unit)))
    rows, examples, unproved, proof = _missing(cellar, dataset, settled, held, days, codes)
    return Holes(
        dataset.name, first, last, len(wanted),
        tuple(day.astype("datetime64[D]").item() for day in absent), rows, examples, _WORDS[unit],
        unproved, proof,
    )  # fmt: skip


def _wanted(
    cellar: Cellar, dataset: Dataset, days: NDArray[np.datetime64], unit: str
) -> NDArray[np.datetime64]:
    """Periods that must have been asked for.

    The running month has no end yet: its snapshot is still to come. Events of the running year
    count from its first day on.
    """
    periods = np.unique(days.astype(f"datetime64[{unit}]"))
    if unit != "M":
        return periods
    today = np.datetime64(REGIONS[dataset.market].today(cellar.clock()), "D")
    ends = (periods + np.timedelta64(1, unit)).astype("datetime64[D]") - np.timedelta64(1, "D")
    return periods[ends < today]


def _published(dataset: Dataset, sessions: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Sessions on which the dataset was published at all."""
    low = dataset.first or date.min
    high = dataset.last or date.max
    return sessions[(sessions >= np.datetime64(low)) & (sessions <= np.datetime64(high))]


def _settled(
    cellar: Cellar,
    name: str,
    first: date,
    last: date,
    parts: Mapping[str, Sequence[str]] | None,
) -> pl.DataFrame:
    """Settled units that touch the window, as of the version read."""
    import polars as pl

    from workbench.data.reading.settled import settled_units

    units = settled_units(cellar, name, first, last)
    if parts is None:
        return units
    own = [value for values in parts.values() for value in values]
    return units.filter(pl.col("key").str.split("/").list.first().is_in(own))


def _held(
    cellar: Cellar,
    dataset: Dataset,
    first: date,
    last: date,
    unit: str,
    parts: Mapping[str, Sequence[str]] | None,
) -> pl.DataFrame:
    """Days of the rows at the version read, and their assets where those are proved."""
    proved = dataset.expects == "traded" and all(cellar.has(name) for name in _PROOFS)
    columns = [dataset.day, "asset"] if proved else [dataset.day]
    if unit != "D":
        # A month is held by any of its rows, also by one after the window.
        end = np.datetime64(last, unit) + np.timedelta64(1, unit)
        last = (end.astype("datetime64[D]") - np.timedelta64(1, "D")).item()
    return cellar.table(dataset.name).read(columns, first=first, last=last, values=parts)


def _days(dataset: Dataset, held: pl.DataFrame) -> NDArray[np.datetime64]:
    """Days with at least one row."""
    days = held[dataset.day].unique()
    if dataset.day == "time":
        days = days.dt.convert_time_zone(REGIONS[dataset.market].zone).dt.date().unique()
    return days.to_numpy().astype("datetime64[D]")


def _empty(settled: pl.DataFrame, unit: str) -> NDArray[np.datetime64]:
    """Periods that the vendor confirmed to be empty; months and years that were asked for."""
    import polars as pl

    rows = settled.filter(pl.col("first").is_not_null() & pl.col("last").is_not_null())
    if unit == "D":
        rows = rows.filter(pl.col("state") == "empty_confirmed")
    spans = [
        np.arange(np.datetime64(first, unit), np.datetime64(last, unit) + np.timedelta64(1, unit))
        for first, last in rows.select("first", "last").iter_rows()
    ]
    return np.unique(np.concatenate(spans)) if spans else np.empty(0, f"datetime64[{unit}]")


def _missing(
    cellar: Cellar,
    dataset: Dataset,
    settled: pl.DataFrame,
    held: pl.DataFrame,
    days: NDArray[np.datetime64],
    codes: Sequence[str] | None,
) -> tuple[int, tuple[str, ...], int, str]:
    """Rows missing inside fetched periods, a few by name; periods not proved, for want of what."""
    import polars as pl

    told = settled.filter(pl.col("missing") > 0)
    if dataset.axis == "session":
        told = told.filter(pl.col("first").is_in(days.tolist()))
    named = pl.DataFrame(schema={"session": pl.Date(), "asset": pl.String()})
    unproved, proof = 0, _PROOFS[0]
    if dataset.expects == "traded":
        from workbench.data.reading.lacking import lacking_rows
        from workbench.data.update.expectation import Roster

        lacks = next((name for name in _PROOFS if not cellar.has(name)), None)
        roster = None if lacks else Roster.read(cellar, days[0].item(), days[-1].item())
        if roster is None:
            unproved, proof = len(np.intersect1d(_days(dataset, held), days)), lacks or proof
        else:
            named = lacking_rows(roster, held, days)
    unnamed = int(told.filter(~pl.col("first").is_in(named["session"].implode()))["missing"].sum())
    if codes is not None and not named.is_empty():
        named = named.filter(pl.col("asset").is_in(list(codes)))
    shown = tuple(f"{asset} on {day}" for day, asset in named.head(_SHOWN).iter_rows())
    return named.height + unnamed, shown, unproved, proof
