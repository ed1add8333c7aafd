"""Spans of American tickers: from monthly lists to the days on which a company held a ticker.

1. `listed_runs` compresses the lists: rows in a row of one ticker with the same marks are one run,
   and every last day that the vendor tells is kept once
2. `spans_of` joins runs that are one company, dates their ends and beginnings, and adds companies
   that lived between two lists
3. `owners_of` gives spans that share a FIGI one security
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

__all__ = ["MARKS", "End", "Run", "Span", "listed_runs", "owners_of", "spans_of"]

MARKS = ("composite_figi", "share_class_figi", "cik")
"""What tells companies apart, the strongest first; empty where an old record is blank."""

_DAY = timedelta(days=1)
Marks = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """Lists in a row, from `first` to `last`, that show a ticker alive with the same marks."""

    asset: str
    first: date
    last: date
    marks: Marks
    name: str


@dataclass(frozen=True, slots=True)
class End:
    """A last day that the vendor tells, with `told`, the first list that tells it."""

    last: date
    told: date
    marks: Marks
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which one company held a ticker.

    `last` is missing while it holds; `seen` are the first and last list that show it, missing where
    none does; `delisted` is the last day by the vendor's word.
    """

    asset: str
    first: date
    last: date | None
    marks: Marks
    name: str
    delisted: date | None
    seen: tuple[date, date] | None


