"""The file of a landed unit: JSON that describes it, then the bodies, checksummed and compressed.

Inside the zstd frame stands one line ``workbench-landing 1 <sha256 of the rest>``, one line of
JSON (vendor, unit, time, requests, status, headers, sizes), then the bodies one after another.
Requests hold no token by construction; answers were redacted when they came.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import zstandard

from workbench.data.provider import Pages, Request, Response, Unit
from workbench.errors import StoreCorruptionError

__all__ = ["Landed", "content_hash", "pack", "unpack"]

MAGIC = b"workbench-landing 1 "

LARGEST = 4 << 30
"""Bytes that a landed unit may have decompressed."""

# What an answer needs to be judged and read again; the rest (cookies, traces) is not ours to keep.
HEADERS = ("content-type", "date", "retry-after", "x-request-id")


@dataclass(frozen=True, slots=True)
class Landed:
    """A landed unit: whose, its pages, when it landed (UTC) and the hash of its content."""

    provider: str
    pages: Pages
    at: datetime
    sha256: str


def content_hash(answers: tuple[tuple[Request, Response], ...]) -> str:
    """SHA-256 of what was asked and answered, without times and headers."""
    digest = hashlib.sha256()
    for request, response in answers:
        digest.update(_json({"request": _request(request), "status": response.status}))
        digest.update(len(response.body).to_bytes(8, "big") + response.body)
    return digest.hexdigest()


def pack(provider: str, pages: Pages, at: datetime) -> bytes:
    """The file of a landed unit; the same bytes for the same content and time."""
    answers = [
        {
            "request": _request(request),
            "status": response.status,
            "headers": {k: v for k, v in sorted(response.headers.items()) if k in HEADERS},
            "size": len(response.body),
        }
        for request, response in pages.answers
    ]
    unit = asdict(pages.unit)
    unit |= {"first": _day(pages.unit.first), "last": _day(pages.unit.last)}
    head = {"provider": provider, "unit": unit, "at": at.isoformat(), "answers": answers}
    rest = b"\n".join([_json(head), b"".join(answer.body for _, answer in pages.answers)])
    line = MAGIC + hashlib.sha256(rest).hexdigest().encode() + b"\n"
    return zstandard.ZstdCompressor(level=6, write_checksum=True).compress(line + rest)


def unpack(data: bytes) -> Landed:
    """Read such a file.

    Raises
    ------
    StoreCorruptionError
        If anything about it is not as it was written.
    """
    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as stream:
            plain = stream.read(LARGEST + 1)
        line, _, rest = plain.partition(b"\n")
        if len(plain) > LARGEST or line != MAGIC + hashlib.sha256(rest).hexdigest().encode():
            raise ValueError("its checksum differs")
        text, _, bodies = rest.partition(b"\n")
        head = json.loads(text)
        found, at = [], 0
        for answer in head["answers"]:
            body = bodies[at : at + answer["size"]]
            at += answer["size"]
            response = Response(answer["status"], answer["headers"], body)
            found.append((Request(**answer["request"]), response))
        unit = head["unit"] | {name: _read_day(head["unit"][name]) for name in ("first", "last")}
        pages = Pages(Unit(**unit | {"codes": tuple(unit["codes"])}), tuple(found))
        when = datetime.fromisoformat(head["at"])
        return Landed(head["provider"], pages, when, content_hash(pages.answers))
    except (zstandard.ZstdError, ValueError, KeyError, TypeError) as error:
        raise StoreCorruptionError(f"not a landed answer: {error}") from None


def _request(request: Request) -> dict[str, Any]:
    return {
        "api": request.api,
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "body": None if request.body is None else dict(request.body),
        "url": request.url,
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
