"""Prices of the synthetic market, simulated forward session by session, in whole fen.

1. an ex-right day lowers the reference and raises the cumulative factor by the same ratio
2. a traded day opens from the reference, moves within its limits and closes: the next reference
3. everything else (open, high, low, volume …) is noise of the cell, so any cell comes alone
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tests.data.standins.tushare.noise import uniform
from tests.data.standins.tushare.roster import Stock

__all__ = ["Market"]

MAIN_ST_WIDENED = date(2026, 7, 6)
CHINEXT_WIDENED = date(2020, 8, 24)
MAIN_REGISTERED = date(2023, 4, 10)

Cells = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Session indices and stock indices, one pair a row."""


class Market:
    """Close, reference, factor and shares of every stock on every session, made on demand."""

    def __init__(self, seed: int, sessions: Sequence[date], stocks: Sequence[Stock]) -> None:
        self.seed, self.sessions, self.stocks = seed, tuple(sessions), tuple(stocks)
        shape = (len(sessions), len(stocks))
        self.close = np.zeros(shape, np.int32)
        """Fen; 0 where nothing traded."""
        self.reference = np.zeros(shape, np.int32)
        """Fen: the exchange's previous close, after ex-rights; 0 where not listed."""
        self.factor = np.zeros(shape, np.int32)
        """Ten-thousandths; 0 where not listed."""
        self.shares = np.zeros(shape, np.int32)
        """Total shares, ten thousands."""
        self._made = 0
        self._state: tuple[NDArray[np.float64], ...] = self._start()

    def _start(self) -> tuple[NDArray[np.float64], ...]:
        who = np.arange(len(self.stocks))
        base = np.floor(300 * np.exp(3.2 * uniform(self.seed, "base", who)))
        shares = np.floor(8_000 * np.exp(4.0 * uniform(self.seed, "shares", who)))
        return base, base.copy(), np.ones(len(who)), shares

    @cached_property
    def ordinals(self) -> NDArray[np.int64]:
        """Days of the sessions since year 1."""
        return np.array([day.toordinal() for day in self.sessions])

    @cached_property
    def spans(self) -> Cells:
        """First listed and first no longer listed session index of each stock."""
        first = [bisect_left(self.sessions, stock.listed) for stock in self.stocks]
        last = [
            len(self.sessions) if stock.delisted is None
            else bisect_left(self.sessions, stock.delisted)
            for stock in self.stocks
        ]  # fmt: skip
        return np.array(first, np.int64), np.array(last, np.int64)

    @cached_property
    def halted(self) -> dict[int, NDArray[np.int64]]:
        """Stocks that do not trade on a session, by session index."""
        found: dict[int, list[int]] = {}
        for who, stock in enumerate(self.stocks):
            for first, last in stock.halts:
                begin, end = (bisect_left(self.sessions, day) for day in (first, last))
                for at in range(begin, min(end, len(self.sessions) - 1) + 1):
                    found.setdefault(at, []).append(who)
        return {at: np.unique(np.array(rows)) for at, rows in found.items()}

    @cached_property
    def special(self) -> dict[int, list[int]]:
        """Stocks under ST, by session index."""
        found: dict[int, list[int]] = {}
        for who, stock in enumerate(self.stocks):
            for first, last, _ in stock.special:
                begin = bisect_left(self.sessions, first)
                end = len(self.sessions) if last is None else bisect_left(self.sessions, last) + 1
                for at in range(begin, min(end, len(self.sessions))):
                    found.setdefault(at, []).append(who)
        return found

    def upto(self, at: int) -> None:
        """Simulate until session `at` is there."""
        while self._made <= at:
            self._advance(self._made)
            self._made += 1

    def _advance(self, at: int) -> None:
        reference, base, factor, shares = self._state
        who = np.arange(len(self.stocks))
        first, last = self.spans
        listed = (first <= at) & (at < last)
        trading = listed.copy()
        trading[self.halted.get(at, np.array([], np.int64))] = False
        cash, bonus = self.rights(at)
        changed = listed & (at > first) & ((cash > 0) | (bonus > 0))
        lowered = np.maximum(np.floor((reference - cash) / (1 + bonus) + 0.5), 10)
        ex = np.where(changed, lowered, reference)
        factor = np.where(changed, factor * reference / ex, factor)
        shares = np.where(changed, np.floor(shares * (1 + bonus)), shares)
        noise = sum(uniform(self.seed, f"step{k}", at, who) for k in range(4)) - 2.0
        jump = np.where(uniform(self.seed, "jump", at, who) < 0.02, 6.0, 1.0)
        move = 0.03 * noise * jump - 0.02 * np.log(ex / base * factor)
        down, up = self.bands(at, ex)
        free = np.isnan(up)
        low, high = np.where(free, ex * 0.6, down), np.where(free, ex * 1.6, up)
        close = np.clip(np.floor(ex * np.exp(move) + 0.5), np.ceil(low), np.floor(high))
        self.reference[at] = np.where(listed, ex, 0)
        self.close[at] = np.where(trading, close, 0)
        self.factor[at] = np.where(listed, np.floor(factor * 1e4 + 0.5), 0)
        self.shares[at] = np.where(listed, shares, 0)
        self._state = np.where(trading, close, ex), base, factor, shares

    def rights(self, at: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cash (fen a share) and new shares a share that go ex on this session."""
        who = np.arange(len(self.stocks))
        day = uniform(self.seed, "exday", self.sessions[at].year, who)
        ordinal = np.array(self.sessions[at].timetuple().tm_yday)
        mine = np.floor(day * 400).astype(np.int64) == ordinal
        size = uniform(self.seed, "cash", at, who)
        cash = np.where(mine, np.floor(5 + 45 * size), 0.0)
        bonus = np.where(mine & (size > 0.7), np.floor(1 + 7 * (size - 0.7) / 0.3) / 10, 0.0)
        return cash, bonus

    @cached_property
    def boards(self) -> NDArray[np.str_]:
        """Board of each stock."""
        return np.array([stock.board for stock in self.stocks])

    def bands(
        self, at: int, reference: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper limit in fen, rounded half up; NaN on days without a limit."""
        day, boards = self.sessions[at], self.boards
        share = np.select(
            [np.isin(boards, ("star", "cdr")), boards == "bse", boards == "chinext"],
            [20, 30, 20 if day >= CHINEXT_WIDENED else 10],
            10,
        )
        if day < MAIN_ST_WIDENED and at in self.special:
            st = np.array(self.special[at])
            share[st] = np.where(boards[st] == "main", 5, share[st])
        up = np.floor((reference * (100 + share) + 50) / 100)
        down = np.floor((reference * (100 - share) + 50) / 100)
        age = at - self.spans[0]
        listed_here = self._after(self.sessions[0])
        since = {"bse": 1, "star": 5, "cdr": 5}
        unlimited = np.select(
            [boards == board for board in since], list(since.values()),
            np.where(
                np.where(boards == "chinext", self._after(CHINEXT_WIDENED),
                         self._after(MAIN_REGISTERED)), 5, 0),
        )  # fmt: skip
        free = listed_here & (age >= 0) & (age < unlimited)
        first = listed_here & (age == 0) & (unlimited == 0)
        up = np.where(first, np.floor(reference * 1.44 + 0.5), up)
        down = np.where(first, np.floor(reference * 0.64 + 0.5), down)
        return np.where(free, np.nan, down), np.where(free, np.nan, up)

    @cached_property
    def births(self) -> NDArray[np.int64]:
        """Listing days since year 1."""
        return np.array([stock.listed.toordinal() for stock in self.stocks])

    def _after(self, day: date) -> NDArray[np.bool_]:
        return self.births >= day.toordinal()

    def cells(self, first: int, stop: int, who: Sequence[int] | None, traded: bool) -> Cells:
        """Cells of a span of sessions, newest session first, stocks in their order."""
        if first >= stop:
            return np.array([], np.int64), np.array([], np.int64)
        self.upto(stop - 1)
        table = (self.close if traded else self.factor)[first:stop]
        if who is not None:
            table = table[:, np.asarray(who, np.int64)]
        at, column = np.nonzero(table[::-1] > 0)
        stocks = column if who is None else np.asarray(who, np.int64)[column]
        return (stop - 1 - at).astype(np.int64), stocks.astype(np.int64)
