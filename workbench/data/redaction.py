r"""Secrets are taken out of text by value, in every spelling they may travel in.

1. Every `Secret` made in this process registers its value here; the variables of the environment
   that hold tokens are looked up each time
2. `redact` replaces the value and its spellings (URL, JSON, HTML, base64, hex) by ``***``, also
   where each character is escaped on its own: ``\u0043``, ``%43``, ``&#67;``; in bytes also UTF-16
3. `redacted_exception` does so for an exception, and turns its chain of causes into notes, so that
   no request with a token hangs on it; `RedactingFilter` does so for log records
"""

from __future__ import annotations

import base64
import html
import json
import logging
import os
import re
import threading
import traceback
from functools import lru_cache
from typing import TypeVar
from urllib.parse import quote, quote_plus

__all__ = [
    "ENVIRONMENT",
    "MASK",
    "RedactingFilter",
    "redact",
    "redact_bytes",
    "redacted_exception",
    "register",
]

MASK = "***"

ENVIRONMENT = {
    "tushare": ("TUSHARE_TOKEN", "WORKBENCH_TUSHARE_TOKEN"),
    "massive": ("MASSIVE_API_KEY", "POLYGON_API_KEY", "WORKBENCH_MASSIVE_TOKEN"),
}
"""Variables that hold the token of a service, the first set one wins."""

# Shorter words occur by chance: masking them would make texts unreadable, and data wrong.
SHORTEST, SHORTEST_IN_DATA = 4, 16

_ESCAPES = (b"\\", b"%", b"&#")

_known: set[str] = set()
_guard = threading.Lock()

AnyException = TypeVar("AnyException", bound=BaseException)


def register(value: str) -> None:
    """Remember a secret value for as long as this process lives."""
    if len(value) >= SHORTEST:
        with _guard:
            _known.add(value)


def _values() -> frozenset[str]:
    named = (os.environ.get(name, "").strip() for names in ENVIRONMENT.values() for name in names)
    with _guard:
        return frozenset({value for value in named if len(value) >= SHORTEST} | _known)


def _base64(value: str) -> set[str]:
    """The characters that base64 gives the value wherever it begins inside longer bytes."""
    found = set()
    for offset in range(3):
        data = b"\0" * offset + value.encode()
        whole = base64.b64encode(data).decode().rstrip("=")
        first = (offset * 8 + 5) // 6
        last = len(data) * 8 // 6
        found |= {whole[first:last], whole[first:last].replace("+", "-").replace("/", "_")}
    return found


def _spellings(value: str) -> set[str]:
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    written = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    found = {repr(value)[1:-1], html.escape(value), value.encode().hex(), *quoted, *written}
    found |= {re.sub("%..", lambda hit: hit[0].lower(), text) for text in quoted} | _base64(value)
    return {text for text in found if len(text) >= max(SHORTEST, len(value) // 2)} | {value}


def _any_case(code: str) -> str:
    """A pattern of hexadecimal digits of either case."""
    return "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in code)


def _escaped(value: str) -> str:
    """A pattern of the value with each character as it is or escaped, once or several times."""
    found = []
    for one in value:
        units = one.encode("utf-16-be").hex(" ", 2).split()
        backslash = r"\\{1,4}".join(["", *(f"u{_any_case(unit)}" for unit in units)])
        forms = [re.escape(one), backslash, r"\\{1,4}" + re.escape(one)]
        forms += [r"\\{1,4}x" + _any_case(f"{ord(one):02x}")] if ord(one) < 256 else []
        forms += ["".join(f"%{_any_case(f'{byte:02x}')}" for byte in one.encode())]
        forms += [f"&#0*{ord(one)};", f"&#[xX]0*{_any_case(f'{ord(one):x}')};"]
        found.append(f"(?:{'|'.join(forms)})")
    return "".join(found)


@lru_cache(maxsize=8)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    texts = {text for value in values for text in _spellings(value)}
    # the longest first: a spelling may contain another one
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    escaped = [_escaped(value) for value in sorted(values, key=lambda value: (-len(value), value))]
    return re.compile("|".join([*map(re.escape, ordered), *escaped])) if ordered else None


def redact(text: str) -> str:
    """Replace every known secret in `text`, in any of its spellings, by ``***``.

    Examples
    --------
    >>> from workbench.data.secrets import Secret
    >>> token = Secret("open sesame / 42")
    >>> redact("GET /?key=open%20sesame%20%2F%2042")
    'GET /?key=***'
    """
    pattern = _pattern(_values())
    return text if pattern is None else pattern.sub(MASK, text)


def redact_bytes(data: bytes) -> bytes:
    """The same for the bytes of an answer; secrets under 16 characters are left alone.

    An answer that echoes its request would otherwise put the token on the disk. A short word may
    occur in honest data, which must not change.
    """
    long = frozenset(value for value in _values() if len(value) >= SHORTEST_IN_DATA)
    for value in long:
        for text in sorted(_spellings(value), key=len, reverse=True):
            found = text.encode()
            if found in data:
                data = data.replace(found, MASK.encode())
    # Escapes and wide characters are rare: what has none of their marks is not searched for them.
    if any(mark in data for mark in _ESCAPES):
        for value in long:
            data = _bytes_pattern(value).sub(MASK.encode(), data)
    narrow = data.replace(b"\0", b"") if b"\0" in data else b""
    # Wide characters: no vendor answers in them, so nothing of such an echo is worth keeping.
    return MASK.encode() if any(_bytes_pattern(value).search(narrow) for value in long) else data


@lru_cache(maxsize=8)
def _bytes_pattern(value: str) -> re.Pattern[bytes]:
    return re.compile(_escaped(value).encode())


def redacted_exception(error: AnyException) -> AnyException:
    """Take secrets out of an exception, and everything off it that could hold one.

    Its arguments and text attributes are redacted in place. Its causes and its traceback are
    dropped, because their objects and frames may hold requests; each cause stays as a note.

    Returns
    -------
    exception
        The same object.
    """
    notes = [redact(note) for note in getattr(error, "__notes__", ())]
    seen, cause = {id(error)}, _cause(error)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        said = "".join(traceback.format_exception_only(cause)).strip()
        notes.append(redact(f"caused by {said}"))
        cause = _cause(cause)
    error.args = tuple(_clean(argument) for argument in error.args)
    # the message of an OSError comes from these, not from its arguments
    for name in ("filename", "filename2", "strerror"):
        if isinstance(getattr(error, name, None), str):
            setattr(error, name, redact(getattr(error, name)))
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, redact(value))
    error.__cause__ = error.__context__ = None
    if notes:
        error.__notes__ = notes
    return error.with_traceback(None)


def _cause(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _clean(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else repr(value)
    clean = redact(text)
    return clean if isinstance(value, str) or clean != text else value


class RedactingFilter(logging.Filter):
    """Takes secrets out of log records by value: message, exception, extra attributes.

    Put it on a handler: it then sees the records of every logger.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact `record` in place and let it pass."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            kind, error, trace = record.exc_info
            text = "".join(traceback.format_exception(kind, error, trace))
            record.exc_text, record.exc_info = redact(text.rstrip("\n")), None
        for name, value in list(vars(record).items()):
            if isinstance(value, str):
                setattr(record, name, redact(value))
        return True
