"""A factor: an expression with a name, as the user holds it.

`factor` makes one from text, a term or another factor. Python's signs build larger ones; nothing
is computed before `workbench.compute`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from workbench.errors import OperatorArgumentError, UnknownFieldError, near_names
from workbench.factor.build import as_term, opposite
from workbench.factor.parser import Limits, parse
from workbench.factor.profile import Profile
from workbench.factor.term import Call, Term
from workbench.factor.text import LONGEST_TEXT, to_text
from workbench.factor.tokens import pointed, tokenize

__all__ = ["Factor", "factor", "unknown_field"]


@dataclass(frozen=True, repr=False)
class Factor:
    """An expression of the factor language.

    Two factors are equal when their terms are; name and source text do not count. The signs
    ``+ - * / % ** < <= > >= & | ~`` and ``abs`` build new factors; ``==`` compares the expressions
    (the operator is ``equal(f, g)``), and a factor has no truth value.

    Parameters
    ----------
    term : Term
    name : str
    source_text : str
        The text as it was written, if it was.
    profile : str
        The house in whose words the text was written; the term is the same in every house.

    Examples
    --------
    >>> spread = (factor("close") - factor("open")) / factor("open")
    >>> spread
    Factor('(close - open) / open')
    >>> sorted(spread.fields)
    ['close', 'open']
    >>> factor("delta(ts_mean(close, 5), 3)").lookback
    7
    """

    term: Term
    name: str = field(default="", compare=False)
    source_text: str = field(default="", compare=False)
    profile: str = field(default="", compare=False)

    # NumPy scalars on the left must not take the factor apart.
    __array_ufunc__ = None

    def __post_init__(self) -> None:
        if not isinstance(self.term, Term):
            raise OperatorArgumentError(
                f"A Factor holds a term, got {type(self.term).__name__}; write factor(…) for text."
            )

    @cached_property
    def text(self) -> str:
        """Canonical text; ``factor(f.text) == f``."""
        return to_text(self.term)

    @property
    def lookback(self) -> int:
        """Sessions before t that the value at t needs, derived fields included."""
        return self.term.lookback

    @property
    def fields(self) -> frozenset[str]:
        """Names of the fields read."""
        return self.term.fields

    def of(self, term: Term) -> Factor:
        """Return an unnamed factor of another term."""
        return Factor(term)

    def rename(self, name: str) -> Factor:
        """Return the same expression under another name."""
        return Factor(self.term, name, self.source_text, self.profile)

    def locate(self, field_name: str) -> int | None:
        """Return where the field first stands in the text, or None if it does not.

        Examples
        --------
        >>> factor("open + clsoe").locate("clsoe")
        7
        """
        for token in tokenize(self.source_text or self.text):
            if token.kind == "name" and token.text == field_name:
                return token.start
        return None

    def __repr__(self) -> str:
        title = f", name={self.name!r}" if self.name else ""
        title += f", profile={self.profile!r}" if self.profile else ""
        if self.term.size > LONGEST_TEXT:
            return f"Factor(<{self.term.size:,} nodes>{title})"
        return f"Factor({self.text!r}{title})"

    def _repr_html_(self) -> str:
        title = f"<b>{escape(self.name)}</b> " if self.name else ""
        fields = ", ".join(sorted(self.fields)) or "none"
        house = f" · read as {escape(self.profile)}" if self.profile else ""
        shown = repr(self) if self.term.size > LONGEST_TEXT else self.text
        return (
            f"<div>{title}<code>{escape(shown)}</code><br>"
            f"<small>look-back {self.lookback} sessions · fields {escape(fields)}{house}"
            f"</small></div>"
        )

    def __bool__(self) -> bool:
        raise OperatorArgumentError(
            "A factor is an expression and neither true nor false; write (a < b) & (b < c) for "
            "a < b < c, `&` for `and`, where(condition, x, y) for `if`."
        )

    def __add__(self, other: object) -> Factor:
        return _joined("add", self, other)

    def __radd__(self, other: object) -> Factor:
        return _joined("add", other, self)

    def __sub__(self, other: object) -> Factor:
        return _joined("subtract", self, other)

    def __rsub__(self, other: object) -> Factor:
        return _joined("subtract", other, self)

    def __mul__(self, other: object) -> Factor:
        return _joined("multiply", self, other)

    def __rmul__(self, other: object) -> Factor:
        return _joined("multiply", other, self)

    def __truediv__(self, other: object) -> Factor:
        return _joined("divide", self, other)

    def __rtruediv__(self, other: object) -> Factor:
        return _joined("divide", other, self)

    def __mod__(self, other: object) -> Factor:
        return _joined("modulo", self, other)

    def __rmod__(self, other: object) -> Factor:
        return _joined("modulo", other, self)

    def __pow__(self, other: object) -> Factor:
        return _joined("power", self, other)

    def __rpow__(self, other: object) -> Factor:
        return _joined("power", other, self)

    def __lt__(self, other: object) -> Factor:
        return _joined("less", self, other)

    def __le__(self, other: object) -> Factor:
        return _joined("less_equal", self, other)

    def __gt__(self, other: object) -> Factor:
        return _joined("greater", self, other)

    def __ge__(self, other: object) -> Factor:
        return _joined("greater_equal", self, other)

    def __and__(self, other: object) -> Factor:
        return _joined("and", self, other)

    def __or__(self, other: object) -> Factor:
        return _joined("or", self, other)

    def __invert__(self) -> Factor:
        return _joined("not", self)

    def __neg__(self) -> Factor:
        return Factor(opposite(self.term))

    def __pos__(self) -> Factor:
        return self

    def __abs__(self) -> Factor:
        return _joined("abs", self)


def _joined(operator: str, *operands: object) -> Factor:
    return Factor(Call(operator, tuple(as_term(operand, operator) for operand in operands)))


def factor(
    source: str | Factor | Term,
    name: str = "",
    limits: Limits | None = None,
    profile: str | Profile = "",
) -> Factor:
    """Make a factor from text, a term or a factor.

    Parameters
    ----------
    source : str, Factor or Term
    name : str
        Given name; a factor keeps its own when this is empty.
    limits : Limits, optional
        Bounds for text; `UNTRUSTED` for text of unknown origin.
    profile : {"", "wq101", "gtja191", "qlib", "brain"} or Profile
        The house whose words the text uses; the factor shows it, its term is explicit.

    Raises
    ------
    FactorSyntaxError, UnknownOperatorError, OperatorArgumentError, LookAheadError
        The text is not an expression of the language; the message points at the place.

    Examples
    --------
    >>> factor("-1 * correlation(rank(open), rank(volume), 10)", name="alpha003")
    Factor('-1 * correlation(rank(open), rank(volume), 10)', name='alpha003')
    >>> factor("Std($close, 5)", profile="qlib")
    Factor('stddev(close, 5, min_periods=1)', profile='qlib')
    """
    if profile and not isinstance(source, str):
        raise OperatorArgumentError(
            f"A profile says how text is read; a {type(source).__name__} has been read already."
        )
    if isinstance(source, Factor):
        return source.rename(name) if name else source
    if isinstance(source, Term):
        return Factor(source, name)
    if isinstance(source, str):
        house = profile.name if isinstance(profile, Profile) else profile
        return Factor(parse(source, limits, profile), name, source, house)
    raise OperatorArgumentError(
        f"factor takes text, a Factor or a Term, got {type(source).__name__}."
    )


def _library_hint(name: str) -> str:
    """Say that a name is a formula of the library, not a field."""
    from workbench.factor import library

    for title in library.__all__:
        if name in getattr(library, title)():
            return f" It is a formula of the library: write wb.library.{title}()[{name!r}]."
    return ""


def unknown_field(source: Factor | Term, name: str, known: Iterable[str]) -> UnknownFieldError:
    """Return the error for a field that a market does not deliver, pointing into the text.

    Parameters
    ----------
    source : Factor or Term
    name : str
        The field asked for.
    known : iterable of str
        The fields there are.

    Examples
    --------
    >>> print(unknown_field(factor("open + clsoe"), "clsoe", ["open", "close"]))
    No field is called 'clsoe'. Did you mean 'close'?
      open + clsoe
             ^
    """
    names = sorted(known)
    hint = (
        _library_hint(name)
        or near_names(name, names)
        or f" There are: {', '.join(names) or 'none'}."
    )
    carrier = factor(source)
    where = f" ({carrier.name} reads it)" if carrier.name else ""
    message = f"No field is called {name!r}{where}.{hint}"
    place = carrier.locate(name) if carrier.term.size <= LONGEST_TEXT else None
    if place is None:
        return UnknownFieldError(message)
    return UnknownFieldError(pointed(message, carrier.source_text or carrier.text, place))
