"""Tables in memory behind the reading face of a cellar, and calendars without a vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from workbench.data.catalog import dataset
from workbench.data.point_in_time import SessionCalendar
from workbench.errors import NotCoveredError


@dataclass
class MemoryTable:
    frame: pl.DataFrame
    day: str

    @property
    def first(self):
        return self.frame[self.day].min()

    @property
    def last(self):
        return self.frame[self.day].max()

    def scan(self, columns=None, *, first=None, last=None, values=None):
        found = self.frame.lazy()
        if first is not None:
            found = found.filter(pl.col(self.day) >= first)
        if last is not None:
            found = found.filter(pl.col(self.day) <= last)
        for name, wanted in (values or {}).items():
            found = found.filter(pl.col(name).is_in(list(wanted)))
        return found if columns is None else found.select(columns)

    def read(self, columns=None, **limits):
        return self.scan(columns, **limits).collect()


@dataclass
class MemoryCellar:
    """Datasets by name; rows may leave columns out, which are then missing values."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def put(self, name: str, rows: pl.DataFrame | list[dict]) -> MemoryCellar:
        contract = dataset(name)
        schema = contract.schema()
        if isinstance(rows, list):
            known = {key: schema[key] for key in schema if any(key in row for row in rows)}
            rows = pl.DataFrame(rows, schema=known)
        absent = [pl.lit(None, kind).alias(key) for key, kind in schema.items()
                  if key not in rows.columns]  # fmt: skip
        self.tables[name] = rows.with_columns(absent).select(list(schema)).cast(schema)
        return self

    def has(self, name: str) -> bool:
        return name in self.tables

    def table(self, name: str) -> MemoryTable:
        if name not in self.tables:
            raise NotCoveredError(f"no {name}")
        return MemoryTable(self.tables[name], dataset(name).day)


def days(first: str, last: str) -> np.ndarray:
    """Natural days, both included."""
    return np.arange(first, np.datetime64(last) + np.timedelta64(1, "D"), dtype="datetime64[D]")


def weekdays(first: str, last: str) -> np.ndarray:
    """Monday to Friday: the sessions of a country without holidays."""
    every = days(first, last)
    return every[np.is_busday(every)]


def weekday_calendar(first: str, last: str) -> SessionCalendar:
    return SessionCalendar(
        "cn", weekdays(first, last), np.datetime64(first, "D"), np.datetime64(last, "D")
    )


def calendar_rows(first: str, last: str, sessions: np.ndarray) -> pl.DataFrame:
    """Rows of cal.sessions with these open days."""
    every = days(first, last)
    return pl.DataFrame(
        {
            "exchange": ["SSE"] * len(every),
            "session": every,
            "is_open": np.isin(every, sessions),
            "pretrade": [None] * len(every),
        },
        schema_overrides={"pretrade": pl.Date},
    )


def with_weekdays(first: str, last: str) -> MemoryCellar:
    rows = calendar_rows(first, last, weekdays(first, last))
    return MemoryCellar().put("cal.sessions", rows)


def day(text: str) -> date:
    return date.fromisoformat(text)
