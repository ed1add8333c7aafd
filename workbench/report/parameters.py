"""Typed parameters of the report templates, checked before a kernel starts.

1. A model per template names each parameter, its type, its bounds and its default.
2. :func:`check` turns a mapping into a model, or refuses it with one clear sentence.
3. :func:`from_text` reads ``name=value`` words of a command line, typed by the model.

Values are data: JSON scalars and lists. Names are those of the model and nothing else, so that
no name can carry code into the notebook.
"""

from __future__ import annotations

import datetime as dt
import json
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    ValidationError,
    field_validator,
    model_validator,
)

from workbench.errors import FactorError, ParameterError, near_names

__all__ = ["MODELS", "FactorStudyParameters", "TemplateParameters", "check", "from_text"]

DEMO = "demo"
SUFFIXES = (".parquet", ".csv")


class TemplateParameters(BaseModel):
    """Base of the models: frozen, and closed to names that it does not declare."""

    FILES: ClassVar[tuple[str, ...]] = ()
    """Parameters that may name a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=4000)

    @field_validator("*", mode="before")
    @classmethod
    def printable(cls, value: Any) -> Any:
        """Refuse control characters, which hide in file names and terminals."""
        if isinstance(value, str) and any(ord(c) < 32 and c not in "\n\t" for c in value):
            raise ValueError("expected printable text, got control characters")
        return value

    def file_parameters(self) -> tuple[str, ...]:
        """Return the parameters that name a file in this very case."""
        return tuple(name for name in self.FILES if getattr(self, name) != DEMO)

    def heading(self) -> str:
        """Return the text that names the report."""
        return type(self).__name__


class FactorStudyParameters(TemplateParameters):
    """Is one factor any good? Tear sheet, leak audit and run card of a factor study.

    Attributes
    ----------
    factor : str
        Expression of the factor language.
    data : str
        ``"demo"`` or the path of a long OHLCV file (Parquet or CSV).
    start, end : str or None
        First and last session, ``YYYY-MM-DD``; None takes all there is.
    horizons : tuple of int
        Sessions held, ascending.
    quantiles : int
        Number of buckets, 2 to 50.
    entry : str
        Where a position is opened: ``"next_open"``, ``"next_vwap"``, ``"next_close"``, ``"close"``.
    sessions_per_year : float
        For annual figures: 242 on the Chinese exchanges, 252 on the American.
    seed : int
        Seed of the demo market and of the audit's noise.
    title : str or None
        Heading of the report; None takes the factor's text.
    """

    FILES: ClassVar[tuple[str, ...]] = ("data",)

    factor: StrictStr = Field(min_length=1)
    data: StrictStr = Field(default=DEMO, min_length=1)
    start: StrictStr | None = None
    end: StrictStr | None = None
    horizons: tuple[StrictInt, ...] = Field(default=(1, 5, 20), min_length=1, max_length=12)
    quantiles: StrictInt = Field(default=10, ge=2, le=50)
    entry: Literal["next_open", "next_vwap", "next_close", "close"] = "next_open"
    sessions_per_year: float = Field(default=242.0, ge=1, le=366)
    seed: StrictInt = Field(default=7, ge=0, le=2**32 - 1)
    title: StrictStr | None = Field(default=None, max_length=160)

    @field_validator("factor")
    @classmethod
    def readable_factor(cls, text: str) -> str:
        """Parse the expression, so that a typing error costs no kernel.

        The name of a library formula stands for its text.
        """
        from workbench.factor.library import alpha101
        from workbench.factor.text import parse

        if text in (library := alpha101()):
            return library[text].text
        try:
            parse(text)
        except FactorError as error:
            raise ValueError(str(error)) from error
        return text

    @field_validator("data")
    @classmethod
    def readable_data(cls, path: str) -> str:
        """Accept the demo market or an existing file of a known kind."""
        if path == DEMO:
            return path
        if "\n" in path or Path(path).suffix.lower() not in SUFFIXES or not Path(path).is_file():
            raise ValueError(
                f"expected 'demo' or an existing file ending in {' or '.join(SUFFIXES)}, "
                f"got {path[:200]!r}"
            )
        return path

    @field_validator("start", "end")
    @classmethod
    def iso_date(cls, text: str | None) -> str | None:
        """Accept ``YYYY-MM-DD`` only."""
        if text is not None and dt.date.fromisoformat(text).isoformat() != text:
            raise ValueError(f"expected a date as YYYY-MM-DD, got {text!r}")
        return text

    @field_validator("horizons")
    @classmethod
    def ascending(cls, horizons: tuple[int, ...]) -> tuple[int, ...]:
        """Accept 1 to 252 sessions, each once, ascending."""
        if list(horizons) != sorted(set(horizons)) or horizons[0] < 1 or horizons[-1] > 252:
            raise ValueError(f"expected ascending sessions from 1 to 252, got {list(horizons)}")
        return horizons

    @model_validator(mode="after")
    def ordered(self) -> FactorStudyParameters:
        """Refuse a range that ends before it starts."""
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"expected start <= end, got {self.start} and {self.end}")
        return self

    def heading(self) -> str:
        """Return the title, or the factor's text."""
        return self.title or self.factor


