"""The demo market as a vendor: the whole road from update to market without a key or a network.

``ws.data.update("cn", provider="demo")`` fills a workspace with the market of `demo_market` (seed
7, 750 sessions from 2019-01-02, 300 shares) through the very machinery that serves real vendors.
It has its own calendar and its own shares: keep it in a workspace of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.data.catalog import dataset as contract_of
from workbench.data.provider import Credential, Judgement, Outcome, Pages, Request, Response, Unit
from workbench.errors import BadAnswerError, SchemaError

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.dataset import Dataset
    from workbench.data.provider import Want
    from workbench.market import Market

__all__ = ["PROVIDER", "DemoProvider", "known_days"]

_SEED = 7

# Dataset → its column → the raw field of the market.
_DAILY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "cn.bars_1d": {
            name: name for name in ("open", "high", "low", "close", "pre_close", "volume", "amount")
        },
        "cn.adj_factor": {"adj_factor": "adj_factor"},
        "cn.limits_1d": {
            "pre_close": "pre_close",
            "up_limit": "up_limit",
            "down_limit": "down_limit",
        },
        "cn.basic_1d": {"close": "close", "shares": "shares", "float_shares": "float_shares"},
        "cn.st_1d": {},
        "cn.suspend": {},
    }
)
_WHOLE = ("cal.sessions", "ref.securities", "ind.industries", "ind.members")


class DemoProvider:
    """A vendor that asks nobody: every unit is decoded from the synthetic market."""

    name = "demo"
    origin = "https://demo.invalid"  # a reserved name: nothing is ever sent
    credential = Credential("demo", "bearer")

    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets it delivers."""
        return (*_WHOLE, *_DAILY)

    def rates(self, api: str) -> tuple[tuple[int, int], ...]:
        """No limit."""
        return ()

    def plan(self, dataset: Dataset, want: Want) -> Iterable[Unit]:
        """One unit a session, or one for everything."""
        if dataset.name in _WHOLE:
            span = known_days() if dataset.name == "cal.sessions" else (None, None)
            return [Unit(dataset.name, "all", *span)]
        return [Unit(dataset.name, str(day), day, day) for day in want.sessions]

    def requests(self, unit: Unit) -> Generator[Request, Response, Pages]:
        """Ask nothing."""
        yield from ()
        return Pages(unit, ())

    def judge(self, request: Request, response: Response) -> Judgement:
        """Nothing was asked, so no answer can be judged."""
        return Judgement(Outcome.BAD_ANSWER, "the demo market asks nobody")

    def decode(self, unit: Unit, pages: Pages) -> pl.DataFrame:
        """Rows of one unit.

        Raises
        ------
        BadAnswerError
            If the demo market has no such dataset.
        """
        if unit.dataset in _DAILY:
            rows = _of_session(unit.dataset, unit.first)
        elif unit.dataset in _TABLES:
            rows = _TABLES[unit.dataset](unit)
        else:
            raise BadAnswerError(f"the demo market does not deliver {unit.dataset}")
        return _declared(unit.dataset, rows)

    def from_frame(self, dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
        """Refuse: the demo market has no columns of its own.

        Raises
        ------
        SchemaError
            Always.
        """
        raise SchemaError("The demo market is made, not imported; use update(provider='demo').")


@cache
def _market() -> Market:
    from workbench.data.providers.synthetic.market import demo_market

    return demo_market(seed=_SEED)


@cache
def _field(name: str) -> np.ndarray:
    return _market()[f"raw_{name}" if name in _RAW else name].values


_RAW = ("open", "high", "low", "close", "pre_close", "up_limit", "down_limit", "volume")


@cache
def _listed() -> np.ndarray:
    return _field("listed") > 0


def _of_session(name: str, day: date | None) -> dict[str, Any]:
    """Columns of one session: of quoted shares, of suspended or of ST ones."""
    market = _market()
    row = market.sessions.index(np.datetime64(day, "D"))
    quoted = np.isfinite(_field("close")[row])
    held = {
        "cn.suspend": _listed()[row] & ~quoted,
        "cn.st_1d": quoted & (_field("is_st")[row] > 0),
    }.get(name, quoted)
    chosen = np.flatnonzero(held)
    columns: dict[str, Any] = {"asset": [market.assets.names[i] for i in chosen]}
    columns["session"] = [day] * len(chosen)
    columns |= {column: _field(raw)[row][chosen] for column, raw in _DAILY[name].items()}
    if name == "cn.suspend":
        columns["kind"] = ["S"] * len(chosen)
    return columns


def known_days() -> tuple[date, date]:
    """First and last natural day of the demo calendar."""
    return date(2019, 1, 1), _market().sessions.last.astype(object)


def _sessions(unit: Unit) -> dict[str, Any]:
    """Every natural day of the window that the demo market knows."""
    market = _market()
    known = known_days()
    first, last = max(unit.first or known[0], known[0]), min(unit.last or known[1], known[1])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_days = market.sessions.values
    before = np.searchsorted(open_days, np.array(days, "datetime64[D]")) - 1
    held = set(open_days.tolist())
    rows: dict[str, Any] = {"exchange": [], "session": [], "is_open": [], "pretrade": []}
    for exchange in ("SSE", "SZSE"):
        rows["exchange"] += [exchange] * len(days)
        rows["session"] += days
        rows["is_open"] += [day in held for day in days]
        rows["pretrade"] += [open_days[i].item() if i >= 0 else None for i in before]
    return rows


def _securities(unit: Unit) -> dict[str, Any]:
    """Shares with the span in which they are listed."""
    market = _market()
    days, listed = market.sessions.values, _listed()
    first = [days[i].item() for i in listed.argmax(axis=0)]
    ends = len(days) - listed[::-1].argmax(axis=0)
    gone = [days[i].item() if i < len(days) else None for i in ends]
    names = list(market.assets.names)
    return {
        "security_id": names,
        "asset": names,
        "valid_from": first,
        "list_date": first,
        "delist_date": gone,
        "name": [f"Demo {name[:6]}" for name in names],
        "exchange": [{"SH": "SSE", "SZ": "SZSE", "BJ": "BSE"}[name[-2:]] for name in names],
        "currency": ["CNY"] * len(names),
        "status": ["L" if day is None else "D" for day in gone],
    }


def _members(unit: Unit) -> dict[str, Any]:
    """Sector and industry of each share; the demo market never reclassifies."""
    market = _market()
    names = list(market.assets.names)
    levels = {level: market[level] for level in ("sector", "industry")}
    first = market.sessions.first.astype(object)
    codes = {
        level: [panel.labels[panel.values[:, i].max()] for i in range(len(names))]
        for level, panel in levels.items()
    }
    columns: dict[str, Any] = {"scheme": ["SW2021"] * len(names), "asset": names}
    for number, level in ((1, "sector"), (2, "industry"), (3, "industry")):
        columns[f"level{number}"] = codes[level]
        columns[f"level{number}_name"] = codes[level]
    columns["start"] = [first] * len(names)
    columns["is_new"] = [True] * len(names)
    return columns


def _industries(unit: Unit) -> dict[str, Any]:
    """The tree behind `_members`."""
    members = _members(unit)
    pairs = sorted(set(zip(members["level2"], members["level1"], strict=True)))
    rows = [(code, "L2", parent) for code, parent in pairs]
    rows += [(code, "L1", None) for code in sorted({parent for _, parent in pairs})]
    return {
        "scheme": ["SW2021"] * len(rows),
        "code": [code for code, _, _ in rows],
        "name": [code for code, _, _ in rows],
        "level": [level for _, level, _ in rows],
        "parent": [parent for _, _, parent in rows],
    }


_TABLES = {
    "cal.sessions": _sessions,
    "ref.securities": _securities,
    "ind.members": _members,
    "ind.industries": _industries,
}


def _declared(name: str, rows: Mapping[str, Any]) -> pl.DataFrame:
    """The rows in the declared columns and types; what the demo market lacks is null."""
    import polars as pl

    schema = contract_of(name).schema()
    held = {
        column: pl.Series(column, values, nan_to_null=True).cast(schema[column])
        for column, values in rows.items()
    }
    height = len(next(iter(held.values())))
    spare = {
        column: pl.Series(column, [None] * height, dtype=dtype)
        for column, dtype in schema.items()
        if column not in held
    }
    return pl.DataFrame({**held, **spare}).select(list(schema))


PROVIDER = DemoProvider()
