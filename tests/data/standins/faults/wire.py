"""Servers that misbehave below the answer: silence, drips, floods, circles."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

__all__ = ["WIRE", "bomb"]

MEBIBYTE = 1 << 20
FLOOD = 1 << 30
"""Bytes of the flood, and of the bomb once it is unpacked."""

HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


def bomb(size: int = FLOOD) -> bytes:
    """A gzip stream of `size` spaces in about a thousandth of it; its checksum is wrong."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b" " * MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.flush(zlib.Z_FINISH)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return head + block * (size // MEBIBYTE) + tail + bytes(8)


def stall(handler: Any, body: bytes, closing: Event) -> None:
    """Take the request and never say a word."""
    closing.wait()
    handler.close_connection = True


def drip(handler: Any, body: bytes, closing: Event) -> None:
    """One byte every 20 ms: never silent, never done."""
    _start(handler, {"Content-Length": str(len(body) + 100_000)})
    for at in range(len(body) + 100_000):
        if closing.wait(0.02):
            break
        handler.wfile.write(body[at : at + 1] or b" ")
        handler.wfile.flush()
    handler.close_connection = True


def broken_off(handler: Any, body: bytes, closing: Event) -> None:
    """Promise the whole, send half, hang up."""
    _start(handler, {"Content-Length": str(len(body))})
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.close_connection = True


def gzip_bomb(handler: Any, body: bytes, closing: Event) -> None:
    """A thousandth of what it becomes."""
    handler.give(bomb(), extra={"Content-Encoding": "gzip"})


def flood(handler: Any, body: bytes, closing: Event) -> None:
    """A gibibyte in pieces, its length unsaid, never held here."""
    _start(handler, {"Transfer-Encoding": "chunked"})
    piece = b"%x\r\n" % MEBIBYTE + b" " * MEBIBYTE + b"\r\n"
    for _ in range(FLOOD // MEBIBYTE):
        handler.wfile.write(piece)
    handler.wfile.write(b"0\r\n\r\n")
    handler.close_connection = True


def announced_flood(handler: Any, body: bytes, closing: Event) -> None:
    """A gibibyte announced, of which little comes."""
    _start(handler, {"Content-Length": str(FLOOD)})
    handler.wfile.write(b" " * MEBIBYTE)
    handler.wfile.flush()
    closing.wait(2.0)
    handler.close_connection = True


def html_502(handler: Any, body: bytes, closing: Event) -> None:
    """A gateway's page."""
    handler.give(HTML_502, status=502, kind="text/html")


def redirect_loop(handler: Any, body: bytes, closing: Event) -> None:
    """Back to where one came from."""
    handler.give(b"", status=307, extra={"Location": handler.path})


def too_many(handler: Any, body: bytes, closing: Event) -> None:
    """429, whenever one asks."""
    handler.give(b"Too Many Requests", status=429, kind="text/plain", extra={"Retry-After": "1"})


def _start(handler: Any, headers: Mapping[str, str]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.flush()


WIRE: Mapping[str, Callable[[Any, bytes, Event], None]] = {
    function.__name__: function
    for function in (
        stall, drip, broken_off, gzip_bomb, flood, announced_flood, html_502, redirect_loop,
        too_many,
    )
}  # fmt: skip
