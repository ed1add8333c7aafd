"""The units of a window: sessions, codes, months, years or everything at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from workbench.data.provider import Unit, Want
from workbench.data.providers.tushare.codes import checked, stored_as
from workbench.data.providers.tushare.specs import Spec, groups

__all__ = ["MARKET_BEGAN", "planned"]

MARKET_BEGAN = date(1990, 12, 19)
"""First session in Shanghai."""


def planned(spec: Spec, want: Want) -> Iterator[Unit]:
    """Units of a window, in order, each the smallest piece that can be proved complete.

    A unit by code is always the whole history up to `want.last`, a month or a year always starts
    on its first day: what a key means does not depend on the window. Units of a year reach its
    end, because the calendar is published ahead.

    Raises
    ------
    BadValueError
        For codes that are none.
    """
    return _PLANS[spec.plan](spec, want)


def _sessions(spec: Spec, want: Want) -> Iterator[Unit]:
    for day in sorted(set(want.sessions)):
        if want.first <= day <= want.last:
            codes = tuple(sorted(want.listed.get(day, ())))
            yield Unit(spec.dataset, day.isoformat(), day, day, codes)


def _codes(spec: Spec, want: Want) -> Iterator[Unit]:
    first = MARKET_BEGAN if spec.dated else None
    for code in checked(map(stored_as, want.codes), spec.codes):
        yield Unit(spec.dataset, code, first, want.last, (code,))


def _code_months(spec: Spec, want: Want) -> Iterator[Unit]:
    spans = list(_months(want))
    for code in checked(map(stored_as, want.codes), spec.codes):
        for first, last in spans:
            yield Unit(spec.dataset, f"{code}/{first:%Y-%m}", first, last, (code,))


def _groups(spec: Spec, want: Want) -> Iterator[Unit]:
    names = (code.rpartition("/")[2] for code in want.codes)
    for code in checked(names, "index") or groups():
        yield Unit(spec.dataset, code, codes=(code,))


def _years(spec: Spec, want: Want) -> Iterator[Unit]:
    for year in range(want.first.year, want.last.year + 1):
        yield Unit(spec.dataset, str(year), date(year, 1, 1), date(year, 12, 31))


def _whole(spec: Spec, want: Want) -> Iterator[Unit]:
    yield Unit(spec.dataset, "all")


def _months(want: Want) -> Iterator[tuple[date, date]]:
    """First and last day of each month of the window; months without a session are left out."""
    open_months = {(day.year, day.month) for day in want.sessions}
    first = want.first.replace(day=1)
    while first <= want.last:
        following = (first + timedelta(days=32)).replace(day=1)
        if not open_months or (first.year, first.month) in open_months:
            yield first, min(following - timedelta(days=1), want.last)
        first = following


_PLANS: Mapping[str, Callable[[Spec, Want], Iterator[Unit]]] = MappingProxyType(
    {
        "session": _sessions,
        "code": _codes,
        "code-month": _code_months,
        "index-month": _code_months,
        "group": _groups,
        "years": _years,
        "whole": _whole,
    }
)
