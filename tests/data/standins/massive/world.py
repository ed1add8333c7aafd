"""A small American market and the truth about it: bars as traded, events, factors, companies.

Prices walk; on an ex-date the evening's close first loses the dividend, then is divided by the
split. The factor of the truth is kept share by share with that walk: what one share of the first
session has become, dividends reinvested.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

__all__ = ["Bar", "Company", "Dividend", "Split", "World"]

_HOLIDAYS = (
    date(2023, 11, 23),
    date(2023, 12, 25),
    date(2024, 1, 1),
    date(2024, 1, 15),
    date(2024, 2, 19),
)


@dataclass(frozen=True)
class Split:
    """One split."""

    day: date
    old: float
    new: float
    kind: str = "forward_split"


@dataclass(frozen=True)
class Dividend:
    """One dividend per share of the evening before."""

    day: date
    amount: float
    currency: str = "USD"
    kind: str = "recurring"


@dataclass(frozen=True)
class Company:
    """One security with the tickers it had: (ticker, first day, last day or None)."""

    name: str
    figi: str
    share_class: str
    tickers: tuple[tuple[str, date, date | None], ...]
    price: float = 50.0
    splits: tuple[Split, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    kind: str = "CS"
    otc: bool = False
    gone: bool = False

    def ticker(self, day: date) -> str | None:
        """What it was called on a day, None while it was not listed."""
        for name, first, last in self.tickers:
            if first <= day and (last is None or day <= last):
                return name
        return None


@dataclass(frozen=True)
class Bar:
    """One bar as traded, with the true factor."""

    open: float
    high: float
    low: float
    close: float
    volume: int
    factor: float


_OLD = date(2000, 1, 3)


def _companies(fillers: int) -> tuple[Company, ...]:
    day = date
    named = (
        Company("Steady Corp", "BBG000000001", "BBG001S00001", (("AAA", _OLD, None),), 80.0,
                (), (Dividend(day(2023, 11, 15), 0.6), Dividend(day(2024, 2, 14), 0.61))),
        Company("Splitting Inc", "BBG000000002", "BBG001S00002", (("BBB", _OLD, None),), 400.0,
                (Split(day(2024, 1, 18), 1, 4),), (Dividend(day(2024, 2, 9), 0.25),)),
        Company("Shrinking Ltd", "BBG000000003", "BBG001S00003", (("CCC", _OLD, None),), 1.2,
                (Split(day(2024, 2, 6), 10, 1, "reverse_split"),)),
        Company("Both At Once", "BBG000000004", "BBG001S00004", (("DDD", _OLD, None),), 90.0,
                (Split(day(2024, 1, 10), 2, 3, "stock_dividend"),),
                (Dividend(day(2024, 1, 10), 1.5), Dividend(day(2024, 1, 10), 3.0, kind="special"))),
        Company("Renamed Platforms", "BBG000000005", "BBG001S00005",
                (("OLDN", _OLD, day(2024, 1, 11)), ("NEWN", day(2024, 1, 12), None)), 120.0,
                (), (Dividend(day(2024, 1, 25), 1.0),)),
        Company("First Reuse", "BBG000000006", "BBG001S00006",
                (("REUS", _OLD, day(2023, 12, 14)),), 12.0, gone=True),
        Company("Second Reuse", "BBG000000007", "BBG001S00007",
                (("REUS", day(2024, 1, 16), None),), 300.0),
        Company("Brief Life", "BBG000000008", "BBG001S00008",
                (("BRIEF", day(2024, 1, 8), day(2024, 1, 24)),), 9.0, gone=True),
        Company("Northern Bank", "BBG000000009", "BBG001S00009", (("BNK", _OLD, None),), 60.0,
                (), (Dividend(day(2023, 12, 28), 1.5, "CAD"),)),
        Company("Bathroom B", "BBG000000010", "BBG001S00010", (("BRK.B", _OLD, None),), 350.0),
        Company("Arbor Preferred", "", "", (("ABRpD", _OLD, None),), 20.0, kind="PFD"),
        Company("Over Counter", "BBG000000012", "", (("OTCX", _OLD, None),), 2.0, otc=True),
    )  # fmt: skip
    more = tuple(
        Company(
            f"Filler {n}", f"BBG1{n:08d}", f"BBG1S{n:07d}", ((f"S{n:03d}", _OLD, None),), 10 + n
        )
        for n in range(fillers)
    )
    return named + more


@dataclass(frozen=True)
class World:
    """Sessions from `first` to `last`, companies, bars.

    Attributes
    ----------
    fillers : int
        Ordinary companies beside the named ones.
    seed : int
        Of the walks.
    """

    first: date = date(2023, 11, 1)
    last: date = date(2024, 2, 29)
    fillers: int = 20
    seed: int = 7
    companies: tuple[Company, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.companies:
            object.__setattr__(self, "companies", _companies(self.fillers))

    @cached_property
    def sessions(self) -> tuple[date, ...]:
        """Weekdays without the holidays of these months."""
        days = np.arange(self.first, np.datetime64(self.last) + np.timedelta64(1, "D"))
        return tuple(day for day in days.tolist() if day.weekday() < 5 and day not in _HOLIDAYS)

    @cached_property
    def bars(self) -> dict[tuple[date, str], tuple[Company, Bar]]:
        """Every bar as traded by session and ticker."""
        found = {}
        for number, company in enumerate(self.companies):
            for day, bar in self._walk(company, np.random.default_rng((self.seed, number))):
                name = company.ticker(day)
                assert name is not None
                found[day, name] = (company, bar)
        return found

    def _walk(self, company: Company, rng: np.random.Generator) -> list[tuple[date, Bar]]:
        close, wealth, walked = company.price, 1.0, []
        for day in self.sessions:
            if company.ticker(day) is None:
                continue
            if walked:
                paid = sum(one.amount for one in company.dividends if one.day == day)
                ratio = 1.0
                for split in company.splits:
                    ratio *= split.new / split.old if split.day == day else 1.0
                # One share becomes `ratio` shares; the cash buys shares at the price without it.
                wealth *= ratio * (1 + paid / (close - paid))
                close = (close - paid) / ratio
            first = close * (1 + rng.normal(0, 0.003))
            close = round(max(first * (1 + rng.normal(0, 0.012)), 0.01), 4)
            first = round(first, 4)
            spread = 1 + abs(rng.normal(0, 0.004))
            high, low = max(first, close) * spread, min(first, close) / spread
            volume = int(rng.integers(10_000, 2_000_000))
            walked.append((day, Bar(first, round(high, 4), round(low, 4), close, volume, wealth)))
        return walked

    def later_splits(self, company: Company, day: date) -> float:
        """What the vendor divides an adjusted price by: every split after the day."""
        ratio = 1.0
        for split in company.splits:
            ratio *= split.new / split.old if split.day > day else 1.0
        return ratio
