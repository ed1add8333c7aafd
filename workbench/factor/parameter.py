"""Parameters of operators: which expressions and which written literals an operator takes.

An operand is an expression (a number, a truth value, a group, a regressor); a literal is written
out in the text: a window or lag in sessions, a count, a real number, a word out of a few, a date.
The annotations below (`Number`, `Window` …) name these roles in a declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from workbench.errors import LookAheadError, OperatorArgumentError, near_names

if TYPE_CHECKING:
    from workbench.factor.term import Term

__all__ = [
    "LONGEST_WINDOW",
    "Count",
    "Date",
    "Group",
    "Kind",
    "Lag",
    "Literal",
    "Number",
    "Parameter",
    "Real",
    "Regressor",
    "Role",
    "Truth",
    "Window",
    "choice",
]

LONGEST_WINDOW = 756
"""Sessions in the longest window or lag: three years of 252 sessions."""

MOST_COUNTED = 100_000
"""Largest count: names of a session, bins of a histogram."""

Literal = int | float | str


class Kind(StrEnum):
    """What the values of an expression are."""

    NUMBER = "number"
    TRUTH = "truth"
    GROUP = "group"


@dataclass(frozen=True)
class Role:
    """The part a parameter plays: an operand (an expression) or a literal (written in the text).

    `minimum` is the least value of a window, lag or count; `words` are those of a choice.
    """

    name: str
    minimum: int | None = None
    words: tuple[str, ...] = ()


Number = Annotated[object, Role("number")]
Truth = Annotated[object, Role("truth")]
Group = Annotated[object, Role("group")]
Regressor = Annotated[object, Role("regressor")]
Window = Annotated[int, Role("window", 1)]
Lag = Annotated[int, Role("lag", 0)]
Count = Annotated[int, Role("count", 0)]
Real = Annotated[float, Role("real")]
Date = Annotated[int, Role("date")]


def choice(*words: str) -> Any:
    """Return the annotation of a literal that is one of `words`; the first is number 0."""
    return Annotated[str, Role("choice", words=words)]


_ADMITTED = {
    "number": frozenset({Kind.NUMBER, Kind.TRUTH}),
    "truth": frozenset({Kind.TRUTH}),
    "group": frozenset({Kind.GROUP}),
    "regressor": frozenset(Kind),
}
_WANTED = {
    "number": "a number",
    "truth": "a truth value (a comparison such as `close > open`)",
    "group": "a group (industry, sector, subindustry, or codes such as bucket(cap, 5))",
    "regressor": "a number or a group",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operator.

    Parameters
    ----------
    name : str
    role : str
        ``number``, ``truth``, ``group`` or ``regressor`` for an operand; ``window``, ``lag``,
        ``count``, ``real``, ``choice`` or ``date`` for a literal.
    default : float, str or None
        Value of a literal that may be left out.
    minimum : int or None
        Least window, lag or count.
    words : tuple of str
        What a choice may be.
    variadic : bool
        The last operand, once or more.
    """

    name: str
    role: str
    default: float | str | None = None
    minimum: int | None = None
    words: tuple[str, ...] = ()
    variadic: bool = False

    @property
    def is_operand(self) -> bool:
        """Whether an expression stands here, and not a literal."""
        return self.role in _ADMITTED

    @property
    def wanted(self) -> str:
        """What an operand must be, in words."""
        return _WANTED[self.role]

    @property
    def shown(self) -> str:
        """How the parameter stands in a signature: ``x``, ``*z``, ``ddof=1``."""
        if self.variadic:
            return f"*{self.name}"
        if self.default is None:
            return self.name
        default = self.default if isinstance(self.default, str) else f"{self.default:.15g}"
        return f"{self.name}={default}"

    def admits(self, term: Term) -> bool:
        """Whether `term` may be this operand."""
        return bool(term.kinds & _ADMITTED[self.role])

    def reads_group(self, term: Term) -> bool:
        """Whether a field in this place is read as the codes of a classification."""
        return self.role == "group" or (self.role == "regressor" and term.kind is Kind.GROUP)

    def literal(self, value: object, owner: str) -> Literal:
        """Return `value` as this literal parameter holds it.

        Raises
        ------
        LookAheadError
            A negative window or lag.
        OperatorArgumentError
            Not a number, not whole where a whole number is due, out of range, or no such word.
        """
        where = f"{owner}: `{self.name}`"
        if self.role == "choice":
            return self._word(value, where)
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if isinstance(value, (bool, str)) or number - number != 0.0:
            raise OperatorArgumentError(
                f"{where} must be a finite number written out, got {_shown(value)}."
            )
        if self.role == "real":
            return number + 0.0
        return self._whole(number, value, where)

    def _whole(self, number: float, value: object, where: str) -> int:
        if number < 0 and self.role in ("window", "lag"):
            raise LookAheadError(
                f"{where} is {number:g}: that would read sessions after the one computed. The "
                f"factor language has no future; look back with a {self.role} of "
                f"{self.minimum} or more. Forward returns belong to `evaluate`."
            )
        unit = "of sessions" if self.role in ("window", "lag") else "written out"
        if not number.is_integer():
            raise OperatorArgumentError(f"{where} must be a whole number {unit}, got {value}.")
        if self.role == "date":
            return _date(int(number), where)
        along_time = self.role in ("window", "lag")
        most = LONGEST_WINDOW if along_time else MOST_COUNTED
        if not (self.minimum or 0) <= number <= most:
            what = " sessions" if along_time else ""
            raise OperatorArgumentError(
                f"{where} must lie in {self.minimum}..{most}{what}, got {number:g}."
            )
        return int(number)

    def _word(self, value: object, where: str) -> str:
        word = value.lower() if isinstance(value, str) else value
        if word not in self.words:
            hint = near_names(word, self.words) if isinstance(word, str) else ""
            raise OperatorArgumentError(
                f"{where} is one of the words {', '.join(self.words)}; got {_shown(value)}.{hint}"
            )
        return str(word)


def _date(number: int, where: str) -> int:
    """Return a date written yyyymmdd; what is below 10000 is a row number of plain arrays."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    real = 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1]
    if number < 0 or (number >= 10_000 and not real):
        raise OperatorArgumentError(f"{where} is a date written like 20150105, got {number}.")
    return number


def _shown(value: object) -> str:
    brief = getattr(value, "brief", None)
    return brief() if callable(brief) else f"{value!r:.60}"
