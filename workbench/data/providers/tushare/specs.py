"""Which api fills which dataset, field by field, read from the YAML tables in ``apis/``.

1. `spec` answers the `Spec` of a dataset: its api, fields, caps and how a capped answer is split
2. `rates` answers the allowed calls of an api
3. `aliases` and `groups` answer the few codes that the tables know
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from workbench.data.catalog import dataset as catalogued
from workbench.errors import UnknownDatasetError, near_names

__all__ = ["MADE", "Field", "Paging", "Spec", "aliases", "groups", "rates", "spec", "specs"]

_TABLES = ("reference.yaml", "daily.yaml", "statements.yaml")

MADE = ("known_at", "first_seen_at", "content_hash")
"""Columns of datasets with versions that no vendor delivers."""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Field:
    """One column and the vendor's field behind it: ``value * times / over``."""

    column: str
    vendor: str
    kind: str
    times: float = 1.0
    over: float = 1.0


@dataclass(frozen=True, slots=True)
class Paging:
    """Paging where nothing else splits: rows a page, and rows that two pages must share."""

    limit: int
    overlap: int


@dataclass(frozen=True)
class Spec:
    """One api that fills one dataset.

    Attributes
    ----------
    dataset, api : str
        Names in the catalogue and at the vendor.
    plan : str
        ``session``, ``code``, ``code-month``, ``index-month``, ``group``, ``years`` or ``whole``.
    fields : tuple of Field
        What is asked for, all of it by name.
    cap : int
        Rows at which the vendor cuts an answer without saying so.
    published : bool
        Whether the vendor states the cap; otherwise it is a third party's figure.
    round : bool
        Whether a multiple of 500 rows is taken for another, unknown cap.
    asks : tuple of mapping
        Enumerations asked for one by one, because the vendor's defaults leave rows out.
    split : tuple
        Axes that narrow a capped answer, in order: ``codes``, ``span``, or a pair of a
        parameter and its values.
    joined : int
        Codes a request may name, 1 where the vendor takes one only.
    pages : Paging or None
        Paging, for the api that nothing else narrows.
    dated, clock : bool
        Whether a span is always sent, and whether as date and time.
    echo : mapping
        Fields that repeat a parameter under another name.
    codes : str
        Shape of the column ``asset``: ``share`` or ``index``.
    keep : str
        ``a_share``: rows of other codes are funds and B shares, left out.
    since : mapping of str to date
        Fields that answers about earlier days need not have.
    may_lack, absent : frozenset of str
        Key columns that may be missing in a row; columns the vendor does not have.
    positive, not_negative, zero_is_missing : tuple of str
        Columns refused at or below zero, below zero, and those where zero means no value.
    ordered : tuple of str
        Two columns of which the first may not exceed the second.
    no_limit : bool
        Whether 0 and 99999.99 stand for "no limit".
    never_empty : bool
        Whether a unit without any row is refused, and a large one of which one enumeration has
        none.
    may_be_empty : tuple of mapping
        Enumerations that may have none.
    joins : str
        Column of text in which several rows of one key are joined.
    constant : mapping
        Columns with one value.
    then : Spec or None
        A second api of the same unit.
    """

    dataset: str
    api: str
    fields: tuple[Field, ...]
    cap: int
    plan: str = "whole"
    published: bool = True
    round: bool = False
    asks: tuple[Mapping[str, str], ...] = (MappingProxyType({}),)
    split: tuple[str | tuple[str, tuple[str, ...]], ...] = ()
    joined: int = 1
    pages: Paging | None = None
    dated: bool = False
    clock: bool = False
    echo: Mapping[str, str] = field(default_factory=_nothing)
    codes: str = "share"
    keep: str = ""
    since: Mapping[str, date] = field(default_factory=_nothing)
    may_lack: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    positive: tuple[str, ...] = ()
    not_negative: tuple[str, ...] = ()
    zero_is_missing: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    no_limit: bool = False
    never_empty: bool = False
    may_be_empty: tuple[Mapping[str, str], ...] = ()
    joins: str = ""
    constant: Mapping[str, str] = field(default_factory=_nothing)
    then: Spec | None = None

    @property
    def asked(self) -> str:
        """The value of ``fields`` in a request: every field by name."""
        return ",".join(one.vendor for one in self.fields)

    def capped(self, rows: int, more: bool = False) -> bool:
        """Whether an answer of this many rows may have been cut.

        Examples
        --------
        >>> [spec("cn.bars_1d").capped(rows) for rows in (5999, 6000, 5500)]
        [False, True, True]
        """
        suspicious = self.round and rows > 0 and rows % 500 == 0
        return more or rows >= self.cap or suspicious


