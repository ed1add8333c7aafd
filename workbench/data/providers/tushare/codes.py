"""Shapes of the codes that tushare uses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.data.providers.tushare.specs import aliases
from workbench.errors import BadValueError

__all__ = ["A_SHARE", "SHAPES", "asked_as", "checked", "is_a_share", "stored_as"]

SHAPES = {
    "share": r"^[0-9A-Z]{6}\.(SH|SZ|BJ)$",
    "index": r"^[0-9A-Z]{1,12}\.[A-Z]{1,6}$",
}
"""Pattern of a code by the word in the tables."""

A_SHARE = r"^((6[0-9]{5}|T[0-9]{5})\.SH|(00|30)[0-9]{4}\.SZ|([48][0-9]{5}|92[0-9]{4})\.BJ)$"
"""A shares and depositary receipts; not B shares (900, 200), funds (5, 15, 16, 18) or bonds."""


def is_a_share(code: str) -> bool:
    """Whether a code is an A share's.

    Examples
    --------
    >>> [is_a_share(code) for code in ("600519.SH", "T00018.SH", "510300.SH", "200012.SZ")]
    [True, True, False, False]
    """
    return re.fullmatch(A_SHARE, code) is not None


def stored_as(code: str) -> str:
    """The code under which an index is stored: one index has two codes.

    Examples
    --------
    >>> stored_as("399300.SZ"), stored_as("000905.SH")
    ('000300.SH', '000905.SH')
    """
    return aliases().get(code, code)


def asked_as(code: str) -> tuple[str, ...]:
    """Codes under which the vendor may keep an index, the documented one first.

    Examples
    --------
    >>> asked_as("000300.SH")
    ('399300.SZ', '000300.SH')
    """
    return (*(alias for alias, kept in aliases().items() if kept == code), code)


def checked(codes: Iterable[str], shape: str) -> tuple[str, ...]:
    """The codes, each once and sorted.

    Raises
    ------
    BadValueError
        For a code of another shape.
    """
    found = sorted(set(codes))
    odd = [code for code in found if not re.fullmatch(SHAPES[shape], code)]
    if odd:
        raise BadValueError(
            f"expected codes such as 600519.SH, got {', '.join(map(repr, odd[:5]))}"
        )
    return tuple(found)
