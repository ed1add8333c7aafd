"""Who is listed: shares of every board, arrivals and departures, ST spans, halts, changed codes.

A fixed cast carries the known traps (`CAST`); the rest of the market is drawn from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

__all__ = ["BSE_SWITCH", "CAST", "Stock", "roster"]

BSE_SWITCH = date(2025, 10, 9)
"""Since this day codes of Beijing begin with 920; six pilots changed earlier."""

BSE_PILOTS = date(2025, 5, 6)


@dataclass(frozen=True)
class Stock:
    """One security. `code` is the present code; `old_code` was in force before `changed`."""

    code: str
    name: str
    board: str
    listed: date
    delisted: date | None = None
    old_code: str = ""
    changed: date | None = None
    special: tuple[tuple[date, date | None, str], ...] = ()
    """Spans under ST: first day, last day, prefix."""
    halts: tuple[tuple[date, date], ...] = ()
    """Whole days without trading: first and last."""
    pauses: tuple[date, ...] = ()
    """Days with a halt of half an hour: a bar exists."""
    paused: bool = False
    company_type: str = "1"
    group: int = 0

    def code_on(self, day: date) -> str:
        """The code in force."""
        return self.old_code if self.changed and day < self.changed else self.code

    def listed_on(self, day: date) -> bool:
        """Whether it is listed; `delisted` is the first day on which it is not."""
        return self.listed <= day and (self.delisted is None or day < self.delisted)

    def prefix_on(self, day: date) -> str:
        """``ST``, ``*ST`` or nothing."""
        for first, last, prefix in self.special:
            if first <= day and (last is None or day <= last):
                return prefix
        return ""


CAST = (
    Stock("000001.SZ", "平安银行", "main", date(1991, 4, 3), company_type="2"),
    Stock("600000.SH", "浦发银行", "main", date(1999, 11, 10), company_type="2"),
    Stock("600519.SH", "贵州茅台", "main", date(2001, 8, 27)),
    Stock("000002.SZ", "万科A", "main", date(1991, 1, 29)),
    Stock("601318.SH", "中国平安", "main", date(2007, 3, 1), company_type="3"),
    Stock("600030.SH", "中信证券", "main", date(2003, 1, 6), company_type="4"),
    Stock("300001.SZ", "特锐德", "chinext", date(2009, 10, 30)),
    Stock("300750.SZ", "宁德时代", "chinext", date(2018, 6, 11)),
    Stock("688001.SH", "华兴源创", "star", date(2019, 7, 22)),
    Stock("689009.SH", "九号公司-WD", "cdr", date(2020, 10, 29)),
    Stock(
        "001872.SZ", "招商港口", "main", date(1993, 5, 5),
        old_code="000022.SZ", changed=date(2018, 12, 26),
    ),
    Stock(
        "601360.SH", "三六零", "main", date(2012, 1, 16),
        old_code="601313.SH", changed=date(2018, 2, 28),
    ),
    Stock("T00018.SH", "上港集箱(退)", "main", date(2000, 7, 19), date(2006, 10, 20)),
    Stock("600018.SH", "上港集团", "main", date(2006, 10, 26)),
    Stock(
        "920799.BJ", "艾融软件", "bse", date(2021, 11, 15),
        old_code="830799.BJ", changed=BSE_PILOTS,
    ),
    Stock(
        "920504.BJ", "博迅生物", "bse", date(2023, 8, 17),
        old_code="836504.BJ", changed=BSE_SWITCH,
    ),
    Stock("920002.BJ", "万达轴承", "bse", date(2024, 5, 30)),
)  # fmt: skip


RECODED = frozenset({"000043.SZ", "001914.SZ", "300114.SZ", "302132.SZ"})
"""Codes of true changes that the cast leaves out: nobody may be born with one."""


def roster(seed: int, stocks: int, sessions: Sequence[date]) -> tuple[Stock, ...]:
    """The cast and drawn securities, `stocks` in all, sorted by code."""
    random = Random(f"roster {seed}")
    taken = {stock.code for stock in CAST} | {stock.old_code for stock in CAST}
    codes = _codes(taken | RECODED)
    drawn = list(CAST[:stocks])
    while len(drawn) < stocks:
        code, board = next(codes)
        drawn.append(_life(random, code, board, sessions, len(drawn)))
    dressed = [_trouble(random, stock, sessions, at) for at, stock in enumerate(drawn)]
    return tuple(sorted(dressed, key=lambda stock: stock.code))


def _codes(taken: set[str]) -> Iterator[tuple[str, str]]:
    # The boards in about the proportions of the market: seven of ten on the main boards.
    places = [
        ("60{:04d}.SH", "main", 3), ("00{:04d}.SZ", "main", 5), ("30{:04d}.SZ", "chinext", 11),
        ("688{:03d}.SH", "star", 100), ("60{:04d}.SH", "main", 4), ("920{:03d}.BJ", "bse", 100),
    ]  # fmt: skip
    counters = dict.fromkeys({pattern for pattern, _, _ in places}, 5)
    while True:
        for pattern, board, _ in places:
            counters[pattern] += 1
            if counters[pattern] >= 1000 and ":03d" in pattern:
                continue
            code = pattern.format(counters[pattern])
            if code not in taken:
                yield code, board


def _life(random: Random, code: str, board: str, sessions: Sequence[date], at: int) -> Stock:
    """Most were there before the first session; some arrive or leave within the span."""
    opened = {"chinext": date(2009, 10, 30), "star": date(2019, 7, 22), "bse": date(2021, 11, 15)}
    earliest = opened.get(board, date(1993, 1, 4))
    born = earliest + timedelta(days=random.randrange(900))
    gone: date | None = None
    roll = random.random()
    inside = sessions[random.randrange(1, max(2, len(sessions) - 1))]
    if roll < 0.08 and inside > earliest:
        born = inside
    elif roll < 0.14 and inside > born:
        gone = inside
    elif roll < 0.16:
        gone = born + timedelta(days=700)
    name = f"{'沪深创科北'[('main', 'main', 'chinext', 'star', 'bse').index(board)]}样{at:04d}"
    return Stock(code, name, board, born, gone, group=random.randrange(12))


def _trouble(random: Random, stock: Stock, sessions: Sequence[date], at: int) -> Stock:
    span = len(sessions)
    halts: list[tuple[date, date]] = []
    pauses: list[date] = []
    special: tuple[tuple[date, date | None, str], ...] = stock.special
    for _ in range(max(1, span // 250)):
        if random.random() < 0.25:
            first = random.randrange(span)
            last = min(span - 1, first + random.choice((0, 1, 4, 12)))
            halts.append((sessions[first], sessions[last]))
        if random.random() < 0.08:
            pauses.append(sessions[random.randrange(span)])
    if random.random() < 0.10 and stock.board in ("main", "chinext"):
        first, last = sorted((random.randrange(span), random.randrange(span)))
        prefix = random.choice(("ST", "*ST"))
        special = ((sessions[first], sessions[last] if random.random() < 0.5 else None, prefix),)
    quiet = tuple(day for day in pauses if not any(first <= day <= last for first, last in halts))
    return replace(stock, halts=tuple(halts), pauses=quiet, special=special, group=at % 12)
