"""Who delivers a field: the protocol between whatever holds data and the market.

The cellar (`workbench.data`) implements it for files, the store and the synthetic market;
everything above only ever sees a `Market`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np

from workbench.arrays import AnyPanel, read_only
from workbench.errors import PanelError, UnknownFieldError, near_names
from workbench.market.assets import Assets
from workbench.market.sessions import Sessions

__all__ = ["ArraySource", "FieldSource", "offers"]


@runtime_checkable
class FieldSource(Protocol):
    """Delivers raw fields on one grid of sessions and assets.

    Units are shares, CNY (or the market's currency) and fractions. A cell without a bar is NaN,
    never filled. Group fields are int32 codes with `labels`.
    """

    @property
    def sessions(self) -> Sessions:
        """Row labels of every field."""
        ...

    @property
    def assets(self) -> Assets:
        """Column labels of every field."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """Names that `field` answers."""
        ...

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where the values came from: names, hashes, versions; no absolute path, no secret."""
        ...

    def field(self, name: str) -> AnyPanel:
        """Values of one raw field, shape (T, N): float64, or int32 codes."""
        ...

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Names of the groups of a group field, None for numbers."""
        ...


def offers(source: FieldSource, name: str) -> bool:
    """Whether a source answers a name that it may not list.

    A source that has more fields than can be listed answers ``source.offers(name)``; of any other
    the listed fields are all.

    Examples
    --------
    >>> import numpy as np
    >>> day, asset = Sessions(["2019-01-02"]), Assets(["000001.SZ"])
    >>> offers(ArraySource(day, asset, {"close": np.array([[9.4]])}), "close")
    True
    """
    asked = getattr(source, "offers", None)
    return name in source.fields or (asked is not None and bool(asked(name)))


class ArraySource:
    """Fields that already lie in memory.

    Parameters
    ----------
    sessions, assets : Sessions, Assets
        The grid.
    fields : mapping of str to array of shape (T, N)
        Numbers are kept as float64, integers with `labels` as int32 codes, masks as 0/1.
        ±inf is not market data and becomes NaN.
    labels : mapping of str to iterable of str, optional
        Group names of each group field.
    provenance : mapping, optional
        Where the values came from.

    Examples
    --------
    >>> import numpy as np
    >>> source = ArraySource(
    ...     Sessions(["2019-01-02"]), Assets(["000001.SZ"]), {"close": np.array([[9.4]])}
    ... )
    >>> source.fields
    ('close',)
    """

    def __init__(
        self,
        sessions: Sessions,
        assets: Assets,
        fields: Mapping[str, AnyPanel],
        labels: Mapping[str, Iterable[str]] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        self._sessions = sessions
        self._assets = assets
        self._labels = {name: tuple(names) for name, names in (labels or {}).items()}
        self._fields = {name: self._checked(name, values) for name, values in fields.items()}
        self._provenance = MappingProxyType(dict(provenance or {}))

    @property
    def sessions(self) -> Sessions:
        """Row labels of every field."""
        return self._sessions

    @property
    def assets(self) -> Assets:
        """Column labels of every field."""
        return self._assets

    @property
    def fields(self) -> tuple[str, ...]:
        """Names held, in the order given."""
        return tuple(self._fields)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where the values came from."""
        return self._provenance

    def field(self, name: str) -> AnyPanel:
        """Values of one field, read-only."""
        try:
            return self._fields[name]
        except KeyError:
            hint = near_names(name, self._fields)
            raise UnknownFieldError(
                f"The source has no field {name!r}; it has {', '.join(self._fields)}.{hint}"
            ) from None

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Group names of a group field."""
        return self._labels.get(name)

    def _checked(self, name: str, values: AnyPanel) -> AnyPanel:
        """One field on the grid, in the house's types."""
        array = np.asarray(values)
        expected = (len(self._sessions), len(self._assets))
        if array.shape != expected:
            raise PanelError(f"Field {name!r} has shape {array.shape}; expected {expected}.")
        if name in self._labels:
            if array.dtype.kind not in "iu":
                raise PanelError(f"Group field {name!r} must hold codes; got {array.dtype}.")
            return read_only(array.astype(np.int32, copy=False))
        if array.dtype.kind not in "fiub":
            raise PanelError(f"Field {name!r} must hold numbers; got {array.dtype}.")
        numbers = array.astype(np.float64, copy=False)
        if np.isinf(numbers).any():
            numbers = np.where(np.isinf(numbers), np.nan, numbers)
        return read_only(numbers)
