"""Panel: labelled T × N values, the currency in which the rooms pay each other.

A panel is a frozen array with its sessions (rows) and assets (columns). Three kinds exist:
numbers (float, NaN where there is none), truth (bool masks) and groups (int32 codes with the
names of the groups, -1 where an asset belongs to none).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.arrays import AnyPanel, read_only
from workbench.errors import PanelError
from workbench.market.assets import Assets
from workbench.market.panel_html import panel_html
from workbench.market.sessions import SessionLike, Sessions

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Panel"]

_KINDS = {"f": "number", "b": "truth", "i": "group"}


class Panel:
    """Read-only values of shape (T sessions, N assets) with their labels.

    Parameters
    ----------
    values : array of shape (T, N)
        float64 or float32 numbers, a bool mask, or int32 group codes (-1 = no group).
    sessions, assets : Sessions, Assets
        The labels of rows and columns.
    name : str
        What the values are, for people.
    labels : iterable of str, optional
        Names of the groups; required for codes and forbidden otherwise.
    provenance : mapping, optional
        What the values were made of: data versions, expression, engine.

    Raises
    ------
    PanelError
        If type, shape or labels do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> panel = Panel(
    ...     np.array([[1.0, np.nan], [2.0, 3.0]]),
    ...     Sessions(["2019-01-02", "2019-01-03"]),
    ...     Assets(["000001.SZ", "600519.SH"]),
    ...     name="close",
    ... )
    >>> panel
    Panel(close: 2 sessions × 2 assets, float64, 75.0 % present, 2019-01-02 … 2019-01-03)
    >>> panel.at("600519.SH", "2019-01-03")
    3.0
    """

    __slots__ = ("_assets", "_labels", "_name", "_provenance", "_sessions", "_values")

    def __init__(
        self,
        values: AnyPanel,
        sessions: Sessions,
        assets: Assets,
        name: str = "",
        labels: Iterable[str] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        array = np.asarray(values)
        if array.dtype not in (np.float64, np.float32, np.bool_, np.int32):
            raise PanelError(
                "A panel holds float64, float32, bool or int32 group codes; "
                f"got {array.dtype}. Convert the values first."
            )
        if array.shape != (len(sessions), len(assets)):
            raise PanelError(
                f"Values of shape {array.shape} do not fit "
                f"{len(sessions)} sessions × {len(assets)} assets."
            )
        self._labels = _checked_labels(array, labels)
        # A read-only view keeps panels cheap; sharing is safe because nobody keeps the writer.
        self._values = read_only(array)
        self._sessions = sessions
        self._assets = assets
        self._name = name
        self._provenance = MappingProxyType(dict(provenance or {}))

    @property
    def values(self) -> AnyPanel:
        """The array itself, shape (T, N), read-only."""
        return self._values

    @property
    def sessions(self) -> Sessions:
        """Row labels."""
        return self._sessions

    @property
    def assets(self) -> Assets:
        """Column labels."""
        return self._assets

    @property
    def name(self) -> str:
        """What the values are."""
        return self._name

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names of the groups behind the codes; None for numbers and masks."""
        return self._labels

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What the values were made of."""
        return self._provenance

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return (len(self._sessions), len(self._assets))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of one value."""
        return self._values.dtype

    @property
    def kind(self) -> str:
        """One of ``number``, ``truth`` or ``group``."""
        return _KINDS[self.dtype.kind]

    @property
    def coverage(self) -> float:
        """Share of cells that hold a value: finite, true, or a group."""
        if not self._values.size:
            return float("nan")
        return float(np.mean(_present(self._values)))

    def at(self, asset: str, session: SessionLike) -> Any:
        """One value: a float, a bool, or the name of a group (None without one)."""
        value = self._values[self._sessions.index(session), self._assets.index(asset)].item()
        if self._labels is None:
            return value
        return None if value < 0 else self._labels[value]

    def between(self, start: SessionLike | None = None, end: SessionLike | None = None) -> Panel:
        """The rows from `start` to `end`, both included."""
        rows = self._sessions.slice(start, end)
        return self._like(self._values[rows], Sessions(self._sessions.values[rows]), self._assets)

    def select(self, assets: Iterable[str]) -> Panel:
        """The columns of `assets`, in the panel's own order."""
        wanted = sorted({self._assets.index(asset) for asset in assets})
        chosen = Assets(self._assets[column] for column in wanted)
        return self._like(self._values[:, wanted], self._sessions, chosen)

    def rename(self, name: str) -> Panel:
        """The same values under another name."""
        return Panel(
            self._values, self._sessions, self._assets, name, self._labels, self._provenance
        )

    def to_numpy(self) -> AnyPanel:
        """The read-only array of shape (T, N)."""
        return self._values

    def to_pandas(self) -> pd.DataFrame:
        """A wide frame: index ``session`` (datetime64), columns ``asset``."""
        import pandas as pd

        index = pd.DatetimeIndex(self._sessions.values.astype("datetime64[ns]"), name="session")
        columns = pd.Index(self._assets.names, name="asset")
        return pd.DataFrame(self._decoded(), index=index, columns=columns)

    def to_polars(self) -> pl.DataFrame:
        """A long frame: ``session``, ``asset``, and the value under the panel's name.

        NaN becomes null, as polars means it.
        """
        import polars as pl

        n_sessions, n_assets = self.shape
        values = pl.Series(self._name or "value", self._decoded().ravel())
        if self.kind == "number":
            values = values.fill_nan(None)
        return pl.DataFrame(
            {
                "session": np.repeat(self._sessions.values, n_assets),
                "asset": pl.Series(list(self._assets.names) * n_sessions, dtype=pl.String),
            }
        ).with_columns(values)

    def __len__(self) -> int:
        return len(self._sessions)

    def __repr__(self) -> str:
        span = f"{self._sessions.first} … {self._sessions.last}" if len(self) else "no session"
        return (
            f"Panel({self._name or 'unnamed'}: {self.shape[0]} sessions × {self.shape[1]} assets, "
            f"{self.dtype}, {100 * self.coverage:.1f} % present, {span})"
        )

    def _repr_html_(self) -> str:
        return panel_html(repr(self), self._values, self._sessions, self._assets, self._labels)

    def _decoded(self) -> AnyPanel:
        """Values for people: group names instead of codes."""
        if self._labels is None:
            return self._values
        names = np.array([*self._labels, None], dtype=object)
        return names[self._values]

    def _like(self, values: AnyPanel, sessions: Sessions, assets: Assets) -> Panel:
        return Panel(values, sessions, assets, self._name, self._labels, self._provenance)


def _present(values: AnyPanel) -> AnyPanel:
    """Cells that hold something."""
    if values.dtype.kind == "f":
        return np.isfinite(values)
    return values if values.dtype.kind == "b" else values >= 0


def _checked_labels(array: AnyPanel, labels: Iterable[str] | None) -> tuple[str, ...] | None:
    """Group names that fit the codes, or None for numbers and masks."""
    if array.dtype.kind != "i":
        if labels is not None:
            raise PanelError("Only group codes (int32) have labels; numbers and masks have none.")
        return None
    if labels is None:
        raise PanelError("Group codes need `labels`, the names of the groups.")
    names = tuple(labels)
    if array.size and (array.min() < -1 or array.max() >= len(names)):
        raise PanelError(
            f"Group codes must lie in -1 … {len(names) - 1}; got {array.min()} … {array.max()}."
        )
    return names
