"""Sources seen through a window: part of the grid, or with some fields replaced.

Both are views: nothing is copied until a field is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.arrays import AnyPanel
from workbench.market.assets import Assets
from workbench.market.sessions import Sessions
from workbench.market.source import ArraySource, FieldSource, offers

__all__ = ["OverlaySource", "SlicedSource"]


class SlicedSource:
    """Some sessions and assets of another source.

    Parameters
    ----------
    source : FieldSource
        What is looked at.
    rows : slice
        Sessions to keep.
    columns : sequence of int, optional
        Ascending column numbers to keep; all when omitted.
    """

    def __init__(self, source: FieldSource, rows: slice, columns: list[int] | None = None) -> None:
        self._source = source
        self._rows = rows
        self._columns = columns
        self._sessions = Sessions(source.sessions.values[rows])
        self._assets = (
            source.assets if columns is None else Assets(source.assets[c] for c in columns)
        )

    @property
    def sessions(self) -> Sessions:
        """The sessions kept."""
        return self._sessions

    @property
    def assets(self) -> Assets:
        """The assets kept."""
        return self._assets

    @property
    def fields(self) -> tuple[str, ...]:
        """The same names as the source."""
        return self._source.fields

    def offers(self, name: str) -> bool:
        """Whether the source answers a name, listed or not."""
        return offers(self._source, name)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """The same origin as the source."""
        return self._source.provenance

    def field(self, name: str) -> AnyPanel:
        """The part of a field inside the window."""
        values = self._source.field(name)[self._rows]
        return values if self._columns is None else values[:, self._columns]

    def labels(self, name: str) -> tuple[str, ...] | None:
        """The same group names as the source."""
        return self._source.labels(name)


class OverlaySource:
    """Another source with some fields added or replaced.

    Parameters
    ----------
    source : FieldSource
        What lies below.
    fields : mapping of str to array of shape (T, N)
        Numbers, or codes for group fields that the source already labels.
    """

    def __init__(self, source: FieldSource, fields: Mapping[str, AnyPanel]) -> None:
        self._source = source
        known = {name: source.labels(name) for name in fields}
        labels = {name: names for name, names in known.items() if names is not None}
        self._top = ArraySource(source.sessions, source.assets, fields, labels)

    @property
    def sessions(self) -> Sessions:
        """The same sessions as the source."""
        return self._source.sessions

    @property
    def assets(self) -> Assets:
        """The same assets as the source."""
        return self._source.assets

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the source, then the new ones."""
        return tuple(dict.fromkeys((*self._source.fields, *self._top.fields)))

    def offers(self, name: str) -> bool:
        """Whether the source or the new fields answer a name, listed or not."""
        return name in self._top.fields or offers(self._source, name)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """The origin of the source, and which fields lie over it."""
        return {**self._source.provenance, "overlaid": tuple(sorted(self._top.fields))}

    def field(self, name: str) -> AnyPanel:
        """The new field where there is one, else the source's."""
        return (self._top if name in self._top.fields else self._source).field(name)

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Group names of a field."""
        return self._source.labels(name)
