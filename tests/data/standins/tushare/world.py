"""The synthetic world: complete vendor rows of every API, as known at any moment.

`World.table` gives all rows and all fields, newest first, without caps, defaults or hiding: those
are the server's manners (`answers`). `World.truth` gives what a careful client must end up with.
`World.revise`, `World.withhold` and `World.insert` change what is answered from a moment on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.data.standins.tushare import calendar, daily, events, reference
from tests.data.standins.tushare.daily import Columns
from tests.data.standins.tushare.fields import names_of
from tests.data.standins.tushare.indices import INDEX_TABLES
from tests.data.standins.tushare.market import Market
from tests.data.standins.tushare.minutes import minute_rows
from tests.data.standins.tushare.noise import uniform
from tests.data.standins.tushare.roster import Stock, roster
from tests.data.standins.tushare.statements import STATEMENTS, statement_rows

if TYPE_CHECKING:
    import polars as pl

__all__ = ["NOW", "PUBLISH", "World"]

NOW = datetime(2026, 11, 20, 22, 0)
"""When a stand-in is asked unless told otherwise; Shanghai time without a zone."""

PUBLISH: Mapping[str, tuple[str, str]] = {
    "daily": ("15:30", "16:30"),
    "adj_factor": ("09:10", "09:20"),
    "daily_basic": ("17:30", "18:30"),
    "stk_limit": ("08:40", "08:40"),
    "suspend_d": ("09:00", "09:00"),
    "stock_st": ("09:20", "09:20"),
    "moneyflow": ("19:00", "19:00"),
    "margin_detail": ("next 09:00", "next 09:00"),
    "hk_hold": ("next 09:00", "next 09:00"),
    "limit_list_d": ("17:30", "17:30"),
    "index_daily": ("15:45", "15:45"),
    "index_weight": ("17:00", "17:00"),
    "stk_mins": ("15:30", "15:30"),
}
"""Shanghai times of a session from which a part, and from which the whole, is answered."""

SPANS: Mapping[str, tuple[date, date]] = {
    "hk_hold": (date(2016, 6, 29), date(2024, 8, 20)),
    "stock_st": (date(2016, 1, 1), date(9999, 1, 1)),
    "limit_list_d": (date(2020, 1, 1), date(9999, 1, 1)),
    "margin_detail": (date(2010, 3, 31), date(9999, 1, 1)),
    "moneyflow": (date(2007, 1, 4), date(9999, 1, 1)),
}
"""Days of publication where they are not the whole history."""

PART = 0.6
"""Share of a session's rows in a part."""

Match = Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """A row added, hidden or altered in what one API answers, within a span of moments."""

    api: str
    match: Match
    values: Match | None
    since: datetime = datetime.min
    until: datetime = datetime.max

    def holds(self, now: datetime) -> bool:
        """Whether it counts at this moment."""
        return self.since <= now < self.until


