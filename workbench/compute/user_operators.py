"""Operators of the user: a Python function over NumPy arrays becomes a word of the language.

1. `operator` decorates the function, checks what can be checked without running it, and adds a
   row to the operator table; text, Python and plans then know it like any other word;
2. a plan gives it a stage of its own over whole panels; the same function serves the kernels and
   the oracle, through `apply`, which guards inputs and judges what comes back;
3. `workbench.compute.conformance.check_operator` holds it to the laws of the house.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel, read_only
from workbench.errors import (
    OperatorArgumentError,
    UnknownOperatorError,
    UserOperatorError,
    near_names,
)
from workbench.factor.fields import field_info
from workbench.factor.figure import is_point_in_time
from workbench.factor.operator import Axis, Operator, register, unregister
from workbench.factor.operator import operator as declared
from workbench.factor.parameter import Kind, Literal, Parameter
from workbench.factor.term import RESERVED_WORDS

__all__ = [
    "UserOperator",
    "apply",
    "is_user_operator",
    "operator",
    "remove_operator",
    "sample_literal",
    "user_operator",
]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


@dataclass(frozen=True)
class UserOperator:
    """What stands behind a word of the user.

    Attributes
    ----------
    row : Operator
        Its row of the operator table.
    function : callable
        Arrays of shape (T, N), then literals by name, to an array of shape (T, N).
    version : str
        Changed by the user with the meaning; empty when results may not be remembered.
    """

    row: Operator
    function: Callable[..., Any]
    version: str = ""


_TABLE: dict[str, UserOperator] = {}


def operator(
    *,
    axis: str,
    lookback: int | Callable[..., int] = 0,
    nan_rule: str,
    source: str,
    name: str | None = None,
    version: str = "",
) -> Callable[[Callable[..., Any]], Operator]:
    """Make a Python function over NumPy arrays an operator of the factor language.

    The function gets its operands as read-only float64 arrays of shape (T, N), groups as integer
    codes (-1 for none), then its literals by name; it returns an array of shape (T, N). NaN is a
    missing value; ±inf in the result becomes NaN. A function along the section sees NaN outside
    the estimation mask, and its values there are dropped. Declaring the name again replaces the
    function, so that a notebook cell can be run twice.

    Parameters
    ----------
    axis : {"time", "section", "element"}
        Whether a value depends on its asset's own past, its session's other assets, or its cell.
    lookback : int or callable
        Sessions before t that the value at t reads; a callable gets the literals in order.
    nan_rule, source : str
        What makes a value missing, and where the definition comes from.
    name : str, optional
        Word of the language; the function's name by default.
    version : str, optional
        Say what changes with the meaning of the function, and `compute(memo=…)` may remember its
        results; without a version they are computed every time.

    Returns
    -------
    callable
        The decorator; it returns the operator, which builds factors: ``my_op(factor("close"), 5)``.

    Raises
    ------
    OperatorArgumentError
        The declaration is incomplete or contradicts itself, or the name is taken.

    Examples
    --------
    >>> from workbench.compute.evaluate import on_arrays
    >>> from workbench.factor.operator import Number, Window
    >>> @operator(
    ...     axis="time", lookback=lambda window: window - 1, nan_rule="strict", source="example"
    ... )
    ... def ts_range(x: Number, window: Window = 3) -> Number:
    ...     "Largest minus smallest value of the window."
    ...     out = np.full(x.shape, np.nan)
    ...     for t in range(window - 1, len(x)):
    ...         rows = x[t - window + 1 : t + 1]
    ...         out[t] = rows.max(axis=0) - rows.min(axis=0)
    ...     return out
    >>> on_arrays("ts_range(x, 2)", x=[3, 1, 4, 1, 5])
    array([nan,  2.,  3.,  3.,  4.])
    >>> remove_operator("ts_range")
    """

    def declare(function: Callable[..., Any]) -> Operator:
        word = name or getattr(function, "__name__", "")
        kind = _checked_axis(axis, word)
        _check_word(word)
        _check_signature(function, word)
        before = _TABLE.get(word)
        if before is not None:
            unregister(word)
        try:
            row = _row(function, word, kind, lookback, nan_rule, source)
        except Exception:
            if before is not None:
                register(before.row)
            raise
        _TABLE[word] = UserOperator(row, function, version)
        return row

    return declare


def remove_operator(name: str) -> None:
    """Take an operator of the user out of the language.

    Raises
    ------
    UnknownOperatorError
        The user declared no operator of this name; those of the house stay.
    """
    user_operator(name)
    del _TABLE[name]
    unregister(name)


def is_user_operator(name: str) -> bool:
    """Whether the user declared the operator `name`."""
    return name in _TABLE


def user_operator(name: str) -> UserOperator:
    """What stands behind a word of the user.

    Raises
    ------
    UnknownOperatorError
        The user declared no operator of this name.
    """
    if name not in _TABLE:
        raise UnknownOperatorError(
            f"No operator of yours is called {name!r}.{near_names(name, _TABLE)} "
            "Declare it with @wb.operator(…) first."
        )
    return _TABLE[name]


def apply(
    name: str,
    operands: Sequence[AnyPanel],
    parameters: Sequence[Literal],
    mask: BoolPanel | None = None,
) -> FloatPanel:
    """Run an operator of the user on whole arrays, guarded on both sides.

    Parameters
    ----------
    name : str
        Canonical name.
    operands : sequence of array
        Numbers (T, N), or integer codes (T, N) or (1, N).
    parameters : sequence of int, float or str
        Literals, in order.
    mask : array of bool, shape (T, N), optional
        Who takes part in cross-sections.

    Returns
    -------
    array of float64, shape (T, N)
        A new array without ±inf.

    Raises
    ------
    UserOperatorError
        The function failed, or returned something else than an array of numbers (T, N).
    """
    one = user_operator(name)
    shape = np.broadcast_shapes(*(np.shape(operand) for operand in operands))
    hidden = ~mask if one.row.axis is Axis.SECTION and mask is not None else None
    roles = one.row.operand_roles(len(operands))
    given = [
        _guarded(operand, shape, hidden, role.role == "group")
        for operand, role in zip(operands, roles, strict=True)
    ]
    literals = {p.name: v for p, v in zip(one.row.literals, parameters, strict=True)}
    try:
        with np.errstate(all="ignore"):
            raw = one.function(*given, **literals)
    except Exception as error:
        raise UserOperatorError(
            f"The operator {name!r} failed on arrays of shape {shape}: "
            f"{type(error).__name__}: {error}"
        ) from error
    return _judged(raw, one.row, shape, hidden)


def sample_literal(parameter: Parameter, owner: str, window: int = 5) -> Literal:
    """A value that a literal may have, for trying an operator out: its default if it has one."""
    if parameter.default is not None:
        value: object = parameter.default
    elif parameter.role == "choice":
        value = parameter.words[0]
    elif parameter.role == "real":
        value = 1.5
    elif parameter.role == "date":
        value = 0
    else:
        value = max(window, parameter.minimum or 0)
    return parameter.literal(value, owner)


def _guarded(
    operand: AnyPanel, shape: tuple[int, ...], hidden: BoolPanel | None, group: bool
) -> AnyPanel:
    """What the function sees of an operand: read-only, float64 or codes, hidden cells NaN."""
    values = np.broadcast_to(operand, shape)
    if group and values.dtype.kind == "f":
        values = np.where(np.isnan(values), -1, values).astype(np.int32)
    if values.dtype.kind not in "iu":
        values = np.ascontiguousarray(values, dtype=np.float64)
        if hidden is not None:
            values = np.where(hidden, np.nan, values)
    return read_only(values)


def _judged(
    raw: Any, row: Operator, shape: tuple[int, ...], hidden: BoolPanel | None
) -> FloatPanel:
    """The result as the house holds it, or what is wrong with it."""
    array = raw if isinstance(raw, np.ndarray) else np.asarray(raw)
    if array.shape != shape or array.dtype.kind not in "fbiu":
        raise UserOperatorError(
            f"The operator {row.name!r} must return numbers of shape {shape}, that of its "
            f"operands; it returned {array.dtype} of shape {array.shape}."
        )
    values = array.astype(np.float64)
    values[np.isinf(values)] = np.nan
    if hidden is not None:
        values[hidden] = np.nan
    if row.result is Kind.TRUTH and not (np.isnan(values) | (values == 0) | (values == 1)).all():
        raise UserOperatorError(
            f"The operator {row.name!r} is declared to return Truth: 0, 1 or NaN in every cell; "
            "it returned other numbers. Declare it `-> Number`, or compare inside."
        )
    return values


def _checked_axis(axis: str, word: str) -> Axis:
    known = [str(one.value) for one in Axis]
    if axis not in known:
        raise OperatorArgumentError(
            f"{word}: axis is one of {', '.join(known)}; got {axis!r}."
            f"{near_names(str(axis), known)}"
        )
    return Axis(axis)


def _check_word(word: str) -> None:
    if not _NAME.fullmatch(word) or word in RESERVED_WORDS:
        raise OperatorArgumentError(
            f"{word!r} cannot be an operator: a name is a lower-case letter followed by at most 63 "
            "lower-case letters, digits or underscores. Pass name='…'."
        )
    if field_info(word) is not None:
        raise OperatorArgumentError(f"{word!r} is a field of the market; pass another name='…'.")
    if is_point_in_time(word) or word in ("min", "max", "if"):
        raise OperatorArgumentError(f"{word!r} is a word of the language; pass another name='…'.")


def _check_signature(function: Callable[..., Any], word: str) -> None:
    refused = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_KEYWORD)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in refused:
            raise OperatorArgumentError(
                f"{word}: parameter {parameter} cannot be given by name and by place; declare "
                "plain parameters, operands first, then literals."
            )


def _row(
    function: Callable[..., Any],
    word: str,
    axis: Axis,
    lookback: int | Callable[..., int],
    nan_rule: str,
    source: str,
) -> Operator:
    """Declare the row and try its look-back; nothing stays in the table when that fails."""
    for what, text in (("nan_rule", nan_rule), ("source", source)):
        if not isinstance(text, str) or not text.strip():
            raise OperatorArgumentError(f"{word}: `{what}` must say something, got {text!r}.")
    history = lookback if callable(lookback) else _constant(lookback, word)
    try:
        row = declared(axis=axis, lookback=history, nan_rule=nan_rule, source=source, name=word)(
            function
        )
    except NameError as error:
        raise OperatorArgumentError(
            f"{word}: the annotations cannot be read ({error}); import Number, Window … from "
            "workbench.factor.parameter where the function is defined."
        ) from error
    try:
        _check_lookback(row, axis)
    except Exception:
        unregister(word)
        raise
    return row


def _constant(lookback: object, word: str) -> Callable[..., int]:
    if isinstance(lookback, bool) or not isinstance(lookback, int) or lookback < 0:
        raise OperatorArgumentError(
            f"{word}: lookback is a whole number of sessions ≥ 0 or a function of the literals, "
            f"got {lookback!r}."
        )
    return lambda *literals: lookback


def _check_lookback(row: Operator, axis: Axis) -> None:
    """The look-back of sample literals is a whole number, and none for a cell by itself."""
    if row.result is Kind.GROUP:
        raise OperatorArgumentError(f"{row.name}: an operator of yours returns Number or Truth.")
    sample = [sample_literal(parameter, row.name) for parameter in row.literals]
    try:
        sessions = row.history(*sample)
    except Exception as error:
        raise OperatorArgumentError(
            f"{row.name}: lookback failed for the literals {sample}: {error}. It gets the "
            f"literals of {row.signature} in order."
        ) from error
    if isinstance(sessions, bool) or not isinstance(sessions, int) or sessions < 0:
        raise OperatorArgumentError(
            f"{row.name}: lookback must be a whole number ≥ 0; for {sample} it is {sessions!r}."
        )
    if axis is Axis.ELEMENT and sessions:
        raise OperatorArgumentError(
            f"{row.name}: axis 'element' looks at its own cell alone, but lookback is {sessions}."
        )
