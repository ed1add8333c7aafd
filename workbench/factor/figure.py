"""Figures of statements: calls such as ``ttm(income_revenue)`` that are spellings of a field.

What a company reported is known only where the statements lie, with every revision; the language
has the words. A call of one of these words names a field of the market, and its canonical text is
that name: ``ttm(income_revenue)`` is ``income_revenue_ttm``, ``q(income_revenue, 2)`` is
``income_revenue_q_2``; a number of 1 is left out. `workbench.factor.operators.point_in_time`
declares the words; they are not reserved: without parentheses ``latest`` is a field like others.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.errors import LookAheadError, OperatorArgumentError, UnknownOperatorError, near_names
from workbench.factor.build import Wrapper, as_term
from workbench.factor.term import Constant, Field, Term

if TYPE_CHECKING:
    from workbench.factor.factor import Factor

__all__ = [
    "FIGURES",
    "FLOWS",
    "LEVELS",
    "MIXED",
    "STATEMENTS",
    "Figure",
    "figure",
    "is_point_in_time",
    "point_in_time_field",
]

FLOWS = ("income", "cashflow")
"""Statements whose figures run from the year's beginning."""
LEVELS = ("balance",)
"""Statements whose figures are levels at the end of the quarter."""
MIXED = ("indicator", "express", "forecast")
"""Statements that hold levels and figures of the year to date side by side."""
STATEMENTS = (*FLOWS, *LEVELS, *MIXED)
"""What an item's name begins with: ``income_revenue`` is `revenue` of the income statement."""

_WHY_NOT = {
    "balance": "a balance sheet holds levels, which have no sum over quarters; use latest",
    "indicator": "indicators mix levels with figures of the year to date",
    "express": "preliminary earnings mix levels with figures of the year to date",
    "forecast": "forecasts mix levels with figures of the year to date",
}


@dataclass(frozen=True, eq=False)
class Figure:
    """One word for a figure of a statement; calling it names the field that holds the values.

    Parameters
    ----------
    name : str
    literal : str
        Name of the number it takes, ``k`` or ``d``; empty if it takes none.
    most : int
        Greatest such number; the least is 1.
    statements : tuple of str
        Of which statements there is such a figure.
    nan_rule, source, doc : str

    Examples
    --------
    >>> from workbench.factor import factor
    >>> FIGURES["ttm"](factor("income_revenue"))
    Factor('income_revenue_ttm')
    >>> FIGURES["q"].signature
    'q(f, k)'
    """

    name: str
    literal: str
    most: int
    statements: tuple[str, ...]
    nan_rule: str
    source: str
    doc: str = field(repr=False)

    @property
    def signature(self) -> str:
        """How the word is called, for messages: ``q(f, k)``."""
        return f"{self.name}(f, {self.literal})" if self.literal else f"{self.name}(f)"

    def __call__(self, *arguments: object, **named: object) -> Factor | Term:
        """Name the field: a Factor when `f` is one, else a Term."""
        bound = self._bound(arguments, named)
        item = bound["f"]
        term = self._field(as_term(item, f"{self.name}: `f`"), bound.get(self.literal, 1))
        return item.of(term) if isinstance(item, Wrapper) else term

    def _bound(self, arguments: Sequence[object], named: Mapping[str, object]) -> dict[str, object]:
        names = ("f", self.literal) if self.literal else ("f",)
        bound: dict[str, object] = dict(zip(names, arguments, strict=False))
        for name, value in named.items():
            if name not in names or name in bound:
                problem = "was given twice" if name in bound else "is not one of its parameters"
                raise OperatorArgumentError(
                    f"{self.signature}: {name!r} {problem}.{near_names(name, names)}"
                )
            bound[name] = value
        if len(arguments) > len(names) or len(bound) != len(names):
            count = len(arguments) + len(named)
            raise OperatorArgumentError(
                f"{self.signature} takes {len(names)} argument{'s' * (len(names) > 1)}, "
                f"got {count}."
            )
        return bound

    def _field(self, item: Term, number: object) -> Field:
        """The field of an item, whose name the market knows."""
        if not isinstance(item, Field):
            raise OperatorArgumentError(
                f"{self.signature}: `f` names an item of a statement, such as income_revenue; got "
                f"the {item.brief()}. Statements are read figure by figure: apply "
                f"{self.name} to each item and combine the results."
            )
        statement, _, rest = item.name.partition("_")
        if statement not in STATEMENTS or not rest:
            raise OperatorArgumentError(
                f"{self.signature}: `{item.name}` is no item of a statement; write the statement "
                f"({', '.join(STATEMENTS)}), an underscore and the item, such as income_revenue or "
                f"balance_total_assets.{near_names(statement, STATEMENTS)}"
            )
        told = _figure_in(rest)
        # Vendors call some indicators bps_yoy: these are items of their own.
        if told and statement != "indicator":
            raise OperatorArgumentError(
                f"{self.signature}: `{item.name}` is the figure {told} already; `f` is the item "
                f"alone, such as income_revenue."
            )
        if statement not in self.statements:
            raise OperatorArgumentError(
                f"{self.signature}: `{item.name}` has no {self.name}: {_WHY_NOT[statement]}."
            )
        count = self._number(number)
        return Field(f"{item.name}_{self.name}" + (f"_{count}" if count > 1 else ""))

    def _number(self, value: object) -> int:
        """The whole number after the item, checked."""
        value = value.value if isinstance(value, Constant) else value
        where = f"{self.signature}: `{self.literal}`"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            shown = value.brief() if isinstance(value, Term) else f"{value!r:.60}"
            raise OperatorArgumentError(f"{where} must be a whole number written out, got {shown}.")
        if value < 0:
            raise LookAheadError(
                f"{where} is {value:g}: that would read what is not known yet. The factor language "
                "has no future; count back with 1 or more."
            )
        if not float(value).is_integer() or not 1 <= value <= self.most:
            raise OperatorArgumentError(
                f"{where} must be a whole number in 1..{self.most}, got {value:g}."
            )
        return int(value)


