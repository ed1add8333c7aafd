"""Bodies read within limits: bytes as sent, bytes as decompressed.

httpx would decompress a whole chunk at once, and a small chunk may hold gigabytes. `Body` takes
the raw bytes, decompresses them piece by piece and stops at the cap.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from workbench.errors import BadAnswerError, UpstreamError

__all__ = ["ENCODINGS", "Body"]

ENCODINGS = "gzip, deflate"
"""What is offered to the server: encodings whose output can be bounded."""

# gzip and zlib headers are told apart by the decoder itself
AUTOMATIC = 32 + zlib.MAX_WBITS

PIECE = 1 << 18


class Body:
    """Collects one answer.

    Parameters
    ----------
    headers : mapping of str to str
        Lower-case names.
    cap : int
        Most bytes, as sent and as decompressed.

    Raises
    ------
    BadAnswerError
        At once if the server announces too much, or an encoding that was not offered.

    Examples
    --------
    >>> body = Body({"content-encoding": "gzip"}, cap=100)
    >>> body.feed(__import__("gzip").compress(b"2024"))
    >>> body.finish()
    b'2024'
    """

    def __init__(self, headers: Mapping[str, str], cap: int) -> None:
        self.cap = cap
        self.received = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._raw_deflate = False
        named = headers.get("content-encoding", "").strip().lower()
        if named not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadAnswerError(f"expected {ENCODINGS} or no encoding, got {named[:40]!r}")
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > cap:
            raise self._too_large(f"{int(announced):,} bytes announced")
        self._decoder = zlib.decompressobj(AUTOMATIC) if named not in ("", "identity") else None
        self._deflate = named == "deflate"

    @property
    def beginning(self) -> bytes:
        """What came so far, at most 64 KiB of it, for quarantine."""
        return b"".join(self._parts)[: 1 << 16]

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes as sent.

        Raises
        ------
        BadAnswerError
            If the answer is larger than the cap, as sent or as decompressed.
        UpstreamError
            If the bytes are not what the encoding promises.
        """
        self.received += len(chunk)
        if self.received > self.cap:
            raise self._too_large(f"{self.received:,} bytes sent")
        if self._decoder is None:
            self._keep(chunk)
            return
        more = bool(chunk)
        while more:
            chunk, more = self._decompress(chunk)

    def finish(self) -> bytes:
        """The whole body.

        Raises
        ------
        UpstreamError
            If the compressed bytes end too early.
        """
        if self._decoder is not None and self.received and not self._decoder.eof:
            raise UpstreamError("the compressed answer ends too early")
        return b"".join(self._parts)

    def _decompress(self, chunk: bytes) -> tuple[bytes, bool]:
        """Decompress one piece; what is left of the chunk, and whether to go on."""
        decoder = self._decoder
        assert decoder is not None
        if decoder.eof:  # gzip files may follow one another
            decoder = self._decoder = zlib.decompressobj(AUTOMATIC)
        try:
            piece = decoder.decompress(chunk, PIECE)
        except zlib.error as error:
            if self._deflate and not self._raw_deflate and not self._size:
                # some servers send deflate without the zlib header
                self._raw_deflate, self._decoder = True, zlib.decompressobj(-zlib.MAX_WBITS)
                return chunk, True
            raise UpstreamError(f"the compressed answer is damaged: {error}") from None
        self._keep(piece)
        left = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
        # a full piece may leave output inside the decoder although the input is used up
        return left, bool(left) or (len(piece) == PIECE and not decoder.eof)

    def _keep(self, piece: bytes) -> None:
        self._parts.append(piece)
        self._size += len(piece)
        if self._size > self.cap:
            raise self._too_large(f"{self._size:,} bytes after decompression")

    def _too_large(self, said: str) -> BadAnswerError:
        return BadAnswerError(f"expected an answer of at most {self.cap:,} bytes, got {said}")