def listed_runs(
    tickers: pl.DataFrame,
) -> tuple[list[date], dict[str, list[Run]], dict[str, list[End]]]:
    """The days of the lists, and the runs and the ends of each ticker in time order."""
    frame = tickers.with_columns(pl.col(*MARKS, "name").fill_null(""))
    lists = sorted(set(frame["session"]))
    numbers = pl.DataFrame({"session": lists}, {"session": pl.Date}).with_row_index("list")
    gone = frame.filter(~pl.col("active") & pl.col("delisted").is_not_null()).sort("session")
    told = gone.group_by("asset", "delisted", *MARKS, maintain_order=True).agg(
        pl.col("session", "name").first()
    )
    ends: dict[str, list[End]] = {}
    for asset, last, *marks, day, name in told.sort("delisted").iter_rows():
        ends.setdefault(asset, []).append(End(last, day, _marks(marks), name))
    alive = frame.filter("active").join(numbers, on="session").sort("asset", "session")
    alive = alive.sort("session").join_asof(
        told.select("asset", end="delisted").sort("end"),
        left_on="session",
        right_on="end",
        by="asset",
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    earlier = pl.col("list", "session", *MARKS).shift(1).over("asset").name.prefix("old_")
    alive = alive.sort("asset", "session").with_columns(earlier)
    same = (pl.col("list").cast(pl.Int64) == pl.col("old_list").cast(pl.Int64) + 1) & (
        (pl.col("end") < pl.col("old_session")).fill_null(True)
    )
    for mark in MARKS:
        same &= pl.col(mark) == pl.col(f"old_{mark}")
    grouped = alive.with_columns(run=(~same.fill_null(False)).cum_sum())
    runs: dict[str, list[Run]] = {}
    found = grouped.group_by("asset", "run", *MARKS, maintain_order=True).agg(
        first=pl.col("session").first(), last=pl.col("session").last(), name=pl.col("name").last()
    )
    for asset, _, *marks, first, last, name in found.iter_rows():
        runs.setdefault(asset, []).append(Run(asset, first, last, _marks(marks), name))
    return lists, runs, ends


def spans_of(
    asset: str, runs: Sequence[Run], ends: Sequence[End], lists: Sequence[date]
) -> list[Span]:
    """Spans of one ticker in time order; they do not overlap."""
    before = dict(zip(lists[1:], lists[:-1], strict=True))
    joined = _joined_runs(runs, ends, before)
    later = [*(run.first for run in joined[1:]), date.max]
    alive = [_dated(run, ends, until, lists) for run, until in zip(joined, later, strict=False)]
    spans: list[Span] = []
    for span in sorted([*alive, *_never_seen(asset, ends, alive, before)], key=_certain):
        day = _certain(span)
        previous = before.get(span.seen[0] if span.seen else span.first)
        ended = [one.last + _DAY for one in spans if one.last is not None]
        earliest = day if previous is None else previous + _DAY
        first = min(max([earliest, *ended]), day)
        if spans and spans[-1].last is not None and spans[-1].last >= first:
            spans[-1] = replace(spans[-1], last=first - _DAY)  # its end was only supposed
        spans.append(replace(span, first=first))
    return spans


def _marks(values: Sequence[str]) -> Marks:
    composite, share_class, cik = values
    return composite, share_class, cik


def _joined_runs(
    runs: Sequence[Run], ends: Sequence[End], before: Mapping[date, date]
) -> list[Run]:
    """Runs joined where the lists show one company without a break.

    Whoever's last day the vendor tells between two lists: it parts the runs before and after.
    """
    joined: list[Run] = []
    for run in runs:
        now = joined[-1] if joined else None
        if (
            now is not None
            and now.last == before.get(run.first)
            and _agree(now.marks, run.marks)
            and not any(now.last <= end.last < run.first for end in ends)
        ):
            marks = _marks([old or new for old, new in zip(now.marks, run.marks, strict=True)])
            joined[-1] = replace(now, last=run.last, marks=marks, name=run.name or now.name)
        else:
            joined.append(run)
    return joined


def _agree(one: Marks, other: Marks) -> bool:
    """Whether two records of a ticker may be one company: the strongest mark of both decides.

    Old records have blanks; a blank contradicts nothing.
    """
    for mine, theirs in zip(one, other, strict=True):
        if mine and theirs:
            return mine == theirs
    return True


def _end_of(run: Run, ends: Sequence[End], until: date) -> date | None:
    """The last day that the vendor tells for a run, after its last list and before `until`."""
    for end in ends:
        if run.last <= end.last < until and _agree(run.marks, end.marks):
            return end.last
    return None


def _dated(run: Run, ends: Sequence[End], until: date, lists: Sequence[date]) -> Span:
    """A run with its last day: the vendor's, else the day before the first list without it."""
    told = _end_of(run, ends, until)
    last = told
    if told is None:
        place = bisect_right(lists, run.last)
        last = lists[place] - _DAY if place < len(lists) else None
    return Span(run.asset, run.first, last, run.marks, run.name, told, (run.first, run.last))


def _never_seen(
    asset: str, ends: Sequence[End], alive: Sequence[Span], before: Mapping[date, date]
) -> list[Span]:
    """Companies that were listed and delisted between two lists: only their end was told."""
    taken = {span.delisted for span in alive}
    shown = [span.seen for span in alive if span.seen is not None]
    found = []
    for end in ends:
        previous = before.get(end.told)
        if end.last in taken or previous is None or not previous < end.last <= end.told:
            continue
        if not any(first <= end.last <= last for first, last in shown):
            found.append(Span(asset, end.told, end.last, end.marks, end.name, end.last, None))
    return found


def _certain(span: Span) -> date:
    """A day on which the span held for certain."""
    return span.seen[0] if span.seen else span.last or span.first


def owners_of(spans: Sequence[Span]) -> list[str]:
    """The security of each span: FIGIs join spans unless two tickers held at the same time.

    Then the composite FIGI alone joins, and where even that is shared at one time, each ticker is
    a security of its own.
    """
    owners = [""] * len(spans)
    for members in _linked(spans, range(len(spans)), (0, 1)):
        clash = _simultaneous(spans, members)
        for piece in _linked(spans, members, (0,)) if clash else [members]:
            name = _identity([spans[index] for index in piece])
            alone = _simultaneous(spans, piece)
            for index in piece:
                owners[index] = f"{name}:{spans[index].asset}" if alone else name
    return owners


def _identity(spans: Sequence[Span]) -> str:
    eldest = sorted(spans, key=lambda span: (span.first, span.asset))
    for position in (0, 1):
        for span in eldest:
            if span.marks[position]:
                return span.marks[position]
    return f"{eldest[0].asset}@{eldest[0].first}"


def _linked(
    spans: Sequence[Span], members: Iterable[int], positions: Sequence[int]
) -> list[list[int]]:
    """Groups of `members` linked by equal FIGIs at `positions` (union-find)."""
    parent = {index: index for index in members}

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first_with: dict[tuple[int, str], int] = {}
    for index in parent:
        for position in positions:
            mark = spans[index].marks[position]
            if mark:
                parent[root(index)] = root(first_with.setdefault((position, mark), index))
    groups: dict[int, list[int]] = {}
    for index in parent:
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def _simultaneous(spans: Sequence[Span], members: Sequence[int]) -> bool:
    """Whether one list shows two tickers of the group at once."""
    shown = sorted(seen for index in members if (seen := spans[index].seen) is not None)
    return any(later[0] <= earlier[1] for earlier, later in pairwise(shown))