@dataclass
class World:
    """A market between two days; deterministic in every argument.

    Attributes
    ----------
    start, end : date
        Bars exist between these days; the calendar reaches from 1990 to 2026 anyway.
    stocks : int
        Securities, the known trouble makers of `roster.CAST` first.
    seed : int
        Another seed, another market.
    funds : int
        Funds that `stk_limit` lists beside the shares.
    """

    start: date = date(2024, 1, 2)
    end: date = date(2024, 6, 28)
    stocks: int = 40
    seed: int = 7
    funds: int = 0
    publish: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(PUBLISH))
    changes: list[Change] = field(default_factory=list)

    @cached_property
    def sessions(self) -> tuple[date, ...]:
        """Open days of the span."""
        return calendar.between(self.start, self.end)

    @cached_property
    def roster(self) -> tuple[Stock, ...]:
        """The securities, by present code."""
        return roster(self.seed, self.stocks, self.sessions)

    @cached_property
    def market(self) -> Market:
        """Prices."""
        return Market(self.seed, self.sessions, self.roster)

    @cached_property
    def halts(self) -> dict[date, list[tuple[Stock, str, str | None]]]:
        """Suspensions and resumptions by day."""
        return events.halts_by_day(self)

    @cached_property
    def _codes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        new = np.array([stock.code for stock in self.roster])
        old = np.array([stock.old_code or stock.code for stock in self.roster])
        switch = [stock.changed.toordinal() if stock.changed else 0 for stock in self.roster]
        return new, old, np.array(switch)

    def code(self, session: date, present: str) -> str:
        """The code under which the security of this present code traded on a session."""
        return next(one for one in self.roster if one.code == present).code_on(session)

    def listed(self, session: date) -> list[str]:
        """Codes listed on a session, in force then."""
        return [one.code_on(session) for one in self.roster if one.listed_on(session)]

    def traded(self, session: date) -> list[str]:
        """Codes with a bar on a session, in force then."""
        at = self.sessions.index(session)
        _, who = self.market.cells(at, at + 1, None, traded=True)
        return [self.roster[one].code_on(session) for one in who]

    # What changes after the fact

    def revise(
        self, api: str, values: Match, *, since: datetime | None = None, **match: object
    ) -> None:
        """From `since` on rows of `api` that match all of `match` carry `values`."""
        self.changes.append(Change(api, match, dict(values), since or datetime.min))

    def withhold(self, api: str, *, until: datetime | None = None, **match: object) -> None:
        """Rows that match are not answered before `until`: they come late."""
        self.changes.append(Change(api, match, None, until=until or datetime.max))

    def insert(self, api: str, row: Match, *, since: datetime | None = None) -> None:
        """From `since` on `api` has another row."""
        self.changes.append(Change(api, {}, dict(row), since or datetime.min))

    # What an API knows

    def table(
        self,
        api: str,
        now: datetime | None = None,
        *,
        first: date | None = None,
        last: date | None = None,
        codes: Collection[str] | None = None,
        **other: Any,
    ) -> Columns:
        """All rows and fields of one API in a span of days, newest first.

        `now` is Shanghai time without a zone, `NOW` unless given. Unknown keys of `other`
        (``exchange``, ``src``, ``freq`` …) matter to some APIs.
        """
        moment = now or NOW
        first, last = first or date.min, last or date.max
        if api in daily.TABLES:
            made = self._by_session(api, moment, first, last, codes)
        else:
            rows = self._rows(api, moment, first, last, codes, other)
            made = {name: [row.get(name) for row in rows] for name in names_of(api)}
        return self._changed(api, made, moment, first, last, codes)

    def _by_session(
        self,
        api: str,
        now: datetime,
        first: date,
        last: date,
        codes: Collection[str] | None,
    ) -> Columns:
        begin, stop = self._window(api, now, first, last)
        new, old, switch = self._codes
        who = None
        if codes is not None:
            asked = np.array(sorted(codes), dtype=str)
            who = np.flatnonzero(np.isin(new, asked) | np.isin(old, asked))
        begin = max(begin, 0)
        at, mine = self.market.cells(
            begin, stop, who, traded=api not in ("adj_factor", "stk_limit")
        )
        at, mine = self._offered(api, now, at, mine)
        days = self.market.ordinals[at] if len(at) else np.array([], np.int64)
        # History before a change of code is answered under the old and under the new code.
        twice = (days < switch[mine]) & (switch[mine] <= now.date().toordinal())
        names = np.where(days < switch[mine], old[mine], new[mine])
        at, mine = np.concatenate([at, at[twice]]), np.concatenate([mine, mine[twice]])
        names = np.concatenate([names, new[mine[len(names) :]]])
        keep = np.isin(names, asked) if codes is not None else np.ones(len(names), bool)
        order = np.lexsort((names[keep], -at[keep]))
        at, mine, names = at[keep][order], mine[keep][order], names[keep][order]
        stamps = [calendar.text(day) for day in self.sessions[begin:stop]]
        made = daily.TABLES[api](self.market, at, mine)
        made["ts_code"] = names.tolist()
        made["trade_date"] = [stamps[one - begin] for one in at]
        if api == "stk_limit" and self.funds:
            made = events.with_funds(made, self.sessions[begin:stop], self.funds, codes, self.seed)
        return made

    def _window(self, api: str, now: datetime, first: date, last: date) -> tuple[int, int]:
        low, high = SPANS.get(api, (date.min, date.max))
        spans = [
            at
            for at, day in enumerate(self.sessions)
            if max(first, low) <= day <= min(last, high) and self.offered(api, day, now) > 0
        ]
        return (spans[0], spans[-1] + 1) if spans else (0, 0)

    def offered(self, api: str, session: date, now: datetime) -> float:
        """Share of a session's rows that is answered at a moment: 0, a part, or 1."""
        part, whole = self.publish.get(api, ("00:00", "00:00"))
        if now >= self._moment(session, whole):
            return 1.0
        return PART if now >= self._moment(session, part) else 0.0

    @staticmethod
    def _moment(session: date, word: str) -> datetime:
        day = session
        if word.startswith("next "):
            day = calendar.following(session) or session + timedelta(1)
            word = word.removeprefix("next ")
        return datetime.combine(day, time.fromisoformat(word))

    def _offered(
        self, api: str, now: datetime, at: np.ndarray, who: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        if not len(at) or self.offered(api, self.sessions[int(at.max())], now) == 1.0:
            keep = np.ones(len(at), bool)
        else:
            part = uniform(self.seed, "part" + api, at, who) < PART
            keep = (at < at.max()) | part
        if api == "hk_hold":
            keep &= self.market.boards[who] != "bse"
            keep &= uniform(self.seed, "connect", who) < 0.5
        if api == "margin_detail":
            keep &= uniform(self.seed, "margin", who) < 0.7
        return at[keep], who[keep]

    def _rows(
        self,
        api: str,
        now: datetime,
        first: date,
        last: date,
        codes: Collection[str] | None,
        other: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        today = now.date()
        whole: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
            "stock_basic": lambda: reference.securities(self.roster, today),
            "bse_mapping": lambda: reference.bse_mapping(self.roster, today),
            "namechange": lambda: reference.names(self.roster, today),
            "index_classify": lambda: reference.industries(str(other.get("src", "SW2021"))),
            "index_member_all": lambda: reference.members(self.roster, today),
        }
        if api == "trade_cal":
            return reference.calendar_rows(str(other.get("exchange") or "SSE"), first, last)
        if api in whole:
            rows = whole[api]()
            return rows if codes is None else [row for row in rows if row["ts_code"] in codes]
        if api in events.EVENTS:
            return events.EVENTS[api](self, now, first, last, codes)
        if api in INDEX_TABLES:
            return INDEX_TABLES[api](self, now, first, last, codes)
        if api == "stk_mins":
            return minute_rows(self, now, first, last, codes, str(other.get("freq", "1min")))
        if api in STATEMENTS:
            return statement_rows(self, api, now, codes)
        raise LookupError(f"the world has no {api}")

    def _changed(
        self,
        api: str,
        made: Columns,
        now: datetime,
        first: date,
        last: date,
        codes: Collection[str] | None,
    ) -> Columns:
        ours = [one for one in self.changes if one.api == api and one.holds(now)]
        for change in ours:
            if not change.match and change.values is not None:
                made = _with_row(api, made, change.values, first, last, codes)
                continue
            size = len(next(iter(made.values()), []))
            hit = np.ones(size, bool)
            for name, wanted in change.match.items():
                hit &= np.array([value == wanted for value in made[name]], bool)
            if change.values is None:
                made = {name: _pick(values, ~hit) for name, values in made.items()}
            elif hit.any():
                for name, value in change.values.items():
                    column = list(made[name])
                    for at in np.flatnonzero(hit):
                        column[at] = value
                    made[name] = column
        return made

    def truth(
        self,
        dataset: str,
        first: date | None = None,
        last: date | None = None,
        *,
        now: datetime | None = None,
        codes: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """Rows a correct client holds of a dataset of the catalogue, sorted by its key."""
        from tests.data.standins.tushare.truth import truth

        return truth(self, dataset, first, last, now, codes)


def _pick(values: Any, keep: np.ndarray) -> Any:
    if isinstance(values, np.ndarray):
        return values[keep]
    return [value for value, wanted in zip(values, keep, strict=True) if wanted]


def _with_row(
    api: str,
    made: Columns,
    row: Match,
    first: date,
    last: date,
    codes: Collection[str] | None,
) -> Columns:
    day = calendar.day(row.get("trade_date") or row.get("cal_date"))
    if day is not None and not first <= day <= last:
        return made
    if codes is not None and row.get("ts_code") not in codes:
        return made
    return {name: [row.get(name), *values] for name, values in made.items()}
