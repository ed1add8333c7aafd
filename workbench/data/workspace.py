"""The user's handle: `wb.open` answers a workspace, its `data` is the cellar's front.

Reading never fetches: what is not in the store is an error that says which command fetches it.
Everything is imported when it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.data.cellar import Cellar, Clock, utc_now
from workbench.data.data_room import DataRoom, Day

if TYPE_CHECKING:
    from workbench.data.assembly.universes import UniverseFilter
    from workbench.data.settings import Settings
    from workbench.market import Market

__all__ = ["Workspace", "open_workspace"]


def open_workspace(
    path: str | PathLike[str] | None = None,
    *,
    settings: Settings | None = None,
    clock: Clock = utc_now,
) -> Workspace:
    """Open a workspace, making it where there is none.

    Parameters
    ----------
    path : path, optional
        The folder; ``$WORKBENCH_HOME`` or the platform's data folder by default.
    settings : Settings, optional
        Providers' origins and limits; from ``workbench.toml`` in the folder and the environment
        by default.
    clock : callable, optional
        Gives the time as an aware UTC datetime.

    Returns
    -------
    Workspace

    Raises
    ------
    StorePathError
        The place cannot hold a store; the message names the cause.
    StoreVersionError
        A newer workbench wrote it.

    Examples
    --------
    >>> import tempfile
    >>> import workbench as wb
    >>> folder = tempfile.TemporaryDirectory()
    >>> ws = wb.open(folder.name)
    >>> ws.data.status().empty
    True
    >>> folder.cleanup()
    """
    place = None if path is None else Path(path)
    return Workspace(Cellar.open(place, settings=settings, clock=clock))


class Workspace:
    """A folder of market data, seen at its latest versions or at those of a snapshot.

    Attributes
    ----------
    data : DataRoom
        Fetch, read, query and check tables.
    """

    def __init__(self, cellar: Cellar) -> None:
        self._cellar = cellar
        self.data = DataRoom(cellar)

    @property
    def path(self) -> Path:
        """The folder."""
        return self._cellar.root

    @property
    def snapshot(self) -> str | None:
        """Name of the snapshot this workspace shows, None for the latest versions."""
        return self._cellar.label or None

    def at(self, snapshot: str) -> Workspace:
        """The workspace as of a snapshot made by ``ws.data.snapshot(name)``.

        Raises
        ------
        SnapshotError
            With near names.
        """
        from workbench.data.store import load_snapshot

        return Workspace(self._cellar.at(load_snapshot(self.path, snapshot), snapshot))

    def market(
        self,
        region: str = "cn",
        *,
        start: Day | None = None,
        end: Day | None = None,
        universe: str | Sequence[str] | UniverseFilter | None = None,
        adjust: str = "hfq",
        snapshot: str | None = None,
        benchmark: str | None = None,
        groups: str = "sw2021",
        on_gap: str = "raise",
        snap: str | None = None,
    ) -> Market:
        """Build a market from the store; fields are read when they are first asked for.

        Parameters
        ----------
        region : {"cn", "us"}
            Which exchanges.
        start, end : day, optional
            First and last day; all that is stored by default.
        universe : str, sequence of str, or UniverseFilter, optional
            ``"all"``, an index such as ``"csi300"`` (its members as of each session), assets by
            code, or filters evaluated as of each session.
        adjust : {"hfq", "none"}
            How prices are shown; raw prices stay under ``raw_close`` and its like.
        snapshot : str, optional
            Read the versions of this snapshot.
        benchmark : str, optional
            An index whose bars become ``benchmark_open`` … ``benchmark_close``.
        groups : {"sw2021", "sw2014"}
            The classification behind ``sector``, ``industry`` and ``subindustry``.
        on_gap : {"raise", "warn", "ignore"}
            What to do about bars that should be in the store and are not.
        snap : {"prev"}, optional
            Move an `end` that is no session to the session before, instead of refusing it.

        Returns
        -------
        Market
            Its provenance names each dataset with the version read.

        Raises
        ------
        NotCoveredError, DataGapError, EmptyUniverseError, CalendarUnknownError
        """
        from workbench.data.assembly.market import market

        here = self if snapshot is None else self.at(snapshot)
        return market(
            here._cellar,
            region,
            start=start,
            end=end,
            universe=universe,
            adjust=adjust,
            benchmark=benchmark,
            groups=groups,
            on_gap=on_gap,
            snap=snap,
        )

    def __repr__(self) -> str:
        seen = f", snapshot {self.snapshot!r}" if self.snapshot else ""
        held = self._cellar.pins if self._cellar.pins is not None else self._cellar.store.versions()
        return f"Workspace({str(self.path)!r}{seen}, {len(held)} datasets)"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><code>{escape(repr(self))}</code></p>{self.data.status().to_html()}"
