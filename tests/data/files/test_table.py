"""Text files are UTF-8 and Parquet files fit into memory, or are refused before they are read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from workbench.data.files import table as reader
from workbench.data.files.table import read_table
from workbench.errors import BadValueError

TEXT = "日期,代码,名称\n20200102,000001.SZ,平安银行\n20200103,600519.SH,贵州茅台\n"


def saved(folder: Path, held: bytes) -> list[Path]:
    """Return a file of these bytes."""
    file = folder / "bars.csv"
    file.write_bytes(held)
    return [file]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
def test_utf8_with_or_without_a_mark(tmp_path: Path, mark: bytes) -> None:
    frame = read_table(saved(tmp_path, mark + TEXT.encode())).frame
    assert frame.columns == ["日期", "代码", "名称"]
    assert frame["名称"].to_list() == ["平安银行", "贵州茅台"]


@pytest.mark.parametrize(
    ("held", "line"),
    [
        (TEXT.encode("gbk"), 1),
        (b"date,code,name\n" + "20200102,A,平安银行\n".encode("gbk"), 2),
        (TEXT.encode("utf-16"), 1),
        (b"date,code\n20200102,A\n20200103,\xe5\xb9", 3),
    ],
    ids=["gbk", "gbk values", "utf-16", "cut within a character"],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_other_encodings_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bytes, line: int, chunk: int
) -> None:
    monkeypatch.setattr(reader, "_CHUNK", chunk)
    said = rf"bars\.csv .* line {line} is not UTF-8 text \(GBK, perhaps\): save it as UTF-8"
    with pytest.raises(BadValueError, match=said):
        read_table(saved(tmp_path, held))


@pytest.mark.parametrize("chunk", [1, 2, 5])
def test_characters_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(reader, "_CHUNK", chunk)
    assert read_table(saved(tmp_path, TEXT.encode())).frame.height == 2


def test_bad_bytes_far_behind(tmp_path: Path) -> None:
    rows = b"20200102,A,1\n" * 200_000
    with pytest.raises(BadValueError, match="line 200002 is not UTF-8"):
        read_table(saved(tmp_path, b"date,code,x\n" + rows + b"20200103,\xb0\xb2,1\n"))


def test_a_flood_in_a_small_file_is_refused_by_its_footer(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_FLOOD", 8_000)
    file = tmp_path / "flood.parquet"
    pl.DataFrame({"a": [1.0] * 1_001}).write_parquet(file)
    with pytest.raises(BadValueError, match=r"1,001 rows × 1 columns.*in parts"):
        read_table([file])
    pl.DataFrame({"a": [1.0] * 1_000}).write_parquet(file)
    assert read_table([file]).frame.height == 1_000