_TABLE: dict[str, Figure] = {}
FIGURES: Mapping[str, Figure] = MappingProxyType(_TABLE)
"""Name → figure; a live, read-only view of the table."""


def figure(
    *, nan_rule: str, source: str, statements: tuple[str, ...] = STATEMENTS, most: int = 1
) -> Callable[[Callable[..., Any]], Figure]:
    """Declare a figure and add it to the table.

    The decorated function has no body but its docstring; its parameters are the item `f` and,
    where there is one, a number of which `most` is the greatest.

    Raises
    ------
    OperatorArgumentError
        The declaration is incomplete, or the name is taken.
    """

    def declare(function: Callable[..., Any]) -> Figure:
        names = list(inspect.signature(function).parameters)
        literals = names[1:]
        text = inspect.getdoc(function) or ""
        if not text or names[:1] != ["f"] or len(literals) > 1 or function.__name__ in _TABLE:
            raise OperatorArgumentError(
                f"Figure {function.__name__!r} needs a docstring, the parameter `f`, at most one "
                "number, and a name of its own."
            )
        row = Figure(
            name=function.__name__,
            literal="".join(literals),
            most=most,
            statements=statements,
            nan_rule=nan_rule,
            source=source,
            doc=f"{text}\n\nNotes\n-----\nNaN rule: {nan_rule}\n\nSource: {source}",
        )
        # As for operators: help() and doctest then see the declaration.
        for attribute in ("__module__", "__name__", "__qualname__"):
            vars(row)[attribute] = getattr(function, attribute)
        vars(row).update(__doc__=row.doc, __wrapped__=function)
        _TABLE[row.name] = row
        return row

    return declare


def _figure_in(rest: str) -> str:
    """The figure that a name ends with; empty if with none."""
    plain = re.sub(r"_[0-9]+$", "", rest)
    return next((name for name in _TABLE if plain.endswith(f"_{name}")), "")


def is_point_in_time(name: str) -> bool:
    """Whether a call of `name` is a figure of a statement, in any case.

    Examples
    --------
    >>> is_point_in_time("TTM"), is_point_in_time("ts_mean")
    (True, False)
    """
    return name.lower() in _TABLE


def point_in_time_field(
    name: str, arguments: Sequence[Term], named: Mapping[str, object] | None = None
) -> Field:
    """Return the field that a call in text names.

    Parameters
    ----------
    name : str
        A word of `FIGURES`, in any case.
    arguments : sequence of Term
        In order; a number is a `Constant`.
    named : mapping, optional
        Arguments given by name.

    Raises
    ------
    UnknownOperatorError
        No figure has this name.
    OperatorArgumentError
        `f` is no item of a statement, has no such figure, or the number does not fit.
    LookAheadError
        A negative number.

    Examples
    --------
    >>> point_in_time_field("q", [Field("income_revenue"), Constant(2)])
    Field(name='income_revenue_q_2')
    """
    if not is_point_in_time(name):
        raise UnknownOperatorError(f"No figure is called {name!r}.{near_names(name, _TABLE)}")
    row = _TABLE[name.lower()]
    bound = row._bound(arguments, named or {})
    return row._field(as_term(bound["f"]), bound.get(row.literal, 1))
