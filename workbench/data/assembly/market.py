"""A market from the store: region, window, universe and benchmark become a `Market`.

1. the window is checked against clock and calendar; open ends are what the bars hold
2. a `StoreSource` lists the fields; nothing but calendar, securities and coverage is read
3. holes of the bars, and of the factor where prices are adjusted, are settled at once
4. the universe becomes a mask, judged on each session by what was known on it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from workbench.arrays import BoolPanel
from workbench.data.assembly.fields import checked_groups, index_codes
from workbench.data.assembly.source import StoreSource
from workbench.data.assembly.universes import UniverseFilter, checked_index, membership
from workbench.data.cellar import Cellar
from workbench.data.point_in_time import calendar, members, securities
from workbench.data.reading.window import Region, Window, region_of, window
from workbench.errors import BadValueError, EmptyUniverseError, NotCoveredError
from workbench.market import Market, Panel
from workbench.market.adjustment import checked_adjustment

__all__ = ["market"]

_BARS = MappingProxyType({"cn": "cn.bars_1d", "us": "us.bars_1d"})
_DEFAULT_BENCHMARK = "csi300"


def market(
    cellar: Cellar,
    region: str = "cn",
    *,
    start: object = None,
    end: object = None,
    universe: str | Sequence[str] | UniverseFilter | None = None,
    adjust: str = "hfq",
    on_gap: str = "raise",
    benchmark: str | None = None,
    groups: str = "sw2021",
    filters: UniverseFilter | None = None,
    snap: str | None = None,
) -> Market:
    """Build a market from the store; fields are read when they are first asked for.

    Parameters
    ----------
    cellar : Cellar
        Read at its pinned versions, or at the latest as of now.
    region : {"cn", "us"}
        Whose shares.
    start, end : day, optional
        First and last day; what the bars hold by default. `end` must be a session.
    universe : str, sequence of str, or UniverseFilter, optional
        ``"all"`` listed shares; an index such as ``"csi300"``: its members as known on each
        session; codes: the market then has these columns only; or a filter.
    adjust : {"hfq", "none"}
        How prices are shown; raw prices stay under ``raw_close`` and its like.
    on_gap : {"raise", "warn", "ignore"}
        What to do about rows that should be in the store and are not.
    benchmark : str, optional
        An index by name or code, whose bars become ``benchmark_open`` … ``benchmark_close``; CSI
        300 where it is stored.
    groups : {"sw2021", "sw2014"}
        Classification behind ``sector``, ``industry`` and ``subindustry``.
    filters : UniverseFilter, optional
        Conditions on top of `universe`.
    snap : {"prev"}, optional
        Move an `end` that is no session to the session before.

    Returns
    -------
    Market
        Assets are securities under their latest code. An index universe keeps the columns of
        those who were members on at least one session.

    Raises
    ------
    NotCoveredError
        Tables or days are not in the store; says the command that fetches them.
    DataGapError
        Rows are missing.
    CalendarUnknownError, EmptyUniverseError, UnknownAssetError, BadValueError
    """
    seen, where = cellar.pinned(), region_of(region)
    checked_groups(groups)
    base, codes = _universe(universe, filters)
    span = _span(seen, where, start, end, snap)
    only = codes if codes is None else _meant(seen, where, codes)
    if base is not None and base.base != "all" and only is None:
        only = _ever_members(seen, where, base.base, span)
    source = StoreSource(
        seen, where.name, span, assets=only, on_gap=on_gap, groups=groups,
        benchmark=_benchmark(seen, where, benchmark), universe=_said(base, codes),
    )  # fmt: skip
    if adjust == "hfq" and "adj_factor" not in source.fields:
        raise NotCoveredError(
            'adjust="hfq" needs cn.adj_factor, which is not in the store. Fetch it with `workbench '
            "data update cn.adj_factor`, or import factors beside your bars; adjust='none' shows "
            "prices as traded, with the jumps of every dividend and split in them."
        )
    checked_adjustment(adjust, source.fields)
    source.require(_needed(source, where, adjust))
    mask = None if base is None else membership(source, base, on_gap)
    panel = None if mask is None else _panel(mask, source, base)
    return Market(source, adjust=adjust, universe=panel, name=where.name)


def _said(base: UniverseFilter | None, codes: Sequence[str] | None) -> Any:
    """The universe in plain values."""
    told: dict[str, Any] = {} if base is None else base.to_dict()
    if codes is not None:
        told["assets"] = list(codes)
    return told or "all"


def _universe(
    universe: object, filters: UniverseFilter | None
) -> tuple[UniverseFilter | None, list[str] | None]:
    """The filter and the codes that a universe means; both None for every listed share."""
    if filters is not None and not isinstance(filters, UniverseFilter):
        raise BadValueError(f"filters should be a UniverseFilter, got {filters!r}.")
    if isinstance(universe, UniverseFilter):
        if filters is not None:
            raise BadValueError("Give the filter as universe or as filters, not both.")
        return universe, None
    if universe is None or universe == "all":
        return filters, None
    if isinstance(universe, str):
        plain = UniverseFilter(exclude_st=False) if filters is None else filters
        if plain.base not in ("all", checked_index(universe)):
            raise BadValueError(f"universe is {universe!r}, but filters start from {plain.base!r}.")
        return replace(plain, base=checked_index(universe)), None
    if not isinstance(universe, Sequence) or not all(isinstance(name, str) for name in universe):
        raise BadValueError(
            f"A universe is 'all', an index, a list of codes or a UniverseFilter; got {universe!r}."
        )
    if not universe:
        raise EmptyUniverseError("The universe is an empty list; name at least one asset.")
    return filters, list(universe)


def _span(cellar: Cellar, where: Region, start: object, end: object, snap: str | None) -> Window:
    """The window, its open ends taken from the bars."""
    known = calendar(cellar, where.name)
    asked = window(start, end, now=cellar.clock(), region=where, known=known, snap=snap)
    table = cellar.table(_BARS[where.name])
    if table.first is None or table.last is None:
        raise NotCoveredError(
            f"{table.name} has no row yet. Fetch it with `workbench data update {table.name}`."
        )
    first, last = asked.first or table.first, asked.last or table.last
    if first > last:
        raise NotCoveredError(
            f"{table.name} holds {table.first} to {table.last}, nothing of the days asked for. "
            f"Fetch them with `workbench data update {table.name} --start {first}`."
        )
    return Window(first, last)


def _meant(cellar: Cellar, where: Region, codes: Sequence[str]) -> list[str]:
    known = securities(cellar, where.name)
    return [known.normalise(code) for code in codes]


def _ever_members(cellar: Cellar, where: Region, index: str, span: Window) -> list[str]:
    """Codes that were members of an index on at least one session of the window."""
    days = calendar(cellar, where.name).between(span.first, span.last)
    known = securities(cellar, where.name)
    found = members(cellar, index, days)
    held = (found.weights > 0).any(axis=0)
    ids = {known.identity(found.assets[at]) for at in np.flatnonzero(held)}
    alive = known.listed(days, sorted(ids)).any(axis=0) if ids else np.zeros(0, dtype=bool)
    kept = [name for name, is_listed in zip(sorted(ids), alive, strict=True) if is_listed]
    if not kept:
        raise EmptyUniverseError(
            f"No member of {index} is known from {span.first} to {span.last}: idx.weights has no "
            "snapshot before these sessions. Fetch it with `workbench data update idx.weights`."
        )
    return kept


def _benchmark(cellar: Cellar, where: Region, given: str | None) -> str | None:
    """The index asked for; CSI 300 in China where the store has its bars."""
    if given is not None:
        index_codes(given)
        if not cellar.has("idx.bars_1d"):
            cellar.table("idx.bars_1d")  # says how to fetch it
        return given
    if where.name != "cn" or not cellar.has("idx.bars_1d"):
        return None
    codes = list(index_codes(_DEFAULT_BENCHMARK))
    stored = cellar.table("idx.bars_1d").read(["asset"], values={"asset": codes})
    return None if stored.is_empty() else _DEFAULT_BENCHMARK


def _needed(source: StoreSource, where: Region, adjust: str) -> list[str]:
    """Tables without which the market is worth nothing."""
    if adjust == "hfq" and where.name == "cn":
        return [_BARS[where.name], "cn.adj_factor"]
    return [_BARS[where.name]]


def _panel(mask: BoolPanel, source: StoreSource, base: UniverseFilter | None) -> Panel:
    name = "universe" if base is None else base.base
    return Panel(mask, source.sessions, source.assets, name)
