"""A published formula, and the shelf on which the formulas of one source stand.

`Formula` keeps the text as it was printed beside our reading of it; `mapping_of` reads a shelf of
them by name, each when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.errors import OperatorArgumentError
from workbench.factor.factor import Factor, factor

__all__ = ["Formula", "mapping_of"]


@dataclass(frozen=True)
class Formula:
    """One formula of a published source.

    Parameters
    ----------
    name : str
        Such as ``alpha001``.
    published : str
        The text as printed; only the line breaks of the print are taken out.
    reading : str
        What it measures, and how we read what is not said.
    defects : str
        What is known to be wrong or fragile; empty if nothing.
    text : str
        What is read instead, where the printed text cannot be read; `defects` then says why.
    profile : str
        The house whose words the text uses.

    Examples
    --------
    >>> range_body = Formula("body", "(close - open) / (high - low)", "Body over range.")
    >>> range_body.factor()
    Factor('(close - open) / (high - low)', name='body', profile='wq101')
    """

    name: str
    published: str
    reading: str
    defects: str = ""
    text: str = ""
    profile: str = "wq101"

    def factor(self) -> Factor:
        """Read the text."""
        return factor(self.text or self.published, self.name, profile=self.profile)


class _Shelf(Mapping[str, Factor]):
    """Formulas by name, read when asked for and kept."""

    def __init__(self, formulas: Sequence[Formula]) -> None:
        self._formulas = {formula.name: formula for formula in formulas}
        self._read: dict[str, Factor] = {}
        if len(self._formulas) < len(formulas):
            names = [formula.name for formula in formulas]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise OperatorArgumentError(f"Two formulas are called {', '.join(twice)}.")

    def __getitem__(self, name: str) -> Factor:
        if name not in self._read:
            self._read[name] = self._formulas[name].factor()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._formulas)

    def __len__(self) -> int:
        return len(self._formulas)

    def __contains__(self, name: object) -> bool:
        return name in self._formulas

    def __repr__(self) -> str:
        first = ", ".join(list(self._formulas)[:3]) or "none"
        return f"<{len(self)} formulas: {first}{', …' if len(self) > 3 else ''}>"


def mapping_of(formulas: Sequence[Formula]) -> Mapping[str, Factor]:
    """Return the factors of `formulas` by name: read-only, each read on first use and kept.

    Raises
    ------
    OperatorArgumentError
        Two formulas have one name.

    Examples
    --------
    >>> shelf = mapping_of([Formula("mid", "(high + low) / 2", "Middle of the range.")])
    >>> shelf
    <1 formulas: mid>
    >>> shelf["mid"].text
    '(high + low) / 2'
    """
    return _Shelf(formulas)
