"""A secret that comes back escaped character by character is found in text, bytes and stores."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
import zstandard

from workbench.data.cellar import Cellar
from workbench.data.client import Client, Landing
from workbench.data.provider import Unit
from workbench.data.redaction import redact, redact_bytes
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings
from workbench.data.store import UnitRecord
from workbench.data.update import update

CANARY = "Canary/0123+456789=abcdefCANARY"
TOKEN = Secret(CANARY)


def each(form: str) -> str:
    return "".join(form % ord(one) for one in CANARY)


ESCAPED = {
    "json": each("\\u%04x"),
    "json upper": each("\\u%04X"),
    "json twice": each("\\\\u%04x"),
    "json in part": each("\\u%04x")[:36] + CANARY[6:],
    "slash": CANARY.replace("/", "\\/"),
    "python": each("\\x%02x"),
    "url": each("%%%02X"),
    "html": each("&#%d;"),
    "html hex": each("&#x%X;"),
}


@pytest.mark.parametrize("form", ESCAPED)
def test_escaped_spellings_are_masked(form: str):
    assert redact(f"got {ESCAPED[form]}!") == "got ***!"
    assert redact_bytes(f'["{ESCAPED[form]}"]'.encode()) == b'["***"]'


@pytest.mark.parametrize("width", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters_are_masked(width: str):
    for text in (CANARY, ESCAPED["json"]):
        assert redact_bytes(f'{{"msg": "{text}"}}'.encode(width)) == b"***"


def test_honest_bytes_stay():
    for data in (b"\\u4e00\\/ 600519.SH % &#67; \0", bytes(range(256)) * 9, b"\\" * 100_000):
        assert redact_bytes(data) == data


def test_the_ledger_keeps_no_secret(tmp_path: Path):
    cellar, day = Cellar.open(tmp_path), date(2024, 1, 2)
    note = f"said {ESCAPED['json']} and {CANARY}"
    cellar.ledger.attempt("cn.st_1d", "tushare", "2024-01-02", "failed", note)
    at = datetime(2024, 1, 2, tzinfo=UTC)
    unit = UnitRecord(
        "cn.st_1d", "tushare", "2024-01-03", "verified", day, day, 1, 1, 0, "", at, note
    )
    cellar.ledger.record("cn.st_1d", 0, [unit])
    assert cellar.ledger.attempts()["reason"].to_list() == ["said *** and ***"]
    assert cellar.ledger.units()["note"].to_list() == ["said *** and ***"]


@pytest.mark.parametrize("made", [str.encode, lambda text: text.encode("utf-16")])
def test_the_quarantine_keeps_no_secret(tmp_path: Path, made: Callable[[str], bytes]):
    landing = Landing(tmp_path)
    why = landing.quarantine("tushare", Unit("cn.st_1d", "k"), made(CANARY), ESCAPED["json"])
    (kept,) = landing.quarantined()
    assert kept.reason == "***"
    assert zstandard.ZstdDecompressor().decompress(kept.file.read_bytes()) == b"***"
    assert "***" in why.read_text()


class Echo(httpx.AsyncBaseTransport):
    def __init__(self, body: bytes) -> None:
        self.body = body

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return httpx.Response(200, content=self.body)


def answer(item: str) -> bytes:
    fields = ["exchange", "cal_date", "is_open", "pretrade_date"]
    rows = [["SSE", "20240102", 1, "TOKEN"], ["TOKEN", "20240103", 1, "20240102"]]
    whole = json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": rows}})
    return whole.replace("TOKEN", item).encode()


BODIES = {
    **{form: answer(ESCAPED[form]) for form in ("json", "json upper", "json in part", "slash")},
    "message": json.dumps({"code": 2002, "msg": ESCAPED["json"]}).encode(),
    "wide": json.dumps({"code": 2002, "msg": CANARY}).encode("utf-16"),
}


@pytest.mark.parametrize("form", BODIES)
def test_an_echo_reaches_neither_report_nor_disk(tmp_path: Path, form: str):
    settings = ProviderSettings(retries=1, retry_wait_s=0.0, max_wait_s=0.0)
    cellar = Cellar.open(tmp_path, settings=Settings(providers={"tushare": settings}))
    report = update(
        cellar,
        "cal.sessions",
        start="2024-01-02",
        end="2024-01-05",
        provider="tushare",
        client_factory=lambda vendor, held: Client(
            vendor, held, token=TOKEN, transport=Echo(BODIES[form])
        ),
    )
    assert not report.complete
    with sqlite3.connect(tmp_path / "meta" / "ledger.sqlite") as connection:
        reasons = str(connection.execute("SELECT * FROM attempts").fetchall())
    connection.close()
    texts = [str(report), json.dumps(report.to_dict()), reasons]
    for path in tmp_path.rglob("*"):
        if path.suffix == ".zst":
            texts.append(
                zstandard.ZstdDecompressor().decompress(path.read_bytes()).decode("latin1")
            )
        elif path.is_file():
            texts.append(path.read_bytes().decode("latin1"))
    for part in (CANARY, CANARY[8:16], ESCAPED["json"][:36], "C\0a\0n\0a\0r\0y"):
        assert not any(part in text for text in texts)
