"""The cellar: one folder with store, ledger, landing and cache, seen at one set of versions.

1. `Cellar.open` checks the place, makes the folders and reads the settings
2. `Cellar.table` answers a table at the pinned version, or at the latest
3. `Cellar.pinned` fixes every version, so that whatever reads several tables sees one state
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.errors import NotCoveredError, StoreError

if TYPE_CHECKING:
    from workbench.data.settings import Settings
    from workbench.data.store import Ledger, Store, TableSnapshot

__all__ = ["Cellar", "Clock", "refuse_pinned", "utc_now"]

Clock = Callable[[], datetime]
"""Gives the time as an aware datetime in UTC; tests bring their own."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Cellar:
    """A store and what belongs to it.

    Attributes
    ----------
    root : Path
        The workspace folder: ``store/``, ``meta/``, ``raw/``, ``cache/``.
    settings : Settings
        Providers' origins, limits and switches; no secret.
    clock : callable
        Gives the time.
    pins : mapping of str to int, or None
        Versions that reads see; None reads the latest.
    """

    root: Path
    settings: Settings
    clock: Clock = utc_now
    pins: Mapping[str, int] | None = None
    label: str = field(default="", compare=False)

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        settings: Settings | None = None,
        clock: Clock = utc_now,
    ) -> Cellar:
        """Open or make the workspace at `path`, at ``$WORKBENCH_HOME``, or in the data folder.

        Raises
        ------
        StorePathError
            If the place cannot hold a store.
        StoreVersionError
            If a newer workbench wrote it.
        """
        from workbench.data.settings import Settings, home
        from workbench.data.store import prepare

        root = prepare(home(path))
        return cls(root, settings or Settings.load(root), clock)

    @cached_property
    def store(self) -> Store:
        """The Delta tables."""
        from workbench.data.store import Store

        return Store(self.root, clock=self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """What was fetched, and how complete it is."""
        from workbench.data.store import Ledger

        return Ledger(self.root / "meta" / "ledger.sqlite", clock=self.clock)

    def version(self, dataset: str) -> int | None:
        """The version that reads see, None where there is no table."""
        if self.pins is not None:
            return self.pins.get(dataset)
        return self.store.version(dataset)

    def table(self, dataset: str) -> TableSnapshot:
        """The table at the version that reads see.

        Raises
        ------
        NotCoveredError
            If there is no such table (in this snapshot).
        """
        version = self.version(dataset)
        if version is None:
            where = f"The snapshot {self.label!r}" if self.label else "The workspace"
            raise NotCoveredError(
                f"{where} has no {dataset}. Fetch it with `workbench data update {dataset}` or "
                f'`ws.data.update("{dataset}", start=…)`, or import files.'
            )
        return self.store.snapshot(dataset, version)

    def has(self, dataset: str) -> bool:
        """Whether reads see such a table."""
        return self.version(dataset) is not None

    def pinned(self) -> Cellar:
        """The same cellar with every version fixed as of now."""
        if self.pins is not None:
            return self
        return self.at(self.store.versions())

    def at(self, pins: Mapping[str, int], label: str = "") -> Cellar:
        """The same cellar as of the versions given."""
        return replace(self, pins=MappingProxyType(dict(pins)), label=label)


def refuse_pinned(cellar: Cellar) -> None:
    """Raise `StoreError` for a cellar at fixed versions: a snapshot shows, it does not change."""
    if cellar.pins is not None:
        raise StoreError(
            f"The snapshot {cellar.label!r} is read-only. Write through the workspace itself: "
            "wb.open(path)."
        )
