"""Assets: the instruments that number the columns of every panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from workbench.errors import PanelError, UnknownAssetError, near_names

__all__ = ["Assets"]


class Assets:
    """An ordered, immutable set of asset identifiers.

    Parameters
    ----------
    names : iterable of str
        Identifiers that stay the same through symbol changes, in ascending order without
        repetition (so that two markets of the same assets are equal).

    Raises
    ------
    PanelError
        If a name is empty, not text, repeats or is out of order.

    Examples
    --------
    >>> assets = Assets(["000001.SZ", "600519.SH"])
    >>> assets.index("600519.SH"), "000002.SZ" in assets
    (1, False)
    """

    __slots__ = ("_names", "_rows")

    def __init__(self, names: Iterable[str]) -> None:
        values = tuple(names)
        for name in values:
            if not isinstance(name, str) or not name:
                raise PanelError(f"An asset is named by non-empty text; got {name!r}.")
        for before, after in pairwise(values):
            if after <= before:
                raise PanelError(
                    f"Assets must ascend without repetition; {before!r} is followed by {after!r}."
                )
        self._names = values
        self._rows = {name: row for row, name in enumerate(values)}

    @property
    def names(self) -> tuple[str, ...]:
        """The identifiers, in column order."""
        return self._names

    def index(self, asset: str) -> int:
        """Column number of `asset`; raises `UnknownAssetError` with near names."""
        try:
            return self._rows[asset]
        except (KeyError, TypeError):
            hint = near_names(str(asset), self._names)
            raise UnknownAssetError(
                f"{asset!r} is not among these {len(self)} assets.{hint}"
            ) from None

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __getitem__(self, column: int) -> str:
        return self._names[column]

    def __contains__(self, asset: object) -> bool:
        return asset in self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assets) and self._names == other._names

    def __hash__(self) -> int:
        return hash(self._names)

    def __repr__(self) -> str:
        if not self._names:
            return "Assets(none)"
        if len(self) == 1:
            return f"Assets({self._names[0]})"
        return f"Assets({self._names[0]} … {self._names[-1]}, {len(self)})"
