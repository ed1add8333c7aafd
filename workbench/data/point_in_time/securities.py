"""Securities: stable identities, the codes they held, and the days on which they were listed.

1. `securities` reads ``ref.securities``, one row for each code a security has held, and the codes
   that only imported bars know
2. `Securities` answers who held a code on a day, and which code is the latest
3. what a user types (``000001.SZ``, ``SZ000001``, ``000001``) is told apart, or refused with the
   candidates: 000001 is a share in Shenzhen and an index in Shanghai
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from workbench.data.point_in_time.provisional import security_rows
from workbench.data.point_in_time.sessions import as_day, as_days
from workbench.errors import BadValueError, UnknownAssetError, near_names
from workbench.market.rules import board
from workbench.market.sessions import SessionLike

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["INDICES", "Securities", "securities"]

INDICES = (
    *("000001.SH", "000010.SH", "000016.SH", "000300.SH", "000688.SH", "000852.SH", "000905.SH"),
    *("000906.SH", "000985.SH", "399001.SZ", "399005.SZ", "399006.SZ", "399106.SZ", "399300.SZ"),
)
"""Indices that a bare number may mean even where the store holds none of their bars."""

_FOREVER = np.datetime64("9999-12-31", "D")
_CODE = re.compile(r"(?P<code>[0-9A-Z]{6})\.(?P<exchange>SH|SZ|BJ)")
_PREFIXED = re.compile(r"(?P<exchange>SH|SZ|BJ)\.?(?P<code>[0-9A-Z]{6})")
_BARE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, eq=False)
class Securities:
    """Who is who in one market.

    Attributes
    ----------
    frame : DataFrame
        Rows of ``ref.securities``: one for each code a security has held, ordered by
        `security_id` and `valid_from`.
    market : str
        ``cn`` or ``us``.
    indices : tuple of str
        Codes of indices, which a bare number might mean as well.
    """

    frame: pl.DataFrame
    market: str = "cn"
    indices: tuple[str, ...] = INDICES

    @cached_property
    def intervals(self) -> pl.DataFrame:
        """Security_id, asset, valid_from, valid_to (missing while the code holds)."""
        return self.frame.select("security_id", "asset", "valid_from", "valid_to")

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Identities, ascending."""
        return tuple(self.frame["security_id"].unique().sort())

    @cached_property
    def delisted(self) -> pl.DataFrame:
        """Security_id, asset (latest code) and `day`, the first on which it is not listed."""
        spans = self._spans.filter(pl.col("delist_date").is_not_null())
        return spans.select("security_id", "asset", day="delist_date")

    def listed(self, sessions: NDArray[np.datetime64], ids: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each security is listed on each day, shape (T, N).

        From its listing day to the day before `delist_date`; never, while it has no listing day.

        Raises
        ------
        UnknownAssetError
            If one of `ids` (identities or codes) is unknown.
        """
        days = as_days(sessions)[:, None]
        rows = [self._span_rows[self.identity(name)] for name in ids]
        start = self._spans["list_date"].to_numpy().astype("datetime64[D]")[rows]
        end = self._spans["delist_date"].to_numpy().astype("datetime64[D]")[rows]
        start = np.where(np.isnat(start), _FOREVER, start)
        end = np.where(np.isnat(end), _FOREVER, end)
        return (days >= start) & (days < end)

    def latest_code(self, security: str) -> str:
        """The last code of a security, given its identity or any of its codes."""
        return str(self._spans["asset"][self._span_rows[self.identity(security)]])

    def security_of(self, code: str, day: SessionLike) -> str:
        """The identity that held `code` on `day`.

        Raises
        ------
        UnknownAssetError
            If nobody did; the message names the spans in which somebody else did.
        """
        wanted = as_day(day)
        held = self._holders.get(code, ())
        for security, start, end in held:
            if start <= wanted <= end:
                return security
        if not held:
            raise self._unknown(code)
        spans = ", ".join(f"{security} {start} to {end}" for security, start, end in held)
        raise UnknownAssetError(f"Nobody held the code {code!r} on {wanted}; known: {spans}.")

    def identity(self, name: str) -> str:
        """The identity of a security, given that identity or a code (its latest holder)."""
        if name in self._span_rows:
            return name
        held = self._holders.get(name)
        if not held:
            raise self._unknown(name)
        return max(held, key=lambda span: span[1])[0]

    def normalise(self, code: str) -> str:
        """The asset that a user means: ``000001.SZ``, ``SZ000001``, or ``000001`` where unique.

        Raises
        ------
        UnknownAssetError
            If no share has the code, or a bare number fits several; names the candidates.
        """
        text = code.strip().upper() if isinstance(code, str) else ""
        if self.market != "cn":
            return self._known_code(text or str(code))
        found = _CODE.fullmatch(text) or _PREFIXED.fullmatch(text)
        if found:
            return self._known_code(f"{found['code']}.{found['exchange']}")
        if not _BARE.fullmatch(text):
            raise self._unknown(str(code))
        shares = sorted(name for name in self._holders if name.startswith(f"{text}."))
        indices = [name for name in self.indices if name.startswith(f"{text}.")]
        if len(shares) == 1 and not indices:
            return shares[0]
        if not shares and not indices:
            raise self._unknown(text)
        named = [f"{name} (share)" for name in shares] + [f"{name} (index)" for name in indices]
        raise UnknownAssetError(f"{code!r} is ambiguous: {', '.join(named)}. Name the exchange.")

    def boards(self, ids: Sequence[str]) -> NDArray[np.str_]:
        """Boards of securities as the rulebook names them, shape (N,); empty for other shares.

        Told from the latest code (``main_sh``, ``main_sz``, ``chinext``, ``star``, ``bse``), so
        that a depositary receipt is on STAR. B shares and foreign shares have none.
        """
        found = []
        for name in ids:
            try:
                found.append(board(self.latest_code(name)).value if self.market == "cn" else "")
            except UnknownAssetError:
                self.identity(name)  # an unknown security is an error, a foreign board is not
                found.append("")
        return np.array(found, dtype=np.str_)

    def place(self, frame: pl.DataFrame, names: Sequence[str], day: str) -> pl.DataFrame:
        """Give each row of `frame` the position of its security among `names`.

        Rows may carry any code that a security has held. Where one code was held by several
        securities, `day` (a column of `frame`) tells whose row it is: the holder on that day, else
        the next one to hold it.

        Returns
        -------
        DataFrame
            Rows that belong to one of `names`, with `column` (Int32).
        """
        ids = [self.identity(name) for name in names]
        if len(set(ids)) != len(ids):
            twice = sorted({names[row] for row, name in enumerate(ids) if ids.count(name) > 1})
            raise BadValueError(f"The assets {twice} are codes of one security; name it once.")
        columns = pl.DataFrame(
            {"security_id": ids, "column": np.arange(len(ids), dtype=np.int32)},
            schema={"security_id": pl.String, "column": pl.Int32},
        )
        owners = self.intervals.group_by("asset", "security_id").agg(
            pl.col("valid_to").fill_null(pl.lit(_FOREVER)).max()
        )
        alone = owners.filter(pl.len().over("asset") == 1)
        several = owners.filter(pl.len().over("asset") > 1).sort("valid_to")
        simple = frame.join(alone.join(columns, on="security_id").drop("valid_to", "security_id"),
                            on="asset")  # fmt: skip
        if several.is_empty():
            return simple
        shared = frame.filter(pl.col("asset").is_in(several["asset"].unique().implode()))
        shared = shared.sort(day).join_asof(
            several, left_on=day, right_on="valid_to", by="asset", strategy="forward",
            check_sortedness=False,
        ).join(columns, on="security_id")  # fmt: skip
        return pl.concat([simple, shared.select(simple.columns)])

    @cached_property
    def _spans(self) -> pl.DataFrame:
        """One row for each identity: latest code, first listing day, last delisting day."""
        ordered = self.frame.sort("security_id", "valid_from", nulls_last=False)
        return (
            ordered.group_by("security_id", maintain_order=True)
            .agg(
                pl.col("asset").last(),
                pl.col("list_date").min(),
                pl.col("delist_date").max(),
            )
            .sort("security_id")
        )

    @cached_property
    def _span_rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self._spans["security_id"])}

    @cached_property
    def _holders(self) -> dict[str, list[tuple[str, np.datetime64, np.datetime64]]]:
        found: dict[str, list[tuple[str, np.datetime64, np.datetime64]]] = {}
        for security, code, start, end in self.intervals.iter_rows():
            span = (
                security,
                np.datetime64("0001-01-01", "D") if start is None else np.datetime64(start, "D"),
                _FOREVER if end is None else np.datetime64(end, "D"),
            )
            found.setdefault(code, []).append(span)
        return found

    def _known_code(self, code: str) -> str:
        if code in self._holders:
            return code
        if code in self.indices:
            raise UnknownAssetError(f"{code!r} is an index, not a share.")
        raise self._unknown(code)

    def _unknown(self, name: str) -> UnknownAssetError:
        hint = near_names(name, self._holders)
        return UnknownAssetError(
            f"{name!r} is no security among the {len(self.ids)} of ref.securities.{hint}"
        )


def securities(cellar: Cellar, market: str = "cn") -> Securities:
    """Read the securities of a market.

    Parameters
    ----------
    cellar : Cellar
        Where ``ref.securities`` (market ``cn``) or ``us.tickers`` lies.
    market : str
        ``cn`` or ``us``.

    Raises
    ------
    NotCoveredError
        If the store has none.
    """
    if market == "us":
        from workbench.data.american.tickers import us_securities

        return us_securities(cellar)
    if market != "cn":
        raise BadValueError(f"A market is 'cn' or 'us'; got {market!r}.")
    frame = security_rows(cellar)
    indices = ()
    if cellar.has("idx.bars_1d"):
        indices = tuple(cellar.table("idx.bars_1d").read(columns=["asset"])["asset"].unique())
    ordered = frame.sort("security_id", "valid_from")
    return Securities(ordered, market, tuple(sorted({*INDICES, *indices})))
