"""Evaluate whole expressions with the oracle: the engine where no compiled kernels exist.

1. ``workbench.factor.term.walk`` lists every distinct node of the given terms, children first;
2. each node is computed once: a field is looked up, a constant is spread over the panel, a call
   goes to its row of ``ORACLE``;
3. a value is dropped as soon as the last node that needs it is done, so memory follows the
   width of the expression, not its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from types import MappingProxyType

import numpy as np

from workbench.arrays import AnyPanel, BoolPanel, FloatPanel, read_only
from workbench.compute.oracle.cross_section import CROSS_SECTION, group_codes
from workbench.compute.oracle.distribution import DISTRIBUTION
from workbench.compute.oracle.elementwise import ELEMENTWISE
from workbench.compute.oracle.group import GROUP
from workbench.compute.oracle.missing import finite
from workbench.compute.oracle.neutralize import NEUTRALIZE
from workbench.compute.oracle.time_moments import TIME_MOMENTS
from workbench.compute.oracle.time_order import TIME_ORDER
from workbench.compute.oracle.time_path import TIME_PATH
from workbench.compute.oracle.time_regression import TIME_REGRESSION
from workbench.compute.oracle.time_series import TIME_SERIES
from workbench.compute.oracle.time_weighted import TIME_WEIGHTED
from workbench.compute.user_operators import apply, is_user_operator
from workbench.errors import PlanError, UnknownFieldError, UnknownOperatorError, near_names
from workbench.factor.operator import find_operator
from workbench.factor.term import Call, Constant, Field, Term, walk

__all__ = ["ORACLE", "evaluate_term", "evaluate_terms"]


def _ignoring_mask(function: Callable[..., FloatPanel]) -> Callable[..., FloatPanel]:
    """Accept a mask like every oracle; a cell's own history needs none."""

    @wraps(function)
    def masked(*arguments: object, mask: BoolPanel | None = None) -> FloatPanel:
        return function(*arguments)

    return masked


ORACLE: Mapping[str, Callable[..., FloatPanel]] = MappingProxyType(
    {
        name: _ignoring_mask(function)
        for table in (
            ELEMENTWISE,
            TIME_SERIES,
            TIME_MOMENTS,
            TIME_REGRESSION,
            TIME_WEIGHTED,
            TIME_ORDER,
            TIME_PATH,
        )
        for name, function in table.items()
    }
    | dict(CROSS_SECTION | DISTRIBUTION | GROUP | NEUTRALIZE)
)
"""Canonical operator name → function(operands (T, N), *parameters, mask=None) → (T, N) float64."""


def _panel_shape(fields: Mapping[str, AnyPanel], mask: BoolPanel | None) -> tuple[int, int]:
    """Return the one shape of all fields and the mask; group codes may have a single row."""
    given = {name: np.shape(values) for name, values in fields.items()}
    if mask is not None:
        given["mask"] = np.shape(mask)
    full = {
        shape
        for name, shape in given.items()
        if name == "mask" or not np.issubdtype(np.asarray(fields[name]).dtype, np.integer)
    }
    if given and not full:
        full = {np.broadcast_shapes(*given.values())}
    shape = next(iter(full), None)
    if len(full) != 1 or shape is None or len(shape) != 2:
        raise PlanError(
            f"Expected number fields of one shape (sessions, assets), got {given}. "
            "Bring all inputs to the same sessions and assets first."
        )
    odd = {name: s for name, s in given.items() if s not in (shape, (1, shape[1]))}
    if odd:
        raise PlanError(f"Expected group codes of shape {shape} or (1, {shape[1]}), got {odd}.")
    return shape


def _leaf(term: Term, fields: Mapping[str, AnyPanel], shape: tuple[int, int]) -> AnyPanel:
    """Return the values of a field or of a constant."""
    if isinstance(term, Constant):
        return np.broadcast_to(np.float64(term.value), shape)
    if not isinstance(term, Field):
        raise PlanError(f"Expected a Field, Constant or Call, got {type(term).__name__}.")
    if term.name not in fields:
        raise UnknownFieldError(
            f"Expected one of the fields {sorted(fields)}, got {term.name!r}."
            f"{near_names(term.name, fields)}"
        )
    values = np.asarray(fields[term.name])
    if np.issubdtype(values.dtype, np.integer):
        return values
    return finite(values.astype(np.float64))


