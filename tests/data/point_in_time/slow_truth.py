"""Point in time the slow way: for every session filter the rows known by then, apply the words.

Written from the definitions with dates, dictionaries and loops; shares no code with the package.
"""

from __future__ import annotations

import math
import statistics
from datetime import date, datetime, time, timedelta

TYPE_ORDER = {"5": 0, "1": 1, "4": 2}


def session_after(day, sessions):
    """First session strictly after a day, or None."""
    return next((session for session in sessions if session > day), None)


def session_after_time(moment, sessions):
    """First session whose opening at 09:30 in Shanghai comes after a UTC time."""
    if moment is None:
        return None
    local = moment.replace(tzinfo=None) + timedelta(hours=8)
    return next((s for s in sessions if datetime.combine(s, time(9, 30)) > local), None)


def rank(row):
    """What orders versions of a period: the hash of their content does not."""
    seen = row["first_seen_at"] or datetime.min
    told = max(day for day in (row["announced"], row["f_announced"], date.min) if day)
    return (row["known"], TYPE_ORDER[row["report_type"]], row["update_flag"] == "1",
            seen.replace(tzinfo=None), told)  # fmt: skip


def believed(rows):
    """Of rows that nothing tells apart: one if all that have a value agree, none if they do not."""
    alike = {}
    for row in rows:
        alike.setdefault(rank(row), []).append(row)
    return [same[0] for same in alike.values() if len({row["value"] for row in same}) == 1]


def later(*days):
    return None if any(day is None for day in days) else max(days)


def date_rows(rows, sessions):
    """Rows with "known", without the ones nobody may use; each row a dict."""
    reports = {}
    for row in rows:
        announced = max(day for day in (row["announced"], row["f_announced"], date.min) if day)
        if announced == date.min or announced < row["period"]:
            continue
        effective = session_after(announced, sessions)
        made = dict(row, told=announced, effective=effective or date.max)
        reports.setdefault((row["asset"], row["period"]), []).append(made)
    dated = []
    for report in reports.values():

        def order(row):
            seen = row["first_seen_at"] or datetime.min.replace(tzinfo=None)
            return (seen.replace(tzinfo=None), row["effective"], TYPE_ORDER[row["report_type"]],
                    row["update_flag"] == "1")  # fmt: skip

        original = min(report, key=order)
        for row in report:
            unseen = session_after_time(row["first_seen_at"], sessions)
            effective = None if row["effective"] == date.max else row["effective"]
            seen_later = order(row)[0] > order(original)[0]
            told_later = row["effective"] > original["effective"]
            same_kind = order(row)[2:] == order(original)[2:]
            if seen_later:
                known = later(effective, unseen)
            elif told_later or same_kind:
                known = effective
            else:
                known = later(effective, unseen)
            dated.append(dict(row, known=known))
    return dated


def back(period, quarters):
    """The quarter's end this many quarters earlier."""
    number = period.year * 4 + period.month // 3 - 1 - quarters
    year, quarter = divmod(number, 4)
    following = date(year + (quarter == 3), (quarter * 3 + 4 - 1) % 12 + 1, 1)
    return following - timedelta(days=1)


class Book:
    """What was known of one asset on one day: period -> value."""

    def __init__(self, rows, on, cumulative):
        self.cumulative = cumulative
        versions = {}
        for row in rows:
            if row["known"] is not None and row["known"] <= on and row["value"] is not None:
                versions.setdefault(row["period"], []).append(row)

        versions = {p: kept for p, found in versions.items() if (kept := believed(found))}
        self.first = {p: min(found, key=rank) for p, found in versions.items()}
        self.values = {p: max(found, key=rank)["value"] for p, found in versions.items()}

    def v(self, period):
        return self.values.get(period, math.nan)

    def single(self, period):
        if not self.cumulative or period.month == 3:
            return self.v(period)
        return self.v(period) - self.v(back(period, 1))

    def ttm(self, period):
        if not self.cumulative or period.month == 12:
            return self.v(period)
        return self.v(period) + self.v(date(period.year - 1, 12, 31)) - self.v(back(period, 4))


def change(value, base):
    return math.nan if base == 0 or math.isnan(base) else (value - base) / abs(base)


def figure(rows, how, on, sessions, k=1, max_age=400, cumulative=True):
    """One asset's figure on one day, from its dated rows."""
    book = Book(rows, on, cumulative)
    if not book.values:
        return math.nan
    newest = max(book.values)
    age = (on - book.first[newest]["told"]).days
    if age > max_age:
        return math.nan
    if how == "latest":
        return book.v(newest)
    if how == "q":
        periods = sorted(book.values, reverse=True)
        return book.v(periods[k - 1]) if len(periods) >= k else math.nan
    if how == "ttm":
        return book.ttm(newest)
    if how == "sq":
        return book.single(newest)
    if how == "yoy":
        return change(book.v(newest), book.v(back(newest, 4)))
    if how == "qoq":
        return change(book.single(newest), book.single(back(newest, 1)))
    if how == "avg2":
        two = sorted(book.values, reverse=True)[:2]
        return sum(book.v(p) for p in two) / 2 if len(two) == 2 else math.nan
    if how == "growth":
        now, before = book.ttm(newest), book.ttm(back(newest, 4 * k))
        return (now / before) ** (1 / k) - 1 if now > 0 and before > 0 else math.nan
    if how == "sue":
        steps = [book.single(back(newest, j)) - book.single(back(newest, j + 4)) for j in range(9)]
        if any(math.isnan(step) for step in steps) or len(set(steps[1:])) == 1:
            return math.nan
        return steps[0] / statistics.stdev(steps[1:])
    if how == "revision":
        past = [session for session in sessions if session <= on]
        if len(past) <= k:
            return math.nan
        return change(book.v(newest), Book(rows, past[-1 - k], cumulative).v(newest))
    assert how == "days_since_announce"
    return float(age)
