"""StoreSource: the store as a source of fields, each read when it is first asked for.

1. sessions come from the calendar, assets are the securities listed in between, by latest code
2. a field is looked up, the holes of its tables are checked once, then it is read onto the grid
3. what was read is kept, together with the notes that belong to it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import AnyPanel, read_only
from workbench.data.assembly.fields import (
    StoreField,
    checked_groups,
    family_field,
    index_codes,
    offered_fields,
)
from workbench.data.assembly.grid import FieldValues, StoreGrid, late
from workbench.data.assembly.listing import listing
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.dataset import Dataset
from workbench.data.point_in_time import SessionCalendar, calendar, securities
from workbench.data.reading.code_holes import by_code, find_code_holes
from workbench.data.reading.holes import Holes, checked_on_gap, find_holes
from workbench.data.reading.part_holes import find_group_holes, find_weight_holes
from workbench.data.reading.window import Window, region_of
from workbench.errors import EmptyUniverseError, UnknownFieldError, near_names
from workbench.market import Assets, Sessions
from workbench.market.rules import rules_version

__all__ = ["StoreSource"]


class StoreSource:
    """Raw fields of one region of the store on one grid.

    Parameters
    ----------
    cellar : Cellar
        Pinned here, so that every field is of one state of the store.
    region : {"cn", "us"}
        Whose shares.
    window : Window
        First and last day, both given.
    assets : sequence of str, optional
        Codes or identities to keep; all that are listed in the window by default.
    on_gap : {"raise", "warn", "ignore"}
        What to do about missing rows of a table, when a field of it is first asked for.
    groups : {"sw2021", "sw2014"}
        Classification of industries.
    benchmark : str, optional
        Index whose bars become ``benchmark_*``.
    universe : plain values
        What the market's universe is, for the provenance.

    Raises
    ------
    NotCoveredError, CalendarUnknownError, EmptyUniverseError, UnknownAssetError, BadValueError
    """

    def __init__(
        self,
        cellar: Cellar,
        region: str,
        window: Window,
        *,
        assets: Sequence[str] | None = None,
        on_gap: str = "raise",
        groups: str = "sw2021",
        benchmark: str | None = None,
        universe: Any = "all",
    ) -> None:
        seen = cellar.pinned()
        where = region_of(region)
        known: SessionCalendar = calendar(seen, where.name)
        days = known.between(window.first, window.last)
        if not len(days):
            raise EmptyUniverseError(
                f"No session lies between {window.first} and {window.last}; widen the window."
            )
        self._on_gap = checked_on_gap(on_gap)
        held = listing(securities(seen, where.name), days, assets)
        self._grid = StoreGrid(seen, where, known, days, held)
        self._groups = checked_groups(groups)
        self._benchmark = benchmark
        self._universe = universe
        self._offered = offered_fields(seen, where.name, groups=self._groups, index=benchmark)
        self._sessions = Sessions(days)
        self._read: dict[str, FieldValues] = {}
        self._holes: dict[tuple[str, tuple[str, ...]], Holes] = {}
        self._told: list[str] = []

    @property
    def grid(self) -> StoreGrid:
        """The grid and the pinned cellar behind it."""
        return self._grid

    @property
    def sessions(self) -> Sessions:
        """Row labels of every field."""
        return self._sessions

    @property
    def assets(self) -> Assets:
        """Column labels of every field: the latest code of each security."""
        return self._grid.listing.assets

    @property
    def fields(self) -> tuple[str, ...]:
        """Names that `field` answers; figures with a number (`family_field`) are not listed."""
        return tuple(self._offered)

    def offers(self, name: str) -> bool:
        """Whether `field` answers a name, listed or not."""
        return self._lookup(name) is not None

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Versions of every table, rules, choices, and notes about what was read so far."""
        return MappingProxyType(
            {
                "provider": "store",
                "market": self._grid.region.name,
                "snapshot": self._grid.cellar.label,
                "datasets": dict(sorted((self._grid.cellar.pins or {}).items())),
                "rules": rules_version(),
                "groups": self._groups,
                "benchmark": self._benchmark or "",
                "universe": self._universe,
                "on_gap": self._on_gap,
                "gaps": [found.to_dict() for found in self._holes.values() if found],
                "delisted": {"count": self._delisted},
                "notes": self._notes(),
            }
        )

    def field(self, name: str) -> AnyPanel:
        """Values of one field, shape (T, N), read-only.

        Raises
        ------
        UnknownFieldError
            With near names.
        DataGapError, NotCoveredError
            If rows of its tables are missing, as `on_gap` says.
        """
        return self._made(name).values

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Names of the groups of a group field, None for numbers.

        The values of a group field are places in this tuple, opaque numbers: groups are numbered
        by their first start, so that one that begins later changes no number before it.
        """
        offered = self._lookup(name)
        return self._made(name).labels if offered is not None and offered.group else None

    def note(self, said: Sequence[str]) -> None:
        """Add what a reader of the market should know about it."""
        self._told += said

    def require(self, names: Sequence[str], part: tuple[str, ...] = ()) -> None:
        """Check the holes of some tables now rather than at the first field.

        Parameters
        ----------
        names : sequence of str
            Datasets.
        part : tuple of str
            Of tables that are fetched part by part: codes of an index, or a scheme of industries.
        """
        for name in names:
            self._check(name, part)

    def _made(self, name: str) -> FieldValues:
        if name not in self._read:
            offered = self._lookup(name)
            if offered is None:
                raise UnknownFieldError(
                    f"The store offers no field {name!r}.{near_names(name, self._offered)}"
                )
            self.require(offered.needs, offered.part)
            made = offered.make(self._grid)
            self._read[name] = made._replace(values=read_only(made.values))
        return self._read[name]

    def _lookup(self, name: str) -> StoreField | None:
        """How a field is made; None where there is none."""
        where = self._grid.region.name
        return self._offered.get(name) or family_field(self._grid.cellar, where, name)

    def _check(self, name: str, part: tuple[str, ...]) -> None:
        """Find and settle the holes of a table once."""
        if (name, part) in self._holes:
            return
        days = self._grid.sessions
        if late(name):
            before = np.searchsorted(self._grid.calendar.sessions, days) - 1
            days = self._grid.calendar.sessions[before[before >= 0]]
        if not len(days):
            return
        contract = dataset(name)
        if contract.first is not None and days[0].item() < contract.first:
            self.note([f"{name} is published from {contract.first} on."])
        if contract.last is not None and days[-1].item() > contract.last:
            self.note([f"{name} is published until {contract.last}."])
        found = self._found(contract, days, part)
        found.settle(self._on_gap)
        self._holes[name, part] = found

    def _found(
        self, contract: Dataset, days: NDArray[np.datetime64], part: tuple[str, ...]
    ) -> Holes:
        """The holes of a table, in the way in which it is fetched."""
        cellar = self._grid.cellar
        if contract.name == "idx.weights" and part:
            return find_weight_holes(cellar, part, days)
        if contract.name == "ind.members" and part:
            return find_group_holes(cellar, part[0], days)
        if by_code(contract):
            return find_code_holes(cellar, contract, days, self._groups_of(contract.name))
        return find_holes(cellar, contract, days, self._grid.listing.spans.codes)

    def _groups_of(self, name: str) -> list[tuple[str, ...]]:
        """The codes of each security, or those of the benchmark."""
        if name == "idx.bars_1d":
            return [index_codes(self._benchmark or "")]
        spans = self._grid.listing.spans
        groups: list[tuple[str, ...]] = [()] * spans.width
        for code, at in zip(spans.codes, spans.columns.tolist(), strict=True):
            groups[at] += (code,)
        return groups

    @property
    def _delisted(self) -> int:
        listed = self._grid.listing.listed
        return int((listed[:-1] & ~listed[1:]).any(axis=0).sum())

    def _notes(self) -> tuple[str, ...]:
        said = [f"{found}." for found in self._holes.values() if found]
        said += [found.doubt for found in self._holes.values() if found.doubt]
        if self._delisted:
            said.append(
                f"{self._delisted} assets are delisted in the window; their last closes are in "
                "`workbench.data.point_in_time.delistings`."
            )
        notes = [note for made in self._read.values() for note in made.notes]
        said += [f"{note.rstrip('.')}." for note in (*self._told, *notes)]
        return tuple(dict.fromkeys(said))