MODELS: Mapping[str, type[TemplateParameters]] = MappingProxyType(
    {"factor_study": FactorStudyParameters}
)


def check(
    model: type[TemplateParameters], values: Mapping[str, Any] | TemplateParameters
) -> TemplateParameters:
    """Return `values` as a model, or say what is wrong with them.

    Parameters
    ----------
    model : type of TemplateParameters
        The template's model.
    values : Mapping or TemplateParameters
        Parameter names and their values.

    Returns
    -------
    TemplateParameters

    Raises
    ------
    ParameterError
        For an unknown, missing, wrong-typed or out-of-range parameter; one line each.

    Examples
    --------
    >>> check(FactorStudyParameters, {"factor": "rank(close)", "horizons": [1, 5]}).horizons
    (1, 5)
    """
    if isinstance(values, TemplateParameters):
        values = values.model_dump()
    if not isinstance(values, Mapping):
        raise ParameterError(f"Expected a mapping of parameters, got {type(values).__name__}.")
    unknown = [name for name in values if name not in model.model_fields]
    if unknown:
        raise ParameterError(unknown_name(unknown[0], model))
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        lines = [sentence(problem) for problem in error.errors(include_url=False)]
        raise ParameterError("\n".join(lines)) from error


def unknown_name(name: Any, model: type[TemplateParameters]) -> str:
    """Return the message for a name that `model` does not declare."""
    fields = tuple(model.model_fields)
    shown = repr(name)[:80]
    return (
        f"Expected a parameter among {', '.join(fields)}; got {shown}."
        f"{near_names(str(name)[:80], fields)}"
    )


def sentence(problem: Mapping[str, Any]) -> str:
    """Return one problem of a validation as one line."""
    place = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] in ("tuple_type", "int_parsing") and "horizons" in place:
        message = "expected whole numbers of sessions, such as 1,5,20"
    if message.rstrip().endswith("^"):  # a factor's own message already points at the place
        return f"Parameter {place!r}: {message}"
    got = "" if "got" in message or problem["type"] == "missing" else f", got {problem['input']!r}"
    return f"Parameter {place!r}: {message}{got[:120]}." if place else f"Parameters: {message}."


def from_text(model: type[TemplateParameters], words: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` words; the model's annotation decides how a value is read.

    Text stays text. Everything else is JSON, and leniently so: ``true``, ``True``, ``none``,
    ``1,5,20`` and ``[1, 5, 20]`` all mean what they say.

    Parameters
    ----------
    model : type of TemplateParameters
        The template's model.
    words : iterable of str
        Words such as ``quantiles=5``.

    Returns
    -------
    dict
        Values still to be checked by :func:`check`.

    Raises
    ------
    ParameterError
        If a word has no ``=``, or names an unknown parameter, or names one twice.

    Examples
    --------
    >>> from_text(FactorStudyParameters, ["factor=rank(close)", "horizons=1,5", "end=none"])
    {'factor': 'rank(close)', 'horizons': [1, 5], 'end': None}
    """
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip()
        if not equals:
            raise ParameterError(f"Expected name=value, got {word[:80]!r}.")
        if name not in model.model_fields:
            raise ParameterError(unknown_name(name, model))
        if name in values:
            raise ParameterError(f"Expected each parameter once, got {name!r} twice.")
        values[name] = read_value(text.strip(), model.model_fields[name].annotation)
    return values


def read_value(text: str, annotation: Any) -> Any:
    """Return `text` as the annotation asks."""
    accepted = kinds(annotation)
    if type(None) in accepted and text.lower() in ("none", "null"):
        return None
    if str in accepted:
        return text
    is_list = tuple in accepted or list in accepted
    written = f"[{text}]" if is_list and not text.startswith("[") else text
    named = {"True": "true", "False": "false", "None": "null"}
    try:
        return json.loads(named.get(written, written))
    except json.JSONDecodeError:
        return text


def kinds(annotation: Any) -> set[type]:
    """Return the plain types that an annotation accepts, members of containers left out."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return kinds(typing.get_args(annotation)[0])
    if origin is Literal:
        return {type(value) for value in typing.get_args(annotation)}
    if origin in (typing.Union, UnionType):
        return set().union(*map(kinds, typing.get_args(annotation)))
    return {origin or annotation}
