"""The envelope of an answer: field names and rows, checked before anybody looks inside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from workbench.data.provider import Response
from workbench.errors import BadAnswerError

__all__ = ["Answer", "document", "read_answer"]


@dataclass(frozen=True)
class Answer:
    """Rows of one answer under the vendor's field names.

    `more` is the vendor's hint that rows are left; its absence proves nothing.
    """

    fields: tuple[str, ...]
    items: tuple[tuple[Any, ...], ...]
    more: bool = False

    def column(self, name: str) -> list[Any]:
        """Values of a field in row order.

        Raises
        ------
        BadAnswerError
            If the answer has no such field.
        """
        if name not in self.fields:
            raise BadAnswerError(
                f"expected the field {name!r}, got {', '.join(self.fields[:12]) or 'none'}"
            )
        place = self.fields.index(name)
        return [row[place] for row in self.items]

    def lines(self) -> list[str]:
        """Each row as one text, fields in one order: pages of one question may differ in theirs."""
        order = sorted(range(len(self.fields)), key=self.fields.__getitem__)
        rows = ([row[place] for place in order] for row in self.items)
        return [json.dumps(row, ensure_ascii=False, default=str) for row in rows]


def document(response: Response) -> Any:
    """The body as strict JSON.

    Raises
    ------
    BadAnswerError
        If it is not.
    """
    try:
        return response.document
    except BadAnswerError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise BadAnswerError(f"expected JSON, got {error}") from error


def read_answer(response: Response) -> Answer:
    """Field names and rows of an answer.

    Raises
    ------
    BadAnswerError
        For another shape than ``{"data": {"fields": […], "items": [[…], …]}}``: no data, names
        that repeat or are no text, rows of another width.

    Examples
    --------
    >>> body = b'{"code": 0, "data": {"fields": ["a", "b"], "items": [[1, 2]], "has_more": false}}'
    >>> read_answer(Response(200, {}, body)).column("b")
    [2]
    """
    found = document(response)
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, dict):
        raise BadAnswerError(f"expected data with fields and items, got {type(data).__name__}")
    fields, items = data.get("fields"), data.get("items")
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        raise BadAnswerError("expected a list of field names")
    if len(set(fields)) != len(fields):
        raise BadAnswerError("expected each field once, got one twice")
    if not isinstance(items, list):
        raise BadAnswerError("expected a list of rows")
    for place, row in enumerate(items):
        if not isinstance(row, list) or len(row) != len(fields):
            width = len(row) if isinstance(row, list) else type(row).__name__
            raise BadAnswerError(f"expected rows of {len(fields)} values, row {place} has {width}")
    return Answer(tuple(fields), tuple(map(tuple, items)), data.get("has_more") is True)
