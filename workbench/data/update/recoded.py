"""Securities whose code changed: their history may come under the old and the new code at once.

1. `Recoded.read` takes the securities with several codes from ref.securities
2. `Recoded.repeated` names the codes of an answer that repeat what stands there under the code in
   force; where that one is absent nothing is a repetition, and nothing is lost
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["Recoded"]

_SECURITIES = "ref.securities"

Span = tuple[str, date | None, date | None]


@dataclass(frozen=True)
class Recoded:
    """Codes of securities that had several.

    Attributes
    ----------
    spans : tuple of tuple of (str, date or None, date or None)
        One entry a security: each of its codes with the first and last day on which it held.

    Examples
    --------
    >>> change = date(2018, 12, 26)
    >>> port = (("000022.SZ", None, date(2018, 12, 25)), ("001872.SZ", change, None))
    >>> known = Recoded((port,))
    >>> known.repeated(date(2018, 12, 24), {"000022.SZ", "001872.SZ", "600519.SH"})
    ('001872.SZ',)
    >>> known.repeated(change, {"001872.SZ"})
    ()
    """

    spans: tuple[tuple[Span, ...], ...] = ()

    @classmethod
    def read(cls, cellar: Cellar) -> Recoded:
        """Read what the store knows; nobody where the securities are not stored."""
        if not cellar.has(_SECURITIES):
            return cls()
        columns = ["security_id", "asset", "valid_from", "valid_to"]
        rows = cellar.table(_SECURITIES).read(columns)
        several = rows.filter(pl.col("security_id").is_duplicated()).sort(
            "security_id", "valid_from", nulls_last=False
        )
        groups = several.partition_by("security_id", include_key=False, maintain_order=True)
        return cls(tuple(tuple(group.rows()) for group in groups))

    def repeated(self, day: date, codes: Collection[str]) -> tuple[str, ...]:
        """Codes not in force on `day` whose security is there under the code in force."""
        found: list[str] = []
        for spans in self.spans:
            held = {code for code, first, last in spans if _within(day, first, last)}
            if held & set(codes):
                found += [code for code, _, _ in spans if code in codes and code not in held]
        return tuple(sorted(found))


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
