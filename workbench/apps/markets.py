"""The markets that all sessions of an application read.

Each is loaded once, by the first session that asks, while later ones wait; markets are frozen, so
nothing that one session does can be seen by another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from workbench.errors import AppError, SourceNotFoundError, near_names

if TYPE_CHECKING:
    from workbench.market import Market

__all__ = ["DEMO", "MarketShelf", "market_shelf"]

DEMO = "Demo market (synthetic)"


class MarketShelf:
    """Markets by name, loaded once.

    Parameters
    ----------
    loaders : mapping of str to callable
        What makes each market; called at most once unless it fails.

    Examples
    --------
    >>> shelf = MarketShelf({"a": object})
    >>> shelf.load("a") is shelf.load("a")
    True
    """

    def __init__(self, loaders: Mapping[str, Callable[[], Market]]) -> None:
        self._loaders = dict(loaders)
        self._locks = {name: Lock() for name in self._loaders}
        self._loaded: dict[str, Market] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What can be loaded, in order."""
        return tuple(self._loaders)

    def fields(self, name: str) -> tuple[str, ...]:
        """Fields of a market that was loaded already, else nothing."""
        market = self._loaded.get(name)
        return tuple(market.fields) if market is not None else ()

    def load(self, name: str) -> Market:
        """Answer a market, loading it if nobody has.

        Raises
        ------
        AppError
            If there is no market of this name.
        """
        if name not in self._loaders:
            raise AppError(
                f"market: expected one of {', '.join(self.names)}, got {name!r}."
                f"{near_names(name, self.names)}"
            )
        with self._locks[name]:
            if name not in self._loaded:
                self._loaded[name] = self._loaders[name]()
            return self._loaded[name]


def market_shelf(
    data: str | Path | None = None, demo: Mapping[str, int] | None = None
) -> MarketShelf:
    """Put the demo market, and a file if there is one, on a shelf.

    Parameters
    ----------
    data : path, optional
        Long price file or folder for `workbench.read_market`; it stands first.
    demo : mapping, optional
        Parameters of `workbench.demo_market`: ``seed``, ``sessions``, ``assets``.

    Returns
    -------
    MarketShelf
        Nothing is loaded yet.

    Raises
    ------
    SourceNotFoundError
        If there is nothing at `data`.
    """
    loaders: dict[str, Callable[[], Market]] = {}
    if data is not None:
        path = Path(data).expanduser()
        if not path.exists():
            raise SourceNotFoundError(
                f"data: expected a price file or folder, found nothing at {path}."
            )
        loaders[path.name] = lambda: _read(path)
    parameters = {"seed": 7} | dict(demo or {})
    loaders[DEMO] = lambda: _demo(parameters)
    return MarketShelf(loaders)


def _read(path: Path) -> Market:
    from workbench.data import read_market

    return read_market(path)


def _demo(parameters: Mapping[str, int]) -> Market:
    from workbench.data import demo_market

    return demo_market(**parameters)
