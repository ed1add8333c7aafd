"""Fields that a market of the store offers: their names, their tables and how each is made.

`offered_fields` looks which tables the pinned cellar has and answers one `StoreField` a name.
Nothing is read: a field is made when somebody asks for it. `family_field` answers names that are
not listed because there are too many of them: figures of statements with a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.assembly.grid import (
    FieldValues,
    StoreGrid,
    benchmark,
    carried_factor,
    price_limit,
    suspended,
    table_numbers,
)
from workbench.data.assembly.statement_figures import (
    StatementFigure,
    listed_figures,
    read_figure,
)
from workbench.data.assembly.us_factor import us_factor
from workbench.data.catalog import dataset
from workbench.data.point_in_time import INDEX_ALIASES, Fundamentals, industries, is_st, members
from workbench.errors import BadValueError, near_names

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = [
    "GROUPS",
    "StoreField",
    "checked_groups",
    "family_field",
    "index_codes",
    "offered_fields",
]

GROUPS = ("sw2021", "sw2014")
"""Industry classifications by name."""
_LEVELS = {"sector": 1, "industry": 2, "subindustry": 3}
_NUMBERS = ("number", "whole", "truth")
_PLAIN = {
    "cn": (
        ("cn.bars_1d", ()),
        ("cn.basic_1d", ("close",)),
        ("cn.moneyflow_1d", ()),
        ("cn.margin_1d", ()),
        ("cn.northbound_1d", ()),
    ),
    "us": (("us.bars_1d", ("vwap",)),),
}
"""Tables that become fields as they are, and the columns left out: those said better elsewhere."""
_INDEX_COLUMNS = ("open", "high", "low", "close", "volume", "amount")


@dataclass(frozen=True)
class StoreField:
    """One field.

    Attributes
    ----------
    needs : tuple of str
        Datasets it reads; their holes are checked before.
    make : callable
        Reads it on a grid.
    group : bool
        Whether its values are groups.
    part : tuple of str
        What it reads of tables that are fetched part by part: codes of an index, or a scheme.
    """

    needs: tuple[str, ...]
    make: Callable[[StoreGrid], FieldValues]
    group: bool = False
    part: tuple[str, ...] = ()


def checked_groups(groups: object) -> str:
    """`groups` if it is one of `GROUPS`; else `BadValueError` with near names."""
    if not isinstance(groups, str) or groups.lower() not in GROUPS:
        raise BadValueError(
            f"groups should be one of {', '.join(GROUPS)}, got {groups!r}."
            f"{near_names(str(groups), GROUPS)}"
        )
    return groups.lower()


def index_codes(name: str) -> tuple[str, ...]:
    """Codes under which vendors carry an index, given its name or one of them.

    Raises
    ------
    BadValueError
        If nobody knows the index.
    """
    text = str(name).strip()
    if text.lower() in INDEX_ALIASES:
        return INDEX_ALIASES[text.lower()]
    for codes in INDEX_ALIASES.values():
        if text.upper() in codes:
            return codes
    if len(text) >= 9 and text[6:7] == ".":
        return (text.upper(),)
    raise BadValueError(
        f"{name!r} is no index: expected a code such as 000300.SH or one of "
        f"{', '.join(INDEX_ALIASES)}.{near_names(text, INDEX_ALIASES)}"
    )


def offered_fields(
    cellar: Cellar, region: str, *, groups: str = "sw2021", index: str | None = None
) -> dict[str, StoreField]:
    """Fields by name, in the order in which people look for them.

    Parameters
    ----------
    cellar : Cellar
        Pinned; only tables that it has offer fields.
    region : str
        ``cn`` or ``us``.
    groups : str
        Classification behind ``sector``, ``industry``, ``subindustry``.
    index : str, optional
        The benchmark, by name or code.
    """
    found: dict[str, StoreField] = {}
    makers = (_chinese if region == "cn" else _american, _plain, _benchmark)
    for name, needs, make, group in (
        row for maker in makers for row in maker(cellar, region, groups, index)
    ):
        if all(cellar.has(need) for need in needs):
            part = _part(name, groups, group)
            found.setdefault(name, StoreField(needs, make, group, part))
    front = [name for name in _FIRST if name in found]
    return {name: found[name] for name in dict.fromkeys((*front, *found))}


def family_field(cellar: Cellar, region: str, name: str) -> StoreField | None:
    """The field of a figure that is not listed, such as ``income_revenue_q_2``.

    Parameters
    ----------
    cellar : Cellar
        Pinned; only tables that it has offer fields.
    region : str
        ``cn`` or ``us``.
    name : str
        Any text.

    Returns
    -------
    StoreField or None
        None where the name is no figure, or its table is not in the store.
    """
    figure = read_figure(name) if region == "cn" else None
    if figure is None or not cellar.has(figure.table):
        return None
    return StoreField((figure.table,), partial(_figure, figure=figure))


def _part(name: str, groups: str, group: bool) -> tuple[str, ...]:
    """What a field reads of a table that is fetched part by part."""
    if group:
        return (groups.upper(),)
    return index_codes(name.removeprefix(_WEIGHT)) if name.startswith(_WEIGHT) else ()


_WEIGHT = "weight_"
_FIRST = ("open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor",
          "up_limit", "down_limit", "listed", "suspended", "is_st")  # fmt: skip
_Row = tuple[str, tuple[str, ...], Callable[[StoreGrid], FieldValues], bool]


def _plain(cellar: Cellar, region: str, groups: str, index: str | None) -> Iterator[_Row]:
    for table, left_out in _PLAIN[region]:
        for column in dataset(table).columns:
            if column.kind in _NUMBERS and column.name not in left_out:
                make = partial(table_numbers, name=table, column=column.name)
                yield column.name, (table,), make, False


def _american(cellar: Cellar, region: str, groups: str, index: str | None) -> Iterator[_Row]:
    yield "listed", (), _listed, False
    yield "adj_factor", ("us.bars_1d", "us.splits", "us.dividends"), us_factor, False


def _chinese(cellar: Cellar, region: str, groups: str, index: str | None) -> Iterator[_Row]:
    yield "listed", (), _listed, False
    yield "adj_factor", ("cn.adj_factor", "cn.bars_1d"), carried_factor, False
    for column in ("up_limit", "down_limit"):
        yield column, ("cn.limits_1d",), partial(price_limit, column=column), False
    yield "suspended", ("cn.suspend",), suspended, False
    for source in ("cn.st_1d", "ref.names"):
        yield "is_st", (source,), _warned, False
    for name, level in _LEVELS.items():
        make = partial(_group, scheme=groups, level=level)
        yield name, ("ind.members",), make, True
    for alias in _weighted(cellar):
        yield f"{_WEIGHT}{alias}", ("idx.weights",), partial(_weight, index=alias), False
    for figure in listed_figures():
        make = partial(_figure, figure=figure)
        yield figure.name, (figure.table,), make, False


def _weighted(cellar: Cellar) -> list[str]:
    """Indices by name whose members the store knows."""
    if not cellar.has("idx.weights"):
        return []
    held = set(cellar.table("idx.weights").read(["index"])["index"].unique())
    return [alias for alias, codes in INDEX_ALIASES.items() if held & set(codes)]


def _benchmark(cellar: Cellar, region: str, groups: str, index: str | None) -> Iterator[_Row]:
    if index is None:
        return
    for column in _INDEX_COLUMNS:
        make = partial(benchmark, codes=index_codes(index), column=column)
        yield f"benchmark_{column}", ("idx.bars_1d",), make, False


def _listed(grid: StoreGrid) -> FieldValues:
    return FieldValues(grid.listing.listed.astype(np.float64))


def _warned(grid: StoreGrid) -> FieldValues:
    found = is_st(grid.cellar, grid.sessions, grid.listing.ids)
    values = (found.values & grid.listing.listed).astype(np.float64)
    return FieldValues(values, notes=found.notes)


def _group(grid: StoreGrid, scheme: str, level: int) -> FieldValues:
    found = industries(grid.cellar, scheme, level, grid.sessions, grid.listing.ids)
    # Two groups may carry one name; their codes tell them apart.
    names = [
        name if found.names.count(name) == 1 else f"{name} ({code})"
        for name, code in zip(found.names, found.labels, strict=True)
    ]
    codes = np.where(grid.listing.listed, found.codes, np.int32(-1)).astype(np.int32)
    return FieldValues(codes, tuple(names), found.notes)


def _weight(grid: StoreGrid, index: str) -> FieldValues:
    found = members(grid.cellar, index, grid.sessions, grid.listing.ids)
    return FieldValues(found.weights, notes=found.notes)


def _figure(grid: StoreGrid, figure: StatementFigure) -> FieldValues:
    values, notes = Fundamentals(grid.cellar, figure.table).told(
        figure.item, figure.how, grid.sessions, list(grid.listing.ids), k=figure.k
    )
    return FieldValues(values, notes=notes)