def _call(term: Call, operands: Sequence[AnyPanel], mask: BoolPanel | None) -> FloatPanel:
    """Apply one operator to the values of its operands."""
    if is_user_operator(term.operator):
        return apply(term.operator, operands, term.parameters, mask)
    if term.operator not in ORACLE:
        raise UnknownOperatorError(
            f"Expected an operator of the oracle, got {term.operator!r}."
            f"{near_names(term.operator, ORACLE)}"
        )
    return ORACLE[term.operator](*_read(term, operands), *term.parameters, mask=mask)


def _read(term: Call, operands: Sequence[AnyPanel]) -> list[AnyPanel]:
    """Operands as the operator reads them: a regressor that is a group comes as integer codes."""
    roles = find_operator(term.operator).operand_roles(len(operands))
    return [
        group_codes(values, values.shape)
        if role.role == "regressor" and role.reads_group(child)
        else values
        for role, child, values in zip(roles, term.operands, operands, strict=True)
    ]


def evaluate_terms(
    terms: Mapping[str, Term], fields: Mapping[str, AnyPanel], mask: BoolPanel | None = None
) -> dict[str, FloatPanel]:
    """Evaluate several terms over the same inputs; what they share is computed once.

    Parameters
    ----------
    terms
        Name → expression of the factor language.
    fields
        Name → array: numbers (T, N), truth values as bool or 1.0/0.0/NaN (T, N), group codes as
        integers, (T, N) or (1, N). Inputs may be read-only and are never modified.
    mask
        Cells that take part in operators across assets, (T, N); none: all of them.

    Returns
    -------
    dict of str to FloatPanel
        Name → read-only (T, N) float64 values, without ±inf.

    Raises
    ------
    UnknownFieldError
        A term names a field that is not given.
    UnknownOperatorError
        A term calls an operator without an oracle.
    PlanError
        Inputs of different shapes, or none at all.

    Examples
    --------
    >>> from workbench.factor.term import Call, Field
    >>> close = Field("close")
    >>> terms = {"late": Call("delay", (close,), (1,)), "high": Call("rank", (close,), ("share",))}
    >>> values = evaluate_terms(terms, {"close": np.array([[1.0, 2.0], [4.0, 3.0]])})
    >>> values["late"]
    array([[nan, nan],
           [ 1.,  2.]])
    >>> values["high"]
    array([[0.5, 1. ],
           [1. , 0.5]])
    """
    shape = _panel_shape(fields, mask)
    order = list(dict.fromkeys(node for term in terms.values() for node in walk(term)))
    waiting = Counter(child for node in order for child in node.children)
    waiting.update(terms.values())
    values: dict[Term, AnyPanel] = {}
    for node in order:
        if isinstance(node, Call):
            values[node] = _call(node, [values[child] for child in node.children], mask)
        else:
            values[node] = _leaf(node, fields, shape)
        for child in node.children:
            waiting[child] -= 1
            if not waiting[child]:
                values.pop(child, None)
    return {name: read_only(values[term]) for name, term in terms.items()}


def evaluate_term(
    term: Term, fields: Mapping[str, AnyPanel], mask: BoolPanel | None = None
) -> FloatPanel:
    """Evaluate one term; arguments and errors as in `evaluate_terms`.

    Examples
    --------
    >>> from workbench.factor.term import Call, Field
    >>> term = Call("ts_mean", (Field("close"),), (2,))
    >>> evaluate_term(term, {"close": np.array([[1.0], [2.0], [4.0]])}).ravel()
    array([nan, 1.5, 3. ])
    """
    return evaluate_terms({"": term}, fields, mask)[""]
