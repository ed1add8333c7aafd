"""Market: fields on demand over one grid of sessions and assets.

A market asks its source for raw fields, shows them adjusted, derives what follows from them and
answers masks. It is a frozen value: narrowing or changing it makes another market.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel, read_only
from workbench.errors import EmptyUniverseError, PanelError, UnknownFieldError, near_names
from workbench.market.adjustment import PRICE_FIELDS, adjusted, checked_adjustment
from workbench.market.assets import Assets
from workbench.market.derived import DERIVED, derived_field
from workbench.market.market_html import market_html
from workbench.market.panel import Panel
from workbench.market.sessions import SessionLike, Sessions
from workbench.market.source import FieldSource, offers
from workbench.market.source_views import OverlaySource, SlicedSource
from workbench.market.universe import mask_values

__all__ = ["Market"]

# A store of statements knows over a thousand fields; a message names this many.
_NAMED = 60


def _listed(names: Sequence[str]) -> str:
    """The names, or the first of them and how many more there are."""
    more = f" … and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


class Market:
    """Everything known about a set of assets over a span of sessions.

    Parameters
    ----------
    source : FieldSource
        Who delivers raw fields.
    adjust : {"hfq", "none"}
        Whether prices are shown times the cumulative factor. ``raw_close`` and its like always
        give the price as traded.
    universe : Panel of bool, str or None
        Membership: a mask on the same grid, the name of a field whose positive values mean
        membership (an index weight, say), or every listed asset.
    name : str
        What to call the market in captions.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.market import ArraySource, Assets, Sessions
    >>> source = ArraySource(
    ...     Sessions(["2019-01-02", "2019-01-03"]),
    ...     Assets(["000001.SZ"]),
    ...     {"close": np.array([[10.0], [5.5]]), "adj_factor": np.array([[1.0], [2.0]])},
    ... )
    >>> market = Market(source, adjust="hfq")
    >>> market["close"].values.ravel()
    array([10., 11.])
    >>> market["returns"].values.ravel()
    array([nan, 0.1])
    """

    def __init__(
        self,
        source: FieldSource,
        *,
        adjust: str = "hfq",
        universe: Panel | str | None = None,
        name: str = "",
    ) -> None:
        if not len(source.sessions) or not len(source.assets):
            raise EmptyUniverseError(
                f"A market needs sessions and assets; got {len(source.sessions)} sessions and "
                f"{len(source.assets)} assets. Widen the dates or the list of assets."
            )
        self._source = source
        self._adjust = checked_adjustment(adjust, source.fields)
        self._name = name
        self._universe = universe
        self._cache: dict[str, Panel] = {}
        self._masks: dict[str, Panel] = {}
        self._membership = self._checked_membership(universe)

    @property
    def name(self) -> str:
        """What to call this market."""
        return self._name

    @property
    def adjust(self) -> str:
        """``hfq`` or ``none``: how prices are shown."""
        return self._adjust

    @property
    def sessions(self) -> Sessions:
        """Row labels of every panel."""
        return self._source.sessions

    @property
    def assets(self) -> Assets:
        """Column labels of every panel."""
        return self._source.assets

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return (len(self.sessions), len(self.assets))

    @property
    def source_fields(self) -> tuple[str, ...]:
        """Raw fields that the source holds."""
        return self._source.fields

    @property
    def fields(self) -> tuple[str, ...]:
        """Names that ``market[name]`` answers.

        Families are not listed whole: ``adv<d>`` for any d is shown as ``adv20``, and a store
        answers figures with a number, such as ``income_revenue_q_2``.
        """
        raw = self._source.fields
        held = set(raw)
        prices = tuple(f"raw_{n}" for n in raw if n in PRICE_FIELDS or n == "volume")
        held.update(prices)
        derived = tuple(
            name
            for name in (*DERIVED, "adv20")
            if name not in held and all(need in held for need in derived_field(name).needs)  # type: ignore[union-attr]
        )
        return (*raw, *prices, *derived)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where the values came from, and how they are shown."""
        return {**self._source.provenance, "name": self._name, "adjust": self._adjust}

    @property
    def universe_given(self) -> bool:
        """Whether a membership was given; otherwise every listed asset belongs."""
        return self._universe is not None

    @property
    def universe_name(self) -> str:
        """What membership means: ``listed``, a field, or the name of a mask that was given."""
        if self._universe is None:
            return "listed"
        return self._universe if isinstance(self._universe, str) else f"mask {self._universe.name}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a careful reader should know about this market."""
        said = tuple(self._source.provenance.get("notes", ()))
        missing = {"up_limit", "down_limit"} - set(self._source.fields)
        if missing:
            said += ("Price limits are unknown here: buyable and sellable equal quoted.",)
        if "listed" not in self._source.fields:
            said += ("Listing dates are unknown here: an asset is listed from its first bar on.",)
        return said

    def __getitem__(self, name: str) -> Panel:
        """The panel of a field; raises `UnknownFieldError` with near names."""
        if name not in self._cache:
            values, labels = self._load(name)
            self._cache[name] = Panel(
                values, self.sessions, self.assets, name, labels, self.provenance
            )
        return self._cache[name]

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        recipe = derived_field(name)
        derived = recipe is not None and all(need in self for need in recipe.needs)
        return derived or name in self.fields or offers(self._source, name)

    def mask(self, name: str) -> Panel:
        """A bool panel: listed, quoted, buyable, sellable, universe or estimation."""
        if name not in self._masks:
            values = mask_values(name, self._raw_or_none, self._membership)
            self._masks[name] = Panel(values, self.sessions, self.assets, name)
        return self._masks[name]

    def between(self, start: SessionLike | None = None, end: SessionLike | None = None) -> Market:
        """The market from `start` to `end`, both included."""
        rows = self.sessions.slice(start, end)
        if rows.start == rows.stop:
            span = " and ".join(
                part for part in (start and f"from {start}", end and f"to {end}") if part
            )
            turned = start is not None and end is not None and str(start) > str(end)
            raise EmptyUniverseError(
                f"No session lies {span}{' (start and end are reversed)' if turned else ''}; "
                f"this market runs from {self.sessions.first} to {self.sessions.last}."
            )
        return self._narrowed(rows, None)

    def truncate(self, session: SessionLike) -> Market:
        """The market as it stood after `session`: nothing later exists in it."""
        return self._narrowed(slice(0, self.sessions.index(session) + 1), None)

    def select(self, assets: Iterable[str]) -> Market:
        """The market of some assets."""
        columns = sorted({self.assets.index(asset) for asset in assets})
        return self._narrowed(slice(0, len(self.sessions)), columns)

    def with_fields(self, fields: Mapping[str, AnyPanel | Panel]) -> Market:
        """The market with raw fields added or replaced.

        Arrays have the market's shape; panels must carry its own sessions and assets, because a
        panel of the same shape from other sessions would bring values of other days with it.

        Raises
        ------
        PanelError
            If a panel has other labels, or an array another shape.
        """
        arrays = {
            name: self._on_this_grid(value, f"field {name!r}")
            if isinstance(value, Panel)
            else value
            for name, value in fields.items()
        }
        return self._like(OverlaySource(self._source, arrays), self._universe)

    def with_universe(self, universe: Panel | str | None) -> Market:
        """The same market over another universe."""
        return self._like(self._source, universe)

    def __repr__(self) -> str:
        title = f"{self._name}: " if self._name else ""
        return (
            f"Market({title}{self.shape[0]} sessions × {self.shape[1]} assets, "
            f"{self.sessions.first} … {self.sessions.last}, adjust={self._adjust!r}, "
            f"{len(self.fields)} fields)"
        )

    def _repr_html_(self) -> str:
        return market_html(
            repr(self), self.fields, self.notes, self.mask("estimation").values.sum(axis=1)
        )

    def _like(self, source: FieldSource, universe: Panel | str | None) -> Market:
        return Market(source, adjust=self._adjust, universe=universe, name=self._name)

    def _narrowed(self, rows: slice, columns: list[int] | None) -> Market:
        universe = self._universe
        if isinstance(universe, Panel):
            values = universe.values[rows]
            values = values if columns is None else values[:, columns]
            source = SlicedSource(self._source, rows, columns)
            universe = Panel(values, source.sessions, source.assets, universe.name)
            return self._like(source, universe)
        return self._like(SlicedSource(self._source, rows, columns), universe)

    def _on_this_grid(self, panel: Panel, what: str) -> AnyPanel:
        """Values of a panel that carries this market's own labels."""
        if panel.sessions != self.sessions or panel.assets != self.assets:
            raise PanelError(
                f"{what} must have the market's own labels ({self.sessions}, {self.assets}); "
                f"got {panel.sessions}, {panel.assets}. Take it from this market, or narrow both."
            )
        return panel.values

    def _raw_or_none(self, name: str) -> FloatPanel | None:
        return self._source.field(name) if name in self._source.fields else None

    def _load(self, name: str) -> tuple[AnyPanel, tuple[str, ...] | None]:
        """Values and labels of a field: held by the source, raw on request, or derived."""
        held = self._source.fields
        if offers(self._source, name):
            labels = self._source.labels(name)
            values = self._source.field(name)
            if self._adjust == "hfq" and labels is None:
                values = adjusted(name, values, self._source.field("adj_factor"))
            return read_only(values), labels
        raw = name.removeprefix("raw_")
        if name != raw and raw in held:
            return self._source.field(raw), self._source.labels(raw)
        recipe = derived_field(name)
        if recipe is not None and all(need in self for need in recipe.needs):
            return read_only(recipe.compute(*(self[need].values for need in recipe.needs))), None
        raise self._unknown(name, recipe.needs if recipe else ())

    def _unknown(self, name: str, needs: tuple[str, ...]) -> UnknownFieldError:
        missing = [need for need in needs if need not in self]
        if missing:
            return UnknownFieldError(
                f"Field {name!r} is derived from {', '.join(needs)}, but this market has no "
                f"{', '.join(missing)}."
            )
        return UnknownFieldError(
            f"This market has no field {name!r}.{near_names(name, self.fields)} "
            f"It has: {_listed(self.fields)}."
        )

    def _checked_membership(self, universe: Panel | str | None) -> BoolPanel | None:
        """The mask behind `universe`, or None for every listed asset."""
        if universe is None:
            return None
        if isinstance(universe, str):
            values = self[universe].values
            if values.dtype.kind == "i":
                raise PanelError(f"A universe needs numbers or a mask; {universe!r} holds groups.")
            member = values > 0
        elif isinstance(universe, Panel) and universe.kind == "truth":
            member = self._on_this_grid(universe, "the universe")
        else:
            raise PanelError(
                f"A universe is a bool panel or the name of a field; got {universe!r}."
            )
        if not member.any():
            raise EmptyUniverseError(
                "The universe has no member on any session; check the mask or the field "
                f"{universe if isinstance(universe, str) else universe.name!r}."
            )
        return np.ascontiguousarray(member)
