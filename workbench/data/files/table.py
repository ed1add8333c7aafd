"""Files to one table of raw columns, with a way back from a row to its file.

1. Parquet keeps its types; CSV is read as text, so that nothing is guessed from the first rows,
   and only where the whole file is UTF-8 (a byte order mark is no matter)
2. files of one read have the same columns; types that disagree are refused
3. `Table.places` names file and row of any row of the table
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import BadValueError, SchemaError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Table", "read_table"]

_SHOWN = 5
# A value takes eight bytes, and reading holds each a few times over.
_CELL = 8
_FLOOD = 4_000_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Table:
    """The rows of one or more files.

    Attributes
    ----------
    frame : polars.DataFrame
        All rows, in file order.
    files : tuple of str
        File names.
    starts : tuple of int
        Row of the table at which each file begins.
    """

    frame: pl.DataFrame
    files: tuple[str, ...]
    starts: tuple[int, ...]

    def places(self, rows: Iterable[int]) -> list[str]:
        """Name rows of the table for people: counted from 1, without the header line."""
        named = []
        for row in rows:
            file = int(np.searchsorted(self.starts, row, side="right")) - 1
            where = f"row {row - self.starts[file] + 1}"
            named.append(where if len(self.files) == 1 else f"{self.files[file]} {where}")
        return named

    def examples(self, rows: Sequence[int], values: Sequence[object]) -> str:
        """Say the first few rows and their values, and how many there are in all."""
        shown = [
            f"{place}: {value!r}"
            for place, value in zip(self.places(rows[:_SHOWN]), values[:_SHOWN], strict=True)
        ]
        more = f" … {len(rows)} rows in all" if len(rows) > _SHOWN else ""
        return "; ".join(shown) + more


def read_table(files: Sequence[Path]) -> Table:
    """Read `files` into one table.

    Raises
    ------
    BadValueError
        A file cannot be read, or there are no rows.
    SchemaError
        Files with different columns or types.
    """
    import polars as pl

    frames = [_read_one(file) for file in files]
    first = frames[0]
    for file, frame in zip(files, frames, strict=True):
        odd = sorted(set(frame.columns) ^ set(first.columns))
        if odd:
            raise SchemaError(
                f"{file.name} and {files[0].name} differ in the columns {odd}; read them apart"
            )
    heights = [frame.height for frame in frames]
    if not sum(heights):
        raise BadValueError(f"{files[0].name}: no rows; expected daily bars")
    try:
        whole = pl.concat([frame.select(first.columns) for frame in frames], how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        raise SchemaError(f"the files differ in the type of a column: {error}") from error
    starts = np.concatenate([[0], np.cumsum(heights)[:-1]])
    return Table(whole, tuple(file.name for file in files), tuple(int(row) for row in starts))


def _read_one(file: Path) -> pl.DataFrame:
    """Read one file; polars' Rust panics are no `Exception`, hence the third class."""
    import polars as pl

    failures = (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException)
    try:
        if file.suffix.lower() == ".parquet":
            _refuse_floods(file)
            frame = pl.read_parquet(file, glob=False)
        else:
            _refuse_other_encodings(file)
            frame = pl.read_csv(file, infer_schema=False, glob=False)
    except failures as error:
        reason = str(error).strip().splitlines() or ["no reason given"]
        raise BadValueError(
            f"{file.name} cannot be read as {file.suffix[1:]}: {reason[0]}. The file may be cut "
            "short, empty, no UTF-8 text or of another kind; fetch or export it again"
        ) from error
    if len(set(map(str.lower, frame.columns))) != frame.width:
        raise SchemaError(f"{file.name}: columns differ only by case: {frame.columns}")
    return frame


def _refuse_floods(file: Path) -> None:
    """Refuse what would not fit: a few kilobytes of Parquet may spell billions of equal values."""
    import pyarrow as pa
    from pyarrow.parquet import read_metadata

    try:
        footer = read_metadata(file)
    except (pa.ArrowException, OSError):
        return  # polars says better what is wrong with it
    size = footer.num_rows * footer.num_columns * _CELL
    if size > _FLOOD:
        raise BadValueError(
            f"{file.name} holds {footer.num_rows:,} rows × {footer.num_columns} columns, about "
            f"{size / 1e9:.0f} GB in memory; at most {_FLOOD / 1e9:.0f} GB are read at once. "
            "Import it in parts, by year for example"
        )


def _refuse_other_encodings(file: Path) -> None:
    """Refuse text that is not UTF-8: read as such, its columns would have other names."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with file.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            # `object` is the chunk after what was pending of the one before: no line ends in that
            lines += error.object[: error.start].count(b"\n")
            raise BadValueError(
                f"{file.name} cannot be read as csv: line {lines} is not UTF-8 text (GBK, "
                "perhaps): save it as UTF-8, or as Parquet"
            ) from None
