"""One question to the vendor, and the smaller questions that replace it when it was cut short.

An `Ask` becomes a request body; `first_asks` are those of a unit; `narrower` splits one: by an
enumeration, by the codes that the answer lacks, or by halves of its span of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from workbench.data.provider import Request, Unit
from workbench.data.providers.tushare.codes import asked_as
from workbench.data.providers.tushare.specs import Spec
from workbench.errors import BadAnswerError

__all__ = ["AFTERWARDS", "EPOCH", "Ask", "first_asks", "narrower"]

EPOCH = date(1980, 1, 1)
"""Before any report period or announcement."""

AFTERWARDS = timedelta(days=7)
"""Papers appear in the evening under the date of the next session."""

_FAR = date(2099, 12, 31)


@dataclass(frozen=True)
class Ask:
    """A question: an api, fixed parameters, and the axes along which it can be narrowed.

    `codes` are those that may be named one by one or joined; they are sent once `named`.
    `first` and `last` are sent once `dated`.
    """

    spec: Spec
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    codes: tuple[str, ...] = ()
    named: bool = False
    first: date | None = None
    last: date | None = None
    dated: bool = False

    def request(self) -> Request:
        """The request, every field and every enumeration by name; the client adds the token."""
        params = dict(self.params)
        if self.named:
            params["ts_code"] = ",".join(self.codes)
        if self.dated and self.first is not None and self.last is not None:
            start, end = ("%Y-%m-%d 00:00:00", "%Y-%m-%d 23:59:59")
            if not self.spec.clock:
                start = end = "%Y%m%d"
            params["start_date"] = self.first.strftime(start)
            params["end_date"] = self.last.strftime(end)
        body: dict[str, Any] = {"api_name": self.spec.api, "params": params}
        body["fields"] = self.spec.asked
        return Request(self.spec.api, "POST", "/", body=MappingProxyType(body))

    def told(self) -> str:
        """The question in words, for messages."""
        said = [f"{name}={value[:60]}" for name, value in self.request().body["params"].items()]  # type: ignore[index]
        return f"{self.spec.api}({', '.join(said)})"


def first_asks(spec: Spec, unit: Unit) -> tuple[tuple[Ask, ...], ...]:
    """Questions of a unit; of each inner tuple the first answer with rows suffices.

    Examples
    --------
    >>> from workbench.data.providers.tushare.specs import spec
    >>> day = date(2024, 1, 2)
    >>> ((ask,), (_,)) = first_asks(spec("cn.suspend"), Unit("cn.suspend", "2024-01-02", day, day))
    >>> dict(ask.request().body["params"])
    {'suspend_type': 'S', 'trade_date': '20240102'}
    """
    codes = unit.codes if spec.plan == "session" else ()
    found: list[tuple[Ask, ...]] = []
    for asked in spec.asks:
        first, last = _span(spec, unit)
        found.append(
            tuple(
                Ask(
                    spec,
                    MappingProxyType({**asked, **fixed}),
                    codes=codes,
                    first=first,
                    last=last,
                    dated=spec.dated,
                )
                for fixed in _fixed(spec, unit)
            )
        )
    if spec.then is not None:
        found.append((Ask(spec.then),))
    return tuple(found)


def narrower(ask: Ask, present: frozenset[str]) -> tuple[Ask, ...]:
    """Smaller questions whose answers together complete a cut one.

    The rows that did come are true, only the rest is missing: of the codes those are asked for
    that the answer lacks, of the days both halves.

    Parameters
    ----------
    ask : Ask
        The question whose answer was cut.
    present : frozenset of str
        Codes that the answer has.

    Raises
    ------
    BadAnswerError
        If the question cannot be narrowed.
    """
    spec = ask.spec
    for axis in spec.split:
        if isinstance(axis, tuple):
            parameter, values = axis
            if parameter not in ask.params:
                return tuple(
                    replace(ask, params=MappingProxyType({**ask.params, parameter: value}))
                    for value in values
                )
        elif axis == "codes" and ask.codes and not (ask.named and len(ask.codes) == 1):
            return _by_codes(ask, present)
        elif axis == "span" and ask.first and ask.last and ask.first < ask.last:
            return _halves(ask, ask.first, ask.last)
    raise BadAnswerError(
        f"the answer to {ask.told()} may be cut and nothing narrows the question"
        + (": update ref.securities first" if "codes" in spec.split and not ask.codes else "")
    )


def _by_codes(ask: Ask, present: frozenset[str]) -> tuple[Ask, ...]:
    missing = tuple(code for code in ask.codes if code not in present)
    size = ask.spec.joined
    if ask.named:
        size = min(size, max(1, len(ask.codes) // 2))
    return tuple(
        replace(ask, codes=missing[place : place + size], named=True)
        for place in range(0, len(missing), size)
    )


def _halves(ask: Ask, first: date, last: date) -> tuple[Ask, ...]:
    middle = first + (last - first) // 2
    return (
        replace(ask, last=middle, dated=True),
        replace(ask, first=middle + timedelta(days=1), dated=True),
    )


def _span(spec: Spec, unit: Unit) -> tuple[date | None, date | None]:
    """The days that a question may name; announcements come a little after the unit's last day."""
    if not (spec.dated or "span" in spec.split):
        return None, None
    last = unit.last or _FAR
    if not spec.dated and last < _FAR:
        last += AFTERWARDS
    return unit.first or EPOCH, last


def _fixed(spec: Spec, unit: Unit) -> tuple[Mapping[str, str], ...]:
    """Parameters that say which unit is meant."""
    head = unit.codes[0] if unit.codes else unit.key.partition("/")[0]
    if spec.plan == "session":
        day = unit.first or date.fromisoformat(unit.key)
        return ({"trade_date": day.strftime("%Y%m%d")},)
    if spec.plan in ("code", "code-month"):
        return ({"ts_code": head},)
    if spec.plan == "index-month":
        return tuple({"index_code": code} for code in asked_as(head))
    if spec.plan == "group":
        return ({"l1_code": head},)
    return ({},)
