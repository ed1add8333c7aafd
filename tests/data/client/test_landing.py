"""Landing: what is written is read, or nothing is; quarantine; two writers."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.client.landing import Landing
from workbench.data.client.landing_file import content_hash, pack, unpack
from workbench.data.provider import Pages, Request, Response, Unit
from workbench.errors import BadValueError, StoreCorruptionError

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
UNIT = Unit("cn.bars_1d", "600519.SH/2024-01", date(2024, 1, 1), date(2024, 1, 31), ("600519.SH",))


def pages(unit: Unit = UNIT, body: bytes = b'{"code": 0}', number: int = 2) -> Pages:
    request = Request("daily", "POST", "/", {"a": "甲"}, {"n": 1, "x": None, "y": [1.5, "z"]})
    headers = {"content-type": "application/json", "set-cookie": "session=1"}
    return Pages(unit, ((request, Response(200, headers, body)),) * number)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path, clock=lambda: NOW)


def test_round_trip(landing: Landing) -> None:
    sha = landing.land("tushare", pages())
    found = landing.find("tushare", UNIT)
    assert found.at == NOW
    assert found.sha256 == sha == content_hash(pages().answers)
    (request, response), second = found.pages.answers
    assert (request, response) == second
    assert request == pages().answers[0][0]
    assert (response.status, response.body) == (200, b'{"code": 0}')
    assert response.headers == {"content-type": "application/json"}
    assert found.pages.unit == UNIT
    assert landing.pending("tushare", "cn.bars_1d") == (UNIT,)
    landing.discard("tushare", UNIT)
    assert landing.read("tushare", UNIT) is None
    assert landing.pending("tushare", "cn.bars_1d") == ()
    landing.discard("tushare", UNIT)


def test_empty_answers(landing: Landing) -> None:
    landing.land("tushare", pages(body=b""))
    landing.land("tushare", pages(Unit("cn.bars_1d", "none"), number=0))
    assert len(landing.read("tushare", UNIT).answers) == 2
    assert landing.read("tushare", Unit("cn.bars_1d", "none")).answers == ()


def test_kept(landing: Landing, tmp_path: Path) -> None:
    landing.land("tushare", pages())
    landing.discard("tushare", UNIT, keep=True)
    assert landing.pending("tushare", "cn.bars_1d") == ()
    (kept,) = tmp_path.rglob("kept/*.zst")
    assert unpack(kept.read_bytes()).pages.unit == UNIT


def test_same_content_same_hash(landing: Landing) -> None:
    assert content_hash(pages().answers) != content_hash(pages(number=1).answers)
    assert content_hash(pages(body=b"1").answers) != content_hash(pages(body=b"2").answers)
    assert pack("tushare", pages(), NOW) == pack("tushare", pages(), NOW)


def test_other_vendor_other_window(landing: Landing) -> None:
    landing.land("tushare", pages())
    assert landing.read("massive", UNIT) is None
    wider = Unit(UNIT.dataset, UNIT.key, UNIT.first, date(2024, 2, 1))
    assert landing.read("tushare", wider) is None
    fewer = Unit(UNIT.dataset, UNIT.key, UNIT.first, UNIT.last)
    assert landing.read("tushare", fewer) is not None


HOSTILE = ["../../etc/passwd", "/abs", "a/../..", "..", ".", "", "CON", "x" * 300, "a\0b", "甲/乙"]


@pytest.mark.parametrize("key", HOSTILE)
def test_keys_are_no_paths(landing: Landing, tmp_path: Path, key: str) -> None:
    unit = Unit("cn.bars_1d", key)
    landing.land("tushare", pages(unit))
    landing.quarantine("tushare", unit, b"x", "odd")
    assert landing.read("tushare", unit) is not None
    files = [path.resolve() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert all(path.parent.name == "cn.bars_1d" for path in files)


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "a..b", ".a", "a\n", "甲"])
def test_names_are_checked(landing: Landing, name: str) -> None:
    with pytest.raises(BadValueError):
        landing.land("tushare", pages(Unit(name, "k")))
    with pytest.raises(BadValueError):
        landing.pending(name, "cn.bars_1d")


PACKED = pack("tushare", pages(), NOW)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.integers(0, 7), st.booleans())
def test_damage_is_never_data(place: int, bit: int, cut: bool) -> None:
    """A flipped bit or a lost end: an error, or the very same content."""
    broken = bytearray(PACKED)
    broken[place] ^= 1 << bit
    data = PACKED[:place] if cut else bytes(broken)
    try:
        found = unpack(data)
    except StoreCorruptionError:
        return
    assert found == unpack(PACKED)


@given(st.binary(max_size=200))
def test_foreign_bytes(data: bytes) -> None:
    with pytest.raises(StoreCorruptionError):
        unpack(data)


class TestQuarantine:
    def test_reason_and_answer(self, landing: Landing) -> None:
        landing.quarantine("tushare", UNIT, pages(), "rows of another day")
        landing.quarantine("tushare", UNIT, pages(), "rows of another day")
        landing.quarantine("massive", Unit("us.bars_1d", "2024"), b"<html>", "no JSON")
        found = landing.quarantined()
        assert [item.provider for item in found] == ["massive", "tushare"] or len(found) == 2
        (one,) = landing.quarantined("tushare")
        assert (one.dataset, one.key, one.reason) == (UNIT.dataset, UNIT.key, "rows of another day")
        assert one.at == NOW
        assert unpack(one.file.read_bytes()).pages.answers == landing_answers()
        assert landing.quarantined("tushare", "cn.basic_1d") == []
        assert len(landing.quarantined(dataset="us.bars_1d")) == 1

    def test_damaged_reason(self, landing: Landing) -> None:
        why = landing.quarantine("tushare", UNIT, b"x", "odd")
        why.write_text("{")
        with pytest.raises(StoreCorruptionError, match="Remove"):
            landing.quarantined()


def landing_answers() -> tuple:
    """The answers without the headers that are not kept."""
    return unpack(PACKED).pages.answers


WRITER = """
import sys
from pathlib import Path
from workbench.data.client.landing import Landing
from workbench.data.provider import Pages, Request, Response, Unit
unit, landing = Unit("cn.bars_1d", "2024-01-02"), Landing(Path(sys.argv[1]))
for turn in range(12):
    body = (sys.argv[2] * 50_000).encode()
    answer = (Request("daily", "POST", "/"), Response(200, {}, body))
    landing.land("tushare", Pages(unit, (answer,)))
"""


def test_two_processes_land_one_unit(tmp_path: Path) -> None:
    start = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*start, letter]) for letter in "ab"]
    landing, unit, seen = Landing(tmp_path), Unit("cn.bars_1d", "2024-01-02"), set()
    while any(writer.poll() is None for writer in writers):
        found = landing.read("tushare", unit)
        if found is not None:
            body = found.answers[0][1].body
            assert body in (b"a" * 50_000, b"b" * 50_000)
            seen.add(body[:1])
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen
    assert len(list((tmp_path / "raw").rglob("*.*"))) == 2  # the dataset's folder and one file