def spec(name: str) -> Spec:
    """How a dataset is asked for and read.

    Raises
    ------
    UnknownDatasetError
        If tushare does not deliver it.

    Examples
    --------
    >>> spec("cn.moneyflow_1d").api
    'moneyflow'
    """
    known = specs()
    if name not in known:
        raise UnknownDatasetError(
            f"tushare does not deliver {name!r}.{near_names(name, known)} "
            f"Known: {', '.join(known)}."
        )
    return known[name]


@cache
def specs() -> Mapping[str, Spec]:
    """Every dataset that tushare delivers."""
    found: dict[str, Spec] = {}
    for table in _TABLES:
        for name, row in _yaml(f"apis/{table}").items():
            found[name] = _spec(name, row)
    return MappingProxyType(found)


def rates(api: str) -> tuple[tuple[int, int], ...]:
    """Allowed calls of an api as (calls, seconds), for an account of 2 000 points.

    Examples
    --------
    >>> rates("stock_basic")
    ((50, 60),)
    """
    table = _yaml("apis/rates.yaml")
    return tuple((int(calls), int(seconds)) for calls, seconds in table.get(api, table["default"]))


def aliases() -> Mapping[str, str]:
    """Second codes of indices, and the code under which we store them."""
    return MappingProxyType(_yaml("groups.yaml")["aliases"])


def groups() -> tuple[str, ...]:
    """First-level industries of Shenwan 2021."""
    return tuple(_yaml("groups.yaml")["SW2021"])


@cache
def _yaml(name: str) -> Mapping[str, Any]:
    import yaml

    found: Mapping[str, Any] = yaml.safe_load(
        (files(__package__) / name).read_text(encoding="utf-8")
    )
    return found


def _spec(name: str, row: Mapping[str, Any], kinds: Mapping[str, str] | None = None) -> Spec:
    given = dict(row)
    texts = dict(given.pop("fields"))
    kinds = given.pop("kinds", kinds)
    if kinds is None:
        contract = catalogued(name)
        kinds = {column.name: column.kind for column in contract.columns}
        if given.pop("same", False):
            left_out = {*texts, *given.get("absent", ()), *MADE}
            texts |= {column: column for column in kinds if column not in left_out}
    if "asks" in given:
        given["asks"] = tuple(MappingProxyType(dict(ask)) for ask in given["asks"])
    if "split" in given:
        given["split"] = tuple(_axis(axis) for axis in given["split"])
    if "pages" in given:
        given["pages"] = Paging(**given["pages"])
    if "then" in given:
        given["then"] = _spec(name, given["then"])
    for word in ("may_lack", "absent"):
        given[word] = frozenset(given.get(word, ()))
    for word in ("positive", "not_negative", "zero_is_missing", "ordered", "may_be_empty"):
        given[word] = tuple(given.get(word, ()))
    fields = tuple(_field(column, text, kinds[column]) for column, text in texts.items())
    return Spec(dataset=name, fields=fields, **given)


def _field(column: str, text: str, kind: str) -> Field:
    vendor, *arithmetic = text.split()
    if not arithmetic:
        return Field(column, vendor, kind)
    sign, number = arithmetic
    scale = {"*": {"times": float(number)}, "/": {"over": float(number)}}[sign]
    return Field(column, vendor, kind, **scale)


def _axis(axis: str | Mapping[str, list[str]]) -> str | tuple[str, tuple[str, ...]]:
    if isinstance(axis, str):
        return axis
    ((parameter, values),) = axis.items()
    return parameter, tuple(values)
