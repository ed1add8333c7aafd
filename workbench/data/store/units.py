"""What one settled unit of updating is: the record in commits and in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from workbench.errors import BadValueError

__all__ = ["SETTLED", "UnitRecord", "units_of", "units_text"]

SETTLED = ("verified", "committed", "empty_confirmed")
"""States of a unit that needs no further work."""


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """One settled unit.

    Attributes
    ----------
    dataset, provider, key : str
        Identity.
    state : str
        ``verified`` (as many rows as expected), ``committed`` (rows, some missing or nothing to
        compare with) or ``empty_confirmed``.
    first, last : date or None
        Days that the unit covers.
    rows : int
        Rows stored.
    expected : int or None
        Rows expected; None where there is no expectation.
    missing : int
        Expected rows that did not come.
    sha256 : str
        Of the content, hexadecimal; empty where there is none.
    settled_at : datetime
        Aware UTC, microseconds.
    note : str
        For people.
    """

    dataset: str
    provider: str
    key: str
    state: str
    first: date | None
    last: date | None
    rows: int
    expected: int | None
    missing: int
    sha256: str
    settled_at: datetime
    note: str = ""

    def __post_init__(self) -> None:
        if self.state not in SETTLED:
            raise BadValueError(
                f"expected a settled state ({', '.join(SETTLED)}), got {self.state!r} "
                f"for {self.dataset} {self.key}"
            )
        if self.settled_at.tzinfo is None:
            raise BadValueError(f"settled_at of {self.dataset} {self.key} needs a time zone")
        object.__setattr__(self, "settled_at", self.settled_at.astimezone(UTC))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; days as ISO text."""
        plain = asdict(self)
        for name in ("first", "last", "settled_at"):
            plain[name] = plain[name].isoformat() if plain[name] is not None else None
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> UnitRecord:
        """The record of `to_dict`.

        Raises
        ------
        BadValueError
            If the mapping is not one.

        Examples
        --------
        >>> day = date(2024, 1, 2)
        >>> at = datetime(2024, 1, 2, 10, tzinfo=UTC)
        >>> made = UnitRecord(
        ...     "cn.bars_1d", "tushare", "2024-01-02", "verified", day, day, 2, 2, 0, "ab", at
        ... )
        >>> UnitRecord.from_dict(made.to_dict()) == made
        True
        """
        try:
            values = dict(plain)
            for name in ("first", "last"):
                values[name] = date.fromisoformat(values[name]) if values[name] else None
            values["settled_at"] = datetime.fromisoformat(values["settled_at"])
            return cls(**values)
        except (KeyError, TypeError, ValueError) as error:
            raise BadValueError(f"expected a unit record, got {plain!r}: {error}") from error

    def same_as(self, other: UnitRecord | None) -> bool:
        """Whether the other record says the same, whenever it was settled."""
        return other is not None and replace(other, settled_at=self.settled_at) == self


def units_text(units: str | Iterable[UnitRecord | Mapping[str, Any]]) -> str:
    """Unit records as the JSON text that a commit carries."""
    return json.dumps([unit.to_dict() for unit in units_of(units)], ensure_ascii=False)


def units_of(units: str | Iterable[UnitRecord | Mapping[str, Any]]) -> tuple[UnitRecord, ...]:
    """Unit records from JSON text, mappings or records.

    Raises
    ------
    BadValueError
        If one of them is none.
    """
    try:
        found = json.loads(units) if isinstance(units, str) else units
    except json.JSONDecodeError as error:
        raise BadValueError(f"expected a JSON list of unit records: {error}") from error
    return tuple(
        unit if isinstance(unit, UnitRecord) else UnitRecord.from_dict(unit) for unit in found
    )
